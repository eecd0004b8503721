import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { useEffect, useRef } from "react";
import { documentText as text } from "#text/collection-search.ts";
import { ApiError, get } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { toPiece } from "./passage-text.ts";
import { PassageText } from "./passage-lines.tsx";
import { filePath, type Chunk, type ChunkPage } from "./types.ts";

export type DocumentPassageProps = {
  /** Id or name of the collection. */
  readonly store: string;
  readonly file: string;
  /** Of the passage, in the document's text. */
  readonly start: number;
  readonly end: number;
  /** What is marked stands in it; shown where the document has changed since. */
  readonly quote?: string | undefined;
};

/** Characters that are shown before the passage. */
const BEFORE = 800;
const CHUNKS = 12;

/** A passage where it stands in its document: what is before it, the passage marked, what comes after. */
export function DocumentPassage({ store, file, start, end, quote }: DocumentPassageProps) {
  const at = Math.max(0, start - BEFORE);
  const asked = useQuery({
    queryKey: [`${filePath(store, file)}/chunks`, at, CHUNKS],
    queryFn: ({ signal }) => get<ChunkPage>(`${filePath(store, file)}/chunks`, { at, limit: CHUNKS }, signal),
    retry: (times, error) => !(error instanceof ApiError) && times < 2,
  });
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector("mark")?.scrollIntoView({ block: "center" });
  }, [asked.data, start, end]);
  const isGone = (asked.error instanceof ApiError && asked.error.status === 404) || asked.data?.data.length === 0;
  if (isGone)
    return (
      <EmptyState title={text.gone}>
        {text.goneSay}
        {quote !== undefined && <blockquote className="foreign mt-3 border-l-2 border-line pl-3 text-left">{quote}</blockquote>}
      </EmptyState>
    );
  if (asked.data === undefined)
    return asked.error === null ? <SkeletonRows /> : <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <div className="grid min-w-0 gap-3">
      <div
        ref={box}
        role="region"
        aria-label={text.passage}
        tabIndex={0}
        dir="auto"
        className="foreign grid max-h-[60dvh] min-w-0 gap-2 overflow-y-auto rounded-md border border-line bg-surface p-4 text-sm leading-6"
      >
        {asked.data.data.map((chunk, place, all) => (
          <Lines key={chunk.id} chunk={chunk} before={all[place - 1]} range={{ start, end }} />
        ))}
      </div>
      <Button asChild className="justify-self-start">
        <Link to="/collections/$store/files/$file" params={{ store, file }} search={{ start, end }}>
          <FileText className="size-3.5" aria-hidden />
          {text.openDocument}
        </Link>
      </Button>
    </div>
  );
}

type LinesProps = {
  readonly chunk: Chunk;
  readonly before: Chunk | undefined;
  readonly range: { readonly start: number; readonly end: number };
};
function Lines({ chunk, before, range }: LinesProps) {
  if (chunk.text === null) return <p className="text-ink-faint italic">{text.held}</p>;
  const piece = toPiece(chunk, before);
  return piece.text.trim() === "" ? null : (
    <p>
      <PassageText piece={piece} range={range} />
    </p>
  );
}
