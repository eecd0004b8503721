import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { z } from "zod";
import { playgroundText as text } from "#text/playground.ts";
import type { fileChunkList } from "../../../../src/contract/answer-knowledge.ts";
import { ApiError, get } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { Inspector } from "./inspector.tsx";
import { stitch, type Stitched } from "./stitch.ts";
import type { Citation } from "./types.ts";

type Chunks = z.infer<typeof fileChunkList>;
/** Chunks before the one that is cited, and after it. */
const BEFORE = 2;
const SHOWN = 7;

const addressOf = ({ collection, fileId }: Citation): string =>
  `/v1/vector_stores/${encodeURIComponent(collection)}/files/${encodeURIComponent(fileId)}/chunks`;

/** The document around the place that an answer cites. */
async function readAround(citation: Citation, signal: AbortSignal): Promise<Stitched> {
  const at = citation.quoteStart ?? citation.start;
  const found = await get<Chunks>(addressOf(citation), { at, limit: 1 }, signal);
  const from = Math.max(0, found.from - BEFORE);
  const { data } = await get<Chunks>(addressOf(citation), { from, limit: SHOWN }, signal);
  return stitch(data);
}

export function SourcePanel({ citation, onClose }: { readonly citation: Citation; onClose(): void }) {
  const asked = useQuery({
    queryKey: ["source", citation.collection, citation.fileId, citation.start, citation.quoteStart],
    queryFn: ({ signal }) => readAround(citation, signal),
  });
  const isGone = asked.error instanceof ApiError && asked.error.status === 404;
  const reads = useMay("collections.read");
  return (
    <Inspector
      wide
      title={`${text.sourceTitle} ${citation.index}`}
      onClose={onClose}
      actions={
        reads ? (
          <Button size="small" asChild>
            <Link
              to="/collections/$store/files/$file"
              params={{ store: citation.collection, file: citation.fileId }}
              search={{ chunk: citation.chunkId.slice(citation.chunkId.indexOf("#") + 1) }}
            >
              {text.openDocument}
            </Link>
          </Button>
        ) : undefined
      }
    >
      <div className="grid gap-3">
        <div className="foreign">
          <p className="font-semibold">{citation.title === "" ? citation.filename : citation.title}</p>
          <p className="text-xs text-ink-faint">{[citation.filename, citation.place, ...citation.headings].filter(Boolean).join(" › ")}</p>
        </div>
        {isGone ? (
          <EmptyState title={text.notFound} />
        ) : (
          <Loaded of={asked}>{(found) => <Marked found={found} citation={citation} />}</Loaded>
        )}
      </div>
    </Inspector>
  );
}

/** The text with the quote marked, and in sight. */
function Marked({ found, citation }: { readonly found: Stitched; readonly citation: Citation }) {
  const mark = useRef<HTMLElement>(null);
  const { quoteStart, quoteEnd } = citation;
  const isQuoted = quoteStart !== undefined && quoteEnd !== undefined;
  const from = found.placeOf(quoteStart ?? citation.start);
  const to = found.placeOf(quoteEnd ?? citation.end);
  useEffect(() => {
    // Newer browsers give a promise, which is no effect's end.
    mark.current?.scrollIntoView({ block: "center" });
  }, [found, from]);
  if (from === undefined || to === undefined) return <EmptyState title={text.passageGone} />;
  return (
    <>
      <Badge className="justify-self-start">{isQuoted ? text.quoted : text.passageMarked}</Badge>
      <p className="foreign text-sm leading-6 whitespace-pre-wrap" dir="auto">
        {found.text.slice(0, from)}
        <mark ref={mark} className="rounded-sm px-0.5" data-testid="quote">
          {found.text.slice(from, to)}
        </mark>
        {found.text.slice(to)}
      </p>
    </>
  );
}
