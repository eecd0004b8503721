import { Check } from "lucide-react";
import { routingText as text } from "#text/routing.ts";
import { Badge, StateDot, type Tone } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatCount, formatDuration, formatMoment, formatPercent, formatUsd } from "../../ui/format.ts";
import { EmptyState } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import type { RolloutDetail } from "./types.ts";
import { Who } from "./who.tsx";

type Now = NonNullable<RolloutDetail["now"]>;
type Standing = Now["gates"][number];
type Move = RolloutDetail["history"][number];
type Step = RolloutDetail["figures"][number];

/** The shares, with how far it has come. */
export function StepsCard({ rollout: { steps, share, state, history } }: { readonly rollout: RolloutDetail }) {
  const reached = Math.max(0, ...history.map((move) => move.share));
  const stateOf = (step: number): keyof typeof text.stepState => {
    if (state === "rolled-back") return step <= reached ? "taken-back" : "not-reached";
    if (state === "finished" || step < share) return "done";
    return step === share ? "now" : "next";
  };
  return (
    <Card title={text.stepsTitle}>
      <ol className="grid auto-cols-fr grid-flow-col gap-2 max-sm:grid-flow-row">
        {steps.map((step) => {
          const is = stateOf(step);
          return (
            <li
              key={step}
              aria-current={is === "now" ? "step" : undefined}
              className={classNames(
                "rounded-md border px-3 py-2",
                is === "now" && "border-accent bg-accent-soft",
                is === "taken-back" && "border-bad bg-bad-soft",
                is !== "now" && is !== "taken-back" && "border-line",
              )}
            >
              <span
                className={classNames(
                  "flex items-center gap-1.5 font-semibold tabular-nums",
                  (is === "next" || is === "not-reached") && "text-ink-faint",
                )}
              >
                {step} %{is === "done" && <Check className="size-3.5 text-good" aria-hidden />}
              </span>
              <span className="text-xs text-ink-faint">{text.stepState[is]}</span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

const FIGURES: Readonly<Record<Standing["gate"], (value: number) => string>> = {
  failures: (value) => formatPercent(value),
  latency: formatDuration,
  cost: formatUsd,
  score: (value) => value.toFixed(2),
};
const sayLimit = ({ gate, limit }: Standing): string => {
  if (gate === "failures") return text.limitOf.failures(formatPercent(limit));
  return gate === "score" ? text.limitOf.score(String(limit)) : text.limitOf.ratio(String(limit));
};
const VERDICT_TONES: Readonly<Record<Standing["verdict"], Tone>> = {
  "too-few-calls": "neutral",
  passed: "good",
  beyond: "warn",
  worse: "bad",
};

const GATE_COLUMNS: readonly Column<Standing>[] = [
  { id: "gate", label: text.gate, cell: ({ gate }) => text.gateNames[gate] },
  {
    id: "candidate",
    label: text.candidate,
    numeric: true,
    cell: ({ gate, candidate }) => (candidate === undefined ? "–" : FIGURES[gate](candidate)),
  },
  {
    id: "baseline",
    label: text.baseline,
    numeric: true,
    cell: ({ gate, baseline }) => (baseline === undefined ? "–" : FIGURES[gate](baseline)),
  },
  { id: "limit", label: text.limit, numeric: true, wideOnly: true, cell: sayLimit },
  {
    id: "verdict",
    label: text.verdict,
    cell: ({ verdict }) => <StateDot tone={VERDICT_TONES[verdict]}>{text.verdicts[verdict]}</StateDot>,
  },
];

const ACT_TONES: Readonly<Record<Now["act"], Tone>> = { hold: "neutral", promote: "good", rollback: "bad" };
const reasons: Readonly<Record<string, string>> = text.nowReasons;

/** What the gates say now, one by one and together. */
export const GatesCard = ({ rollout: { gates }, now }: { readonly rollout: RolloutDetail; readonly now: Now }) => (
  <Card
    title={text.gates}
    flush
    actions={
      <span className="flex min-w-0 flex-wrap items-center gap-2 text-xs text-ink-soft">
        {text.now} <Badge tone={ACT_TONES[now.act]}>{text.nowSay[now.act]}</Badge> {reasons[now.reason] ?? now.reason}
      </span>
    }
  >
    <DataTable
      label={text.gates}
      columns={GATE_COLUMNS}
      rows={now.gates}
      rowKey={({ gate }) => gate}
      footer={
        <span className="tabular-nums">
          {text.callsCompared}: {text.candidate} {formatCount(now.calls.candidate)}, {text.baseline} {formatCount(now.calls.baseline)} ·{" "}
          {text.callsNeeded(gates.callsMin)}
        </span>
      }
    />
  </Card>
);

type Figure = { readonly label: string; read(of: Step["candidate"]): number | undefined; show(value: number): string };
const COMPARED: readonly Figure[] = [
  {
    label: text.failuresShare,
    read: ({ calls, failures }) => (calls === 0 ? undefined : failures / calls),
    show: (value) => formatPercent(value),
  },
  { label: text.latencyP95, read: ({ latencyP95Ms }) => latencyP95Ms, show: formatDuration },
  { label: text.costPerCall, read: ({ costMicroUsd }) => costMicroUsd, show: formatUsd },
  { label: text.score, read: ({ score }) => score, show: (value) => value.toFixed(2) },
];

/** Both variants at each step so far, each figure as a pair of bars. */
export function FiguresCard({ rollout: { figures } }: { readonly rollout: RolloutDetail }) {
  if (figures.length === 0)
    return (
      <Card title={text.byStep}>
        <EmptyState title={text.noFigures} />
      </Card>
    );
  const shown = COMPARED.filter(({ read }) =>
    figures.some(({ candidate, baseline }) => read(candidate) !== undefined || read(baseline) !== undefined),
  );
  return (
    <Card title={text.byStep} flush>
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={text.byStep}>
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b border-line text-left text-xs text-ink-faint">
              <th scope="col" className="h-8 px-4 font-medium">
                {text.share}
              </th>
              <th scope="col" className="px-2 font-medium">
                <span className="sr-only">{text.what}</span>
              </th>
              <th scope="col" className="px-4 text-right font-medium">
                {text.calls}
              </th>
              {shown.map(({ label }) => (
                <th key={label} scope="col" className="px-4 font-medium">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.flatMap((step) =>
              (["candidate", "baseline"] as const).map((variant) => (
                <tr key={`${step.share} ${variant}`} className={variant === "baseline" ? "border-b border-line last:border-0" : ""}>
                  <td className="px-4 py-1.5 font-medium tabular-nums">
                    {variant === "candidate" ? `${step.share} %` : <span className="sr-only">{step.share} %</span>}
                  </td>
                  <td className="px-2 whitespace-nowrap">
                    <StateDot tone={variant === "candidate" ? "accent" : "neutral"}>{text[variant]}</StateDot>
                  </td>
                  <td className="px-4 text-right tabular-nums">{formatCount(step[variant].calls)}</td>
                  {shown.map(({ label, read, show }) => (
                    <td key={label} className="min-w-32 px-4">
                      <Bar value={read(step[variant])} most={mostOf(figures, read)} show={show} tone={variant} />
                    </td>
                  ))}
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

const mostOf = (figures: readonly Step[], read: Figure["read"]): number =>
  Math.max(0, ...figures.flatMap(({ candidate, baseline }) => [read(candidate) ?? 0, read(baseline) ?? 0]));

type BarProps = {
  readonly value: number | undefined;
  readonly most: number;
  show(value: number): string;
  readonly tone: "candidate" | "baseline";
};
const Bar = ({ value, most, show, tone }: BarProps) =>
  value === undefined ? (
    <span className="text-ink-faint">–</span>
  ) : (
    <span className="flex items-center gap-2">
      <span aria-hidden className="h-2 w-16 shrink-0 rounded-full bg-sunken">
        <span
          className={classNames("block h-2 rounded-full", tone === "candidate" ? "bg-accent" : "bg-line-strong")}
          style={{ width: `${most === 0 ? 0 : (value / most) * 100}%` }}
        />
      </span>
      <span className="whitespace-nowrap tabular-nums">{show(value)}</span>
    </span>
  );

const HISTORY_COLUMNS: readonly Column<Move>[] = [
  { id: "at", label: text.at, cell: ({ at }) => <time dateTime={at}>{formatMoment(at)}</time> },
  { id: "act", label: text.act, cell: ({ act }) => text.acts[act] },
  { id: "share", label: text.share, numeric: true, cell: ({ share }) => `${share} %` },
  { id: "by", label: text.who, wideOnly: true, cell: ({ by }) => <Who id={by} /> },
  {
    id: "compared",
    label: text.comparedThen,
    wideOnly: true,
    className: "[td&]:text-xs [td&]:text-ink-soft",
    cell: ({ compared }) =>
      compared.map(({ gate, candidate, baseline }) => (
        <span key={gate} className="block whitespace-nowrap tabular-nums">
          {text.gateNames[gate]}: {FIGURES[gate](candidate)} / {FIGURES[gate](baseline)}
        </span>
      )),
  },
  { id: "reason", label: text.reason, cell: ({ reason }) => <span className="foreign">{reasons[reason] ?? reason}</span> },
];

export const HistoryCard = ({ rollout: { history } }: { readonly rollout: RolloutDetail }) => (
  <Card title={text.history} flush>
    <DataTable label={text.history} columns={HISTORY_COLUMNS} rows={history.toReversed()} rowKey={({ at, act }) => `${at} ${act}`} />
  </Card>
);
