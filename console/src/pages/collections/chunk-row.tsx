import { Link } from "@tanstack/react-router";
import { documentText as text } from "#text/collection-search.ts";
import { Badge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatCount } from "../../ui/format.ts";
import { Skeleton } from "../../ui/states.tsx";
import type { ChunkAt } from "./document-chunks.ts";
import { PassageText } from "./passage-lines.tsx";
import { toPiece } from "./passage-text.ts";
import type { Chunk } from "./types.ts";

type ChunkRowProps = {
  readonly store: string;
  readonly index: number;
  readonly at: ChunkAt;
  readonly before: Chunk | undefined;
  readonly range: { readonly start: number; readonly end: number } | undefined;
  /** The one that was gone to. */
  readonly isChosen: boolean;
};

/** One chunk: its number and what it is on the left, its text on the right; every other one on another ground. */
export function ChunkRow({ store, index, at, before, range, isChosen }: ChunkRowProps) {
  return (
    <section
      aria-label={text.chunk(formatCount(index + 1))}
      aria-current={isChosen ? "true" : undefined}
      className={classNames(
        "grid gap-x-6 gap-y-2 border-l-2 px-4 py-3 md:grid-cols-[9.5rem_minmax(0,1fr)]",
        index % 2 === 1 ? "bg-surface" : "bg-page",
        isChosen ? "border-accent" : "border-transparent",
      )}
    >
      {at.state === "here" ? (
        <Here store={store} chunk={at.chunk} before={before} range={range} />
      ) : at.state === "deleted" ? (
        <>
          <span className="text-xs text-ink-faint tabular-nums">{text.chunk(formatCount(index + 1))}</span>
          <p className="text-sm text-ink-faint italic">{text.deleted}</p>
        </>
      ) : (
        <>
          <Skeleton className="h-4 w-24" />
          <Skeleton className="h-36 w-full" />
        </>
      )}
    </section>
  );
}

type HereProps = Pick<ChunkRowProps, "store" | "before" | "range"> & { readonly chunk: Chunk };
function Here({ store, chunk, before, range }: HereProps) {
  return (
    <>
      <div className="flex flex-wrap content-start items-center gap-x-3 gap-y-1 text-xs text-ink-faint tabular-nums md:grid md:content-start md:justify-items-start">
        <span className="font-semibold text-ink-soft">{text.chunk(formatCount(chunk.index + 1))}</span>
        {chunk.place !== undefined && <Badge>{chunk.place}</Badge>}
        {chunk.tokens !== null && <span>{text.tokens(formatCount(chunk.tokens))}</span>}
        <span>{text.characters(formatCount(chunk.start), formatCount(chunk.end))}</span>
        {chunk.flagged && (
          <Badge tone="warn" title={text.flaggedSay}>
            {text.flagged}
          </Badge>
        )}
      </div>
      <div className="min-w-0">
        {chunk.headings.length > 0 && <p className="foreign mb-1 text-xs text-ink-faint">{chunk.headings.join(" › ")}</p>}
        {chunk.text === null ? (
          <p className="text-sm text-warn">
            {text.held}{" "}
            <Link
              to="/collections/$store"
              params={{ store }}
              search={{ tab: "quarantine" }}
              className="rounded underline underline-offset-2 hover:no-underline"
            >
              {text.heldLink}
            </Link>
          </p>
        ) : (
          <p dir="auto" className="foreign text-sm leading-6">
            <PassageText piece={toPiece(chunk, before)} range={range} />
          </p>
        )}
      </div>
    </>
  );
}
