import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { guardText as text } from "#text/guard.ts";
import { get } from "../../api/client.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card, Facts } from "../../ui/card.tsx";
import { formatDay, formatMoment } from "../../ui/format.ts";
import { Loaded } from "../../ui/states.tsx";
import type { Label } from "./reports.tsx";
import type { ReportSentView, ReportView } from "./types.ts";

const say = text.reports;

type DetailProps = {
  readonly report: ReportView;
  /** What the caller sent is read only when somebody asks for it: that goes into the tenant's log. */
  readonly isShown: boolean;
  readonly busy: boolean;
  onShow(): void;
  onLabel(label: Label): void;
};

/** One refusal, what is known of it, and the decision. */
export function ReportDetail({ report, isShown, busy, onShow, onLabel }: DetailProps) {
  const { requestId, code, saw, tenant, key, refusedAt, label, keepUntil, hasText } = report;
  return (
    <Card
      title={say.detail}
      actions={label === null ? undefined : <Badge tone={label === "correct" ? "neutral" : "warn"}>{say.labelled[label]}</Badge>}
    >
      <div className="grid gap-4">
        <Facts
          facts={[
            [text.tenant, tenant],
            [say.code, <code key="code">{code}</code>],
            [say.saw, saw === "" ? say.sawNone : saw],
            [say.refused, formatMoment(refusedAt)],
            [text.events.key, <code key="key">{key}</code>],
            [
              text.events.request,
              <Link key="request" to="/calls/$requestId" params={{ requestId }} className="font-mono text-xs text-accent underline">
                {requestId}
              </Link>,
            ],
          ]}
        />
        {!hasText && <p className="text-sm text-ink-soft">{say.nothingSent}</p>}
        {hasText && !isShown && (
          <div className="flex flex-wrap items-center gap-3">
            <Button onClick={onShow}>{say.show}</Button>
            <span className="text-xs text-ink-faint">{say.showSay}</span>
          </div>
        )}
        {hasText && isShown && <Sent id={requestId} />}
        <div className="flex flex-wrap items-center gap-2 border-t border-line pt-4">
          <Button kind={label === null ? "primary" : "secondary"} busy={busy} onClick={() => onLabel("false-positive")}>
            {say.falsePositive} <kbd className="text-xs">1</kbd>
          </Button>
          <Button busy={busy} onClick={() => onLabel("correct")}>
            {say.correct} <kbd className="text-xs">2</kbd>
          </Button>
          <span className="ml-auto text-xs text-ink-faint">{say.keepUntil(formatDay(keepUntil))}</span>
        </div>
      </div>
    </Card>
  );
}

function Sent({ id }: { readonly id: string }) {
  const path = `/admin/v1/guard/reports/${id}`;
  const read = useQuery({ queryKey: [path, "sent"], gcTime: 0, queryFn: ({ signal }) => get<ReportSentView>(path, undefined, signal) });
  return (
    <Loaded of={read}>
      {({ text: refused, note }) => (
        <div className="grid gap-3">
          {refused !== null && <Quoted label={say.textSent}>{refused}</Quoted>}
          {note !== null && <Quoted label={say.note}>{note}</Quoted>}
        </div>
      )}
    </Loaded>
  );
}

const Quoted = ({ label, children }: { readonly label: string; readonly children: string }) => (
  <figure className="grid gap-1">
    <figcaption className="text-xs font-medium text-ink-soft">{label}</figcaption>
    <blockquote
      dir="auto"
      tabIndex={0}
      aria-label={label}
      className="foreign max-h-72 overflow-y-auto rounded-md border border-line bg-sunken px-3 py-2 whitespace-pre-wrap"
    >
      {children}
    </blockquote>
  </figure>
);
