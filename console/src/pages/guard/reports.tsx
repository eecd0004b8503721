import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { guardText as text } from "#text/guard.ts";
import { post } from "../../api/client.ts";
import { usePaged } from "../../api/paged.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { formatAgo, formatMoment } from "../../ui/format.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { moreOf, ShowMore } from "../../ui/table.tsx";
import { toastError } from "../../ui/toast.tsx";
import { ReportDetail } from "./report-detail.tsx";
import { ReportForm } from "./report-form.tsx";
import { Filters, TenantChoice, useTenant } from "./tenant-choice.tsx";
import type { ReportView } from "./types.ts";

const say = text.reports;
export type Label = NonNullable<ReportView["label"]>;
const PATH = "/admin/v1/guard/reports";

/** Refusals that callers called mistakes: to be labelled by the platform, to be reported by a tenant. */
export function ReportsTab() {
  const mayReview = useMay("guard.review");
  const mayReport = useMay("guard.report");
  return (
    <>
      {mayReview && <Review />}
      {mayReport && <ReportForm />}
    </>
  );
}

function Review() {
  const tenant = useTenant("all");
  const [state, setState] = useSearchText("state", "open");
  const query = { tenant: tenant.slug, label: state === "all" ? "" : state, limit: 100 };
  const listed = usePaged<ReportView>(PATH, query);
  return (
    <>
      <Filters>
        <TenantChoice of={tenant} all />
        <SelectField label={say.state} value={state} onChange={(event) => setState(event.target.value)} className="sm:w-52">
          {Object.entries(say.states).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </SelectField>
        <p className="pb-1.5 text-xs text-ink-faint max-md:hidden">{say.keys}</p>
      </Filters>
      <Loaded of={listed}>
        {() =>
          listed.rows.length === 0 ? (
            <Card flush>
              <EmptyState title={say.none}>{say.noneSay}</EmptyState>
            </Card>
          ) : (
            <ReviewList rows={listed.rows} footer={<ShowMore {...moreOf(listed)} />} />
          )
        }
      </Loaded>
    </>
  );
}

/** j and k move, 1 and 2 decide, o shows: nobody takes the hands off the keys to look at two hundred. */
function useReviewKeys(act: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target, key, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey || (target instanceof Element && target.closest("input,textarea,select,[role=dialog]") !== null))
        return;
      const run = Object.hasOwn(act, key) ? act[key] : undefined;
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [act]);
}

function ReviewList({ rows, footer }: { readonly rows: readonly ReportView[]; readonly footer: ReactNode }) {
  const [at, setAt] = useState(0);
  const [shownId, setShownId] = useState<string>();
  const place = Math.min(at, rows.length - 1);
  const chosen = rows[place];
  const queries = useQueryClient();
  const label = useMutation({
    mutationFn: ({ id, as }: { readonly id: string; readonly as: Label }) => post<ReportView>(`${PATH}/${id}`, { label: as }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [PATH] }),
    onError: toastError,
  });
  const { mutate } = label;
  const decide = useCallback((as: Label) => chosen !== undefined && mutate({ id: chosen.requestId, as }), [chosen, mutate]);
  useReviewKeys({
    j: () => setAt(Math.min(place + 1, rows.length - 1)),
    k: () => setAt(Math.max(place - 1, 0)),
    o: () => setShownId(chosen?.requestId),
    "1": () => decide("false-positive"),
    "2": () => decide("correct"),
  });
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
      <Card title={say.list} flush>
        <ul>
          {rows.map((row, index) => (
            <ReportLine key={row.requestId} row={row} isChosen={index === place} onChoose={() => setAt(index)} />
          ))}
        </ul>
        <div className="flex items-center gap-3 border-t border-line px-4 py-2 text-xs text-ink-faint">{footer}</div>
      </Card>
      {chosen !== undefined && (
        <ReportDetail
          key={chosen.requestId}
          report={chosen}
          isShown={shownId === chosen.requestId}
          onShow={() => setShownId(chosen.requestId)}
          busy={label.isPending}
          onLabel={decide}
        />
      )}
    </div>
  );
}

type LineProps = { readonly row: ReportView; readonly isChosen: boolean; onChoose(): void };
function ReportLine({ row, isChosen, onChoose }: LineProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isChosen) button.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  return (
    <li className="border-b border-line last:border-0">
      <button
        ref={button}
        type="button"
        aria-current={isChosen ? "true" : undefined}
        onClick={onChoose}
        className={`grid w-full gap-0.5 px-4 py-2 text-left -outline-offset-2 hover:bg-sunken ${isChosen ? "bg-accent-soft" : ""}`}
      >
        <span className="flex flex-wrap items-center gap-2">
          <code className="min-w-0 flex-1 truncate text-xs">{row.code}</code>
          {row.label !== null && <Badge tone={row.label === "correct" ? "neutral" : "warn"}>{say.labelled[row.label]}</Badge>}
        </span>
        <span className="foreign flex justify-between gap-2 text-xs text-ink-soft">
          <span className="truncate">{row.tenant}</span>
          <time dateTime={row.reportedAt} title={formatMoment(row.reportedAt)} className="shrink-0">
            {formatAgo(row.reportedAt)}
          </time>
        </span>
      </button>
    </li>
  );
}
