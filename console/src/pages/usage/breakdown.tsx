import { useState } from "react";
import { usageText as text } from "#text/usage.ts";
import { Button } from "../../ui/button.tsx";
import { formatCompact, formatCount, formatPercent, formatUsd } from "../../ui/format.ts";
import { DataTable, type Column } from "../../ui/table.tsx";
import { changeOf, isUsed, nameOf, valueOf } from "./format.ts";
import type { Measure, UsageState, Word } from "./state.ts";
import { WORDS } from "./state.ts";
import type { Group, Series } from "./types.ts";

type Named = { readonly keys: ReadonlyMap<string, string> };

/** Each value with its part of the whole. A click on one narrows the page to it and tells it apart by the next thing. */
export function Breakdown({
  of,
  state,
  keys,
  top,
  onTop,
}: Named & { readonly of: Series; readonly state: UsageState; readonly top: number; onTop(): void }) {
  const { group, measure, filters } = state.view;
  const rows = of.groups.filter(({ totals }) => isUsed(totals));
  const whole = valueOf(of.totals, measure);
  const open = (row: Group) => {
    if (row.value === null) return;
    const narrowed = { ...filters, [group]: row.value };
    state.change({ filters: narrowed, group: nextWord(group, narrowed, state.own) });
  };
  return (
    <DataTable
      label={text.table(text.words[group].toLowerCase())}
      columns={columnsOf({
        word: group,
        measure,
        whole,
        others: of.values - rows.filter(({ value }) => value !== null).length,
        keys,
        open,
      })}
      rows={rows}
      rowKey={({ value }) => (value === null ? "\u0000" : value)}
      onOpen={open}
      footer={
        <>
          <span className="tabular-nums">{text.inAll(formatCount(of.values))}</span>
          {of.values > top && (
            <Button size="small" onClick={onTop}>
              {text.showTop(200)}
            </Button>
          )}
        </>
      }
    />
  );
}

/** The next thing that is not settled yet, in the order in which people look. */
function nextWord(word: Word, filters: UsageState["view"]["filters"], own: string | undefined): Word {
  const free = WORDS.filter((other) => filters[other] === undefined && !(other === "tenant" && own !== undefined));
  return free.find((other) => WORDS.indexOf(other) > WORDS.indexOf(word)) ?? free[0] ?? word;
}

type ColumnsAsk = Named & {
  readonly word: Word;
  readonly measure: Measure;
  /** What all values come to. */
  readonly whole: number;
  /** Values that are told together. */
  readonly others: number;
  open(row: Group): void;
};

function columnsOf({ word, measure, whole, others, keys, open }: ColumnsAsk): readonly Column<Group>[] {
  const nameOfRow = ({ value }: Group): string => (value === null ? text.others(formatCount(others)) : nameOf(word, value, keys));
  return [
    {
      id: "value",
      label: text.words[word],
      className: "max-w-72",
      cell: (row) =>
        row.value === null || row.value === "" ? (
          <button type="button" disabled={row.value === null} className="text-ink-faint" onClick={() => open(row)}>
            {nameOfRow(row)}
          </button>
        ) : (
          <button
            type="button"
            className="foreign block max-w-full truncate text-left font-medium hover:text-accent"
            title={row.value}
            onClick={() => open(row)}
          >
            {nameOfRow(row)}
          </button>
        ),
    },
    {
      id: "share",
      label: text.share,
      wideOnly: true,
      className: "w-52",
      cell: (row) => <ShareBar share={whole === 0 ? 0 : valueOf(row.totals, measure) / whole} />,
    },
    { id: "cost", label: text.stats.cost, numeric: true, cell: ({ totals }) => formatUsd(totals.costMicroUsd) },
    { id: "calls", label: text.stats.calls, numeric: true, cell: ({ totals }) => formatCount(totals.calls) },
    {
      id: "refused",
      label: text.stats.refused,
      numeric: true,
      wideOnly: true,
      cell: ({ totals }) => (totals.refused === 0 ? "–" : formatCount(totals.refused)),
    },
    {
      id: "tokens",
      label: text.tokens,
      numeric: true,
      wideOnly: true,
      cell: ({ totals }) => formatCompact(totals.inputTokens + totals.outputTokens),
    },
    {
      id: "change",
      label: text.changed,
      numeric: true,
      cell: ({ totals, previous }) => (
        <span className="text-ink-soft">{changeOf(valueOf(totals, measure), valueOf(previous, measure)) ?? "–"}</span>
      ),
    },
  ];
}

const ShareBar = ({ share }: { readonly share: number }) => (
  <span className="flex items-center gap-2">
    <span aria-hidden className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
      <span className="block h-full rounded-full bg-accent" style={{ width: `${(share * 100).toFixed(2)}%` }} />
    </span>
    <span className="w-14 shrink-0 text-right text-xs text-ink-soft tabular-nums">{formatPercent(share)}</span>
  </span>
);

/** How many values are told at first, and when more are asked for. */
const TOPS = [25, 200] as const;
export function useTop(): readonly [number, () => void] {
  const [top, setTop] = useState<number>(TOPS[0]);
  return [top, () => setTop(TOPS[1])];
}
