import { fileChunkList } from "../contract/answer-knowledge.ts";
import { fileChunkPage } from "../contract/knowledge.ts";
import { viewerOf, type Viewer } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import { countTokens } from "../retrieve/index.ts";
import type { ChunkStart, DocumentChunk, DocumentChunks } from "../store/document-chunks.ts";
import { paramOf, tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { fileIdOf, toWireList } from "./files.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

export type FileChunksDeps = {
  /** Throws `collection_unknown` or `not_found` for what the viewer may not find. */
  listFileChunks(
    tenantId: TenantId,
    nameOrId: string,
    fileId: FileId,
    ask: { readonly start: ChunkStart; readonly limit: number },
    viewer: Viewer,
  ): Promise<DocumentChunks>;
};

/** A document piece by piece, each with its place in it. */
export const fileChunks = (deps: FileChunksDeps): Endpoint =>
  noted(
    tenantEndpoint("GET", "/v1/vector_stores/:store/files/:file/chunks", "collections.read", async (asked) => {
      const { limit, ...start } = readQuery(asked.query, fileChunkPage);
      const file = fileIdOf(asked, "file");
      const ask = { start: toStart(start), limit };
      const page = await deps.listFileChunks(asked.who.tenant.id, paramOf(asked, "store"), file, ask, viewerOf(asked.who));
      const { chunks, from, total } = page;
      const last = chunks.at(-1);
      const hasMore = last !== undefined && chunks.length === limit && last.index + 1 < total;
      return Response.json({ ...toWireList({ data: chunks, hasMore }, toWire), total, from });
    }),
    {
      summary: "The chunks of a document in order, each with its place in the text",
      description:
        "From the beginning, from a chunk, or from the one that holds a character. What is quarantined is told of without its text.",
      query: fileChunkPage,
      answer: fileChunkList,
      faults: ["collection_unknown", "not_found"],
    },
  );

/** Numbers of chunks are the database's integers. */
const NUMBER = /^[1-9]\d{0,8}$/;

function toStart({ from = 0, at, chunk }: { from?: number | undefined; at?: number | undefined; chunk?: string | undefined }): ChunkStart {
  if (at !== undefined) return { by: "character", at };
  if (chunk === undefined) return { by: "index", index: from };
  if (!NUMBER.test(chunk)) throw new Fault("body_invalid", { param: "chunk", say: "chunk: expected the id of a chunk." });
  return { by: "number", no: Number(chunk) };
}

const toWire = ({ no, index, start, end, headings, place, text, flagged }: DocumentChunk) => ({
  id: String(no),
  object: "vector_store.file.chunk",
  index,
  start,
  end,
  tokens: text === undefined ? null : countTokens(text),
  headings,
  ...(place === undefined ? {} : { place }),
  text: text ?? null,
  flagged,
  quarantined: text === undefined,
});
