import { operationsText as text } from "#text/operations.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatCount, formatDuration, formatPercent } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import type { Objective } from "./types.ts";

/** Above this over an hour a month's budget is gone in two days: Google's SRE workbook wakes somebody then. */
const FAST_BURN = 14.4;
/** A quarter left is time to slow down. */
const LOW = 0.25;

/** A promise, how it is kept, and what is left of what may be lost. */
export function ObjectiveCard({ objective }: { readonly objective: Objective }) {
  const { name, target, withinMs, total, bad, attained, budgetLeft, burn } = objective;
  const isBroken = budgetLeft !== null && budgetLeft <= 0;
  const tone = isBroken ? "bad" : budgetLeft !== null && budgetLeft < LOW ? "warn" : "good";
  const isBurning = (burn.hour ?? 0) > FAST_BURN;
  return (
    <section aria-label={text.objective[name]} className="grid min-w-0 content-start gap-3 rounded-lg border border-line bg-surface p-4">
      <header>
        <h3 className="text-sm font-semibold">{text.objective[name]}</h3>
        <p className="text-xs text-ink-faint">
          {name === "availability"
            ? text.objectiveSay.availability(formatPercent(target, 2))
            : text.objectiveSay["first-part"](formatPercent(target, 1), formatDuration(withinMs ?? 0))}
        </p>
      </header>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <span className={classNames("text-2xl font-semibold tabular-nums", isBroken && "text-bad")}>
          {attained === null ? "–" : formatPercent(attained, 2)}
        </span>
        <span className="text-xs text-ink-faint">{total === 0 ? text.nothingCounted : text.bad(formatCount(bad), formatCount(total))}</span>
      </div>
      <div className="grid gap-1">
        <div className="flex justify-between gap-2 text-xs">
          <span className="text-ink-soft">{text.budget}</span>
          <span className={classNames("font-medium tabular-nums", tone === "bad" && "text-bad", tone === "warn" && "text-warn")}>
            {budgetWords(budgetLeft)}
          </span>
        </div>
        <Meter label={text.budgetMeter(text.objective[name])} share={budgetLeft ?? 1} tone={tone} />
      </div>
      <p className={classNames("text-xs", isBurning ? "font-medium text-bad" : "text-ink-soft")}>
        {text.burn}: {text.burnOf(burnWords(burn.hour), burnWords(burn.sixHours))}
      </p>
    </section>
  );
}

function budgetWords(left: number | null): string {
  if (left === null) return formatPercent(1, 0);
  if (left === 0) return text.budgetUsed;
  return left < 0 ? text.overdrawn(formatPercent(-left, 0)) : formatPercent(left, 0);
}
const burnWords = (burn: number | null): string => (burn === null ? "–" : `${burn.toFixed(burn < 10 ? 1 : 0)}×`);
