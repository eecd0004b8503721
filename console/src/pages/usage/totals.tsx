import { usageText as text } from "#text/usage.ts";
import { Stat } from "../../ui/card.tsx";
import { formatCompact, formatCount, formatUsd } from "../../ui/format.ts";
import { Skeleton } from "../../ui/states.tsx";
import { changeOf } from "./format.ts";
import type { Sums } from "./types.ts";

const FIGURES = [
  ["cost", "costMicroUsd", formatUsd],
  ["calls", "calls", formatCount],
  ["input", "inputTokens", formatCompact],
  ["output", "outputTokens", formatCompact],
  ["refused", "refused", formatCount],
] as const;

const GRID = "grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5";

/** The figures of the span, beside those of the span before. */
export function Totals({ now, before }: { readonly now: Sums; readonly before: Sums }) {
  return (
    <div className={GRID}>
      {FIGURES.map(([label, name, format]) => (
        <Stat key={label} label={text.stats[label]} value={format(now[name])} note={noteOf(now[name], before[name], format)} />
      ))}
    </div>
  );
}

function noteOf(now: number, before: number, format: (value: number) => string): string {
  if (before === 0) return now === 0 ? "" : text.fresh;
  const change = changeOf(now, before);
  return change === undefined ? text.same(format(before)) : text.change(change, format(before));
}

export const TotalsSkeleton = () => (
  <div className={GRID}>
    {FIGURES.map(([label]) => (
      <Skeleton key={label} className="h-[5.25rem] w-full rounded-lg" />
    ))}
  </div>
);
