import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { modelsText as text } from "#text/models.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Facts } from "../../ui/card.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatCount, formatDuration, formatUsd } from "../../ui/format.ts";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { StateDot } from "../../ui/badge.tsx";
import type { ModelStatus, ModelTest } from "./types.ts";

/** One small call to a model, and what came of it. */
export function TestCall({ model: { model, state } }: { readonly model: ModelStatus }) {
  const [open, setOpen] = useState(false);
  const test = useMutation({
    mutationFn: () => post<ModelTest>(`/admin/v1/models/${encodeURIComponent(model)}/test`),
  });
  if (!useMay("operate")) return null;
  const change = (next: boolean): void => {
    setOpen(next);
    test.reset();
  };
  return (
    <>
      <Button kind="primary" onClick={() => change(true)}>
        {text.test}
      </Button>
      <Dialog
        open={open}
        onOpenChange={change}
        title={text.testing.title(model)}
        description={text.testing.say}
        footer={
          <Button kind="primary" busy={test.isPending} disabled={state === "disabled"} onClick={() => test.mutate()}>
            {test.data === undefined ? text.testing.run : text.testing.again}
          </Button>
        }
      >
        {/* Its place is held, so that nothing jumps when the answer comes. */}
        <div className="grid min-h-36 content-start gap-3" aria-live="polite">
          {state === "disabled" && <p className="text-sm text-ink-soft">{text.testing.disabled}</p>}
          {test.isPending && <Skeleton className="h-24 w-full" />}
          {test.error !== null && <ErrorState error={test.error} title={text.testing.failed} />}
          {!test.isPending && test.data !== undefined && <Result of={test.data} />}
        </div>
      </Dialog>
    </>
  );
}

function Result({ of }: { readonly of: ModelTest }) {
  const { ok, error, said, latencyMs, firstPartMs, inputTokens, outputTokens, costMicroUsd, requestId } = of;
  const facts: (readonly [string, React.ReactNode])[] = [[text.testing.latency, formatDuration(latencyMs)]];
  if (error !== null) facts.push([text.testing.why, <Why key="why" error={error} />]);
  if (firstPartMs !== null) facts.push([text.testing.first, formatDuration(firstPartMs)]);
  if (said !== null) facts.push([text.testing.said, said === "" ? "–" : said]);
  facts.push([text.testing.tokens, text.testing.tokensOf(formatCount(inputTokens), formatCount(outputTokens))]);
  facts.push([text.testing.cost, formatUsd(costMicroUsd)]);
  if (requestId !== null)
    facts.push([
      text.testing.request,
      <Link key="call" to="/calls/$requestId" params={{ requestId }} className="font-mono text-xs break-all text-accent underline">
        {requestId}
      </Link>,
    ]);
  return (
    <>
      <p className="text-sm font-semibold">
        <StateDot tone={ok ? "good" : "bad"}>{ok ? text.testing.ok : text.testing.failed}</StateDot>
      </p>
      <Facts facts={facts} />
    </>
  );
}

const Why = ({ error: { code, message, upstreamStatus } }: { readonly error: NonNullable<ModelTest["error"]> }) => (
  <>
    {message} <span className="font-mono text-xs text-ink-soft">{code}</span>
    {upstreamStatus !== null && <span className="block text-xs text-ink-soft">{text.testing.status(upstreamStatus)}</span>}
  </>
);
