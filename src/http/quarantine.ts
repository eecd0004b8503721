import { quarantinePage } from "../contract/knowledge.ts";
import { viewerOf, type TenantPrincipal, type Viewer } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { toWireFileId, type Ingest } from "../ingest/index.ts";
import type { HeldChunk } from "../store/quarantine.ts";
import { paramOf, tenantEndpoint, type Asked, type Endpoint } from "./endpoint.ts";
import { toWireList } from "./files.ts";
import { readQuery } from "./query.ts";

export type QuarantineDeps = Pick<Ingest, "listQuarantine" | "releaseChunk" | "deleteChunk"> & {
  /** By name or id. Throws `collection_unknown`, for what the viewer may not find, too. */
  getCollection(tenantId: TenantId, nameOrId: string, viewer: Viewer): Promise<unknown>;
};

const AT = "/v1/vector_stores/:store/quarantine";

/** Chunks of a collection that no search finds, for somebody to look at: they let one be found, or delete it. */
export function quarantine(deps: QuarantineDeps): Endpoint[] {
  return [
    tenantEndpoint("GET", AT, "quarantine.review", async (asked) => {
      const store = await ownStore(deps, asked);
      const { after, limit } = readQuery(asked.query, quarantinePage);
      const page = await deps.listQuarantine(asked.who.tenant.id, store, {
        after: after === undefined ? 0 : parseNumber(after, "after"),
        limit,
      });
      return Response.json(toWireList(page, (chunk) => toWire(chunk, page.collectionId)));
    }),
    tenantEndpoint("POST", `${AT}/:chunk/release`, "quarantine.review", async (asked) => {
      const store = await ownStore(deps, asked);
      const no = chunkOf(asked);
      await deps.releaseChunk(asked.who, store, no);
      return Response.json({ id: String(no), object: "vector_store.chunk", quarantined: false });
    }),
    tenantEndpoint("DELETE", `${AT}/:chunk`, "quarantine.review", async (asked) => {
      const store = await ownStore(deps, asked);
      const no = chunkOf(asked);
      await deps.deleteChunk(asked.who, store, no);
      return Response.json({ id: String(no), object: "vector_store.chunk.deleted", deleted: true });
    }),
  ];
}

/** Who may not find all of the tenant's collections: the others are as if they were not there. */
async function ownStore(deps: QuarantineDeps, asked: Asked<TenantPrincipal>): Promise<string> {
  const store = paramOf(asked, "store");
  const viewer = viewerOf(asked.who);
  if (viewer.ownOnly || viewer.reader.kind !== "all") await deps.getCollection(asked.who.tenant.id, store, viewer);
  return store;
}

/** Numbers of chunks are the database's integers. */
const NUMBER = /^[1-9]\d{0,8}$/;

function parseNumber(raw: string, param: string): number {
  if (!NUMBER.test(raw)) throw new Fault("body_invalid", { param, say: "It is not the id of a chunk that this listing gave." });
  return Number(raw);
}

function chunkOf(asked: Asked<TenantPrincipal>): number {
  const raw = paramOf(asked, "chunk");
  if (!NUMBER.test(raw)) throw new Fault("not_found", { say: "No such chunk is quarantined." });
  return Number(raw);
}

const toWire = (chunk: HeldChunk, collectionId: string) => ({
  id: String(chunk.no),
  object: "vector_store.chunk",
  vector_store_id: collectionId,
  file_id: toWireFileId(chunk.fileId),
  filename: chunk.filename,
  title: chunk.title,
  headings: chunk.headings,
  ...(chunk.place === undefined ? {} : { place: chunk.place }),
  text: chunk.text,
  reason: chunk.reason,
  injection: Math.round((chunk.injection ?? 0) * 100) / 100,
});
