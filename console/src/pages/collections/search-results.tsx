import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { searchText as text } from "#text/collection-search.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Drawer } from "../../ui/dialog.tsx";
import { formatDuration } from "../../ui/format.ts";
import { EmptyState } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import { DocumentPassage } from "./document-passage.tsx";
import type { SearchHit, SearchPage } from "./types.ts";

/** Longer passages are cut, until somebody wants all of one. */
const SHOWN_CHARACTERS = 420;

type SearchResultsProps = { readonly store: string; readonly page: SearchPage };

/** The passages, best first, with the rank and score that either leg gave them. */
export function SearchResults({ store, page: { data, weir } }: SearchResultsProps) {
  const byBoth = weir.legs.includes("vectors");
  const best = Math.max(...data.map((hit) => hit.weir.words?.score ?? 0), 1e-9);
  const ranked = data.map((hit, at) => ({ hit, rank: at + 1 }));
  return (
    <>
      <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 text-xs text-ink-soft">
        <span className="tabular-nums">{text.found(data.length, formatDuration(weir.took_ms))}</span>
        {weir.degraded === undefined && <span>{byBoth ? text.searchedBoth : text.searchedWords}</span>}
        {weir.degraded !== undefined && <Badge tone="warn">{text.degraded}</Badge>}
        {weir.reranked !== undefined && (
          <Badge tone={weir.reranked ? "good" : "warn"}>{weir.reranked ? text.reranked : text.notReranked}</Badge>
        )}
      </div>
      <DataTable
        label={text.list}
        columns={columnsOf(store, best, byBoth)}
        rows={ranked}
        rowKey={({ hit, rank }) => `${rank} ${hit.weir.chunk}`}
        empty={<EmptyState title={text.nothing}>{text.nothingSay}</EmptyState>}
      />
    </>
  );
}

type Ranked = { readonly hit: SearchHit; readonly rank: number };

const columnsOf = (store: string, best: number, byBoth: boolean): readonly Column<Ranked>[] => [
  { id: "rank", label: text.column.rank, numeric: true, className: "[td&]:align-top w-10", cell: ({ rank }) => rank },
  {
    id: "passage",
    label: text.column.passage,
    className: "[td&]:align-top min-w-72",
    cell: ({ hit }) => <Passage store={store} hit={hit} />,
  },
  {
    id: "words",
    label: text.column.words,
    className: "[td&]:align-top w-28",
    cell: ({ hit }) => <Leg leg={hit.weir.words} share={(hit.weir.words?.score ?? 0) / best} digits={2} />,
  },
  ...(byBoth
    ? [
        {
          id: "vectors",
          label: text.column.vectors,
          className: "[td&]:align-top w-28",
          cell: ({ hit }: Ranked) => <Leg leg={hit.weir.vectors} share={hit.weir.vectors?.score ?? 0} digits={3} />,
        },
      ]
    : []),
  {
    id: "together",
    label: byBoth ? text.column.together : text.column.score,
    className: "[td&]:align-top w-28",
    cell: ({ hit }) => <Leg leg={{ rank: hit.weir.together.rank, score: hit.score }} share={hit.score} digits={3} />,
  },
];

type LegProps = { readonly leg: { readonly rank: number; readonly score: number } | null; readonly share: number; readonly digits: number };
function Leg({ leg, share, digits }: LegProps) {
  if (leg === null) return <span className="text-xs text-ink-faint">{text.notFound}</span>;
  return (
    <span className="grid gap-1 tabular-nums">
      <span className="flex items-baseline justify-between gap-2">
        <span className={classNames("font-medium", leg.rank === 1 && "text-good")}>{text.leg(leg.rank)}</span>
        <span className="text-xs text-ink-soft">{leg.score.toFixed(digits)}</span>
      </span>
      {/* The figure is told above: the bar is for comparing. */}
      <span aria-hidden className="block h-1 rounded-full bg-sunken">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${Math.round(Math.min(Math.max(share, 0), 1) * 100)}%` }} />
      </span>
    </span>
  );
}

function Passage({ store, hit }: { readonly store: string; readonly hit: SearchHit }) {
  const [whole, setWhole] = useState(false);
  const [inContext, setInContext] = useState(false);
  const { start, end } = hit.weir;
  const all = hit.content.map((part) => part.text).join("\n");
  const isLong = all.length > SHOWN_CHARACTERS;
  return (
    <div className="grid min-w-0 gap-1">
      <span className="flex flex-wrap items-center gap-x-2">
        <Link
          to="/collections/$store/files/$file"
          params={{ store, file: hit.file_id }}
          search={{ start, end }}
          title={text.open(hit.filename)}
          className="foreign rounded font-medium hover:underline"
        >
          {hit.filename}
        </Link>
        {hit.place !== undefined && <Badge>{hit.place}</Badge>}
        {hit.weir.headings.length > 0 && <span className="foreign text-xs text-ink-faint">{hit.weir.headings.join(" › ")}</span>}
      </span>
      <p dir="auto" className="foreign text-sm whitespace-pre-wrap text-ink-soft">
        {whole || !isLong ? all : `${all.slice(0, SHOWN_CHARACTERS)}…`}
      </p>
      <span className="-ml-2 flex flex-wrap">
        {isLong && (
          <Button size="small" kind="ghost" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? text.less : text.whole}
          </Button>
        )}
        <Button size="small" kind="ghost" aria-haspopup="dialog" onClick={() => setInContext(true)}>
          {text.context}
        </Button>
      </span>
      <Drawer open={inContext} onOpenChange={setInContext} title={hit.filename} wide>
        <DocumentPassage store={store} file={hit.file_id} start={start} end={end} quote={all} />
      </Drawer>
    </div>
  );
}
