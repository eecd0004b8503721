import { modelsText as text } from "#text/models.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatCount, formatDuration, formatPercent } from "../../ui/format.ts";
import { Sparkline } from "../../ui/meter.tsx";
import type { Column } from "../../ui/table.tsx";
import { windowOf, type ModelStatus, type Seen } from "./types.ts";

/** Nothing to tell is told by a dash, not by a zero. */
export const NONE = <span className="text-ink-faint">–</span>;

/** Errors as a share, red as soon as there are any. */
export function ErrorShare({ failed, calls }: { readonly failed: number; readonly calls: number }) {
  if (calls === 0) return NONE;
  return <span className={classNames(failed > 0 && "font-medium text-bad")}>{formatPercent(failed / calls)}</span>;
}

/** The columns of what was seen; `nameOf` is for whoever does not see the line. */
export const seenColumns = <Row extends Seen>(nameOf: (row: Row) => string): readonly Column<Row>[] => [
  {
    id: "trend",
    label: text.columns.trend,
    wideOnly: true,
    cell: (row) => <Sparkline label={text.trendOf(nameOf(row))} values={row.series.map(({ totalMs }) => totalMs?.p50 ?? null)} />,
  },
  {
    id: "firstPart",
    label: text.columns.firstPart,
    numeric: true,
    cell: (row) => {
      const p95 = windowOf(row)?.firstPartMs?.p95;
      return p95 === undefined ? NONE : formatDuration(p95);
    },
  },
  {
    id: "calls",
    label: text.columns.calls,
    numeric: true,
    cell: (row) => {
      const calls = windowOf(row)?.calls ?? 0;
      return calls === 0 ? NONE : formatCount(calls);
    },
  },
  {
    id: "errors",
    label: text.columns.errors,
    numeric: true,
    cell: (row) => <ErrorShare failed={windowOf(row)?.failed ?? 0} calls={windowOf(row)?.calls ?? 0} />,
  },
];

export function priceOf({ price }: Pick<ModelStatus, "price">): string {
  if (price === null) return text.priceUnknown;
  const { inputPerMTok, outputPerMTok } = price;
  if (outputPerMTok === 0) return inputPerMTok === 0 ? text.free : text.priceIn(dollars(inputPerMTok));
  return text.priceOf(dollars(inputPerMTok), dollars(outputPerMTok));
}
const dollars = (amount: number): string => `$${amount.toLocaleString("en", { maximumFractionDigits: 4 })}`;
