import type { ReactNode } from "react";
import { callsText as text } from "#text/calls.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card, Facts } from "../../ui/card.tsx";
import { formatCount, formatDuration, formatMoment, formatUsd } from "../../ui/format.ts";
import { AttemptsTable, CandidatesTable, PassagesTable } from "./path-tables.tsx";
import type { CallEvent } from "./spans.ts";
import { Waterfall } from "./waterfall.tsx";

const TONES = { finished: "good", failed: "bad", aborted: "warn" } as const;

/** What happened to one request, from its record. `compact`: beside an answer, without frames. */
export function PathView({ event, compact = false }: { readonly event: CallEvent; readonly compact?: boolean }) {
  const parts: readonly (readonly [string, ReactNode])[] = [
    [text.waterfall, <Waterfall key="w" event={event} />],
    [text.candidates, <CandidatesTable key="c" event={event} />],
    ...(event.attempts.length > 1 || !compact ? ([[text.attempts, <AttemptsTable key="a" event={event} />]] as const) : []),
    [text.guard, <Guard key="g" event={event} />],
    ...(event.found === undefined || event.found.length === 0 ? [] : ([[text.passages, <PassagesTable key="p" event={event} />]] as const)),
    [text.route, <RouteFacts key="r" event={event} />],
  ];
  if (compact)
    return (
      <div className="grid gap-5">
        <Headline event={event} />
        {parts.map(([title, part]) => (
          <section key={title} className="min-w-0">
            <h3 className="mb-1.5 text-xs font-semibold text-ink-faint">{title}</h3>
            {part}
          </section>
        ))}
      </div>
    );
  return (
    <>
      <Headline event={event} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {parts.map(([title, part]) => (
          <Card key={title} title={title}>
            {part}
          </Card>
        ))}
      </div>
    </>
  );
}

/** The figures that one looks for first. */
function Headline({ event }: { readonly event: CallEvent }) {
  const { outcome, code, latencyMs, firstPartMs, inputTokens, outputTokens, costMicroUsd } = event;
  // The row counts from the moment of admission; the caller waited before it, too, and the steps below say so.
  const admittedMs = (event.timings?.admitUs ?? 0) / 1000;
  const figures: readonly (readonly [string, ReactNode])[] = [
    [text.whole, formatDuration(latencyMs + admittedMs)],
    [text.first, firstPartMs === undefined ? "–" : formatDuration(firstPartMs + admittedMs)],
    [text.tokens, `${formatCount(inputTokens)} / ${formatCount(outputTokens)}`],
    [text.cost, formatUsd(costMicroUsd)],
  ];
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 rounded-lg border border-line bg-surface px-3 py-2.5">
      <span className="flex items-center gap-1.5">
        <Badge tone={TONES[outcome]}>{text.outcomes[outcome]}</Badge>
        {code !== undefined && <code className="font-mono text-xs text-ink-soft">{code}</code>}
      </span>
      {figures.map(([name, value]) => (
        <span key={name} className="grid">
          <span className="text-xs text-ink-faint">{name}</span>
          <span className="font-semibold tabular-nums">{value}</span>
        </span>
      ))}
    </div>
  );
}

function Counts({ title, counts }: { readonly title: string; readonly counts: Readonly<Record<string, number>> }) {
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <span className="text-ink-soft">{title}</span>
      {Object.entries(counts).map(([type, count]) => (
        <Badge key={type} tone="warn">
          {type} × {count}
        </Badge>
      ))}
    </div>
  );
}

/** What the rules for content found, by type: never the words. */
function Guard({ event: { guard } }: { readonly event: CallEvent }) {
  if (guard === undefined) return <p className="text-sm text-ink-soft">{text.nothingFound}</p>;
  const { found, masked, injection, withheld, answer } = guard;
  return (
    <div className="grid gap-1.5 text-sm">
      {found !== undefined && <Counts title={text.found} counts={found} />}
      {found !== undefined && <p>{masked === true ? text.masked : text.notMasked}</p>}
      {injection !== undefined && <p>{text.injection(injection.toFixed(2))}</p>}
      {withheld !== undefined && <p>{text.withheld(withheld)}</p>}
      {answer !== undefined && <Counts title={text.inAnswer} counts={answer} />}
    </div>
  );
}

function RouteFacts({ event }: { readonly event: CallEvent }) {
  const { rule, modelAsked, model, provider, trust, attempts, signals, trimmed, form, budgets } = event;
  const repeats = Math.max(0, attempts.filter(({ as }) => as === undefined).length - 1);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [text.asked, modelAsked],
    [text.route, rule === undefined ? text.byName : text.rule(rule.route, rule.at + 1)],
    ...(model === undefined
      ? []
      : ([[text.gateway, `${model} · ${provider ?? ""} · ${trust === "private" ? text.private : text.external}`]] as const)),
    [text.retries, text.fallbacks(repeats)],
    [text.cache, text.noCache],
    ...(signals === undefined
      ? []
      : ([
          [
            text.signals,
            Object.entries(signals)
              .map(([name, value]) => `${name} = ${String(value)}`)
              .join(", "),
          ],
        ] as const)),
    ...(trimmed === undefined ? [] : ([["", text.trimmed(trimmed.messages, trimmed.passages ?? 0)]] as const)),
    ...(form === undefined ? [] : ([[text.form, text.forms[form]]] as const)),
    [text.budgets, budgets === undefined ? text.noBudget : budgets.join(", ")],
    [text.started, formatMoment(event.startedAtMs / 1000)],
    [
      text.key,
      <code key="k" className="font-mono text-xs">
        {event.keyId}
      </code>,
    ],
    ...(event.feature === undefined ? [] : ([[text.feature, event.feature]] as const)),
    [
      text.requestId,
      <code key="r" className="font-mono text-xs">
        {event.requestId}
      </code>,
    ],
  ];
  return <Facts facts={facts} />;
}
