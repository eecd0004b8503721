import { progressQuery, type ProgressBody } from "../contract/knowledge-progress.ts";
import { viewerOf, type Principal, type Viewer } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { toWireFileId, type ProgressEvent } from "../ingest/index.ts";
import type { CollectionFileRecord } from "../store/collection-files.ts";
import { needTenant, paramOf, tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { fileIdOf } from "./files.ts";
import { readQuery } from "./query.ts";
import { sseResponse } from "./sse-response.ts";
import type { StreamPacer } from "./stream-pacer.ts";
import { toWireCounts, toWireFile } from "./vector-store-wire.ts";

export type IngestEventsDeps = {
  readonly pacer: StreamPacer;
  /** As at the beginning of a request for this permission. Throws where the caller is let in no more. */
  authenticate(request: Request, permission: "collections.read"): Principal | Promise<Principal>;
  readonly ingest: {
    /** Both throw `collection_unknown` for what the viewer may not find. */
    getCollection(tenantId: TenantId, nameOrId: string, viewer: Viewer): Promise<{ readonly id: CollectionId }>;
    followCollection(
      tenantId: TenantId,
      ask: {
        collection: string;
        viewer: Viewer;
        viewerNow: () => Promise<Viewer>;
        sinceUs: number | undefined;
        goesOn: boolean;
        signal: AbortSignal;
      },
    ): AsyncGenerator<ProgressEvent, void>;
    /** Throws `conflict` where the file is not one that failed. */
    retryCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId, viewer: Viewer): Promise<CollectionFileRecord>;
  };
};

const AT = "/v1/vector_stores/:store";
/** Each looks twice a second. */
const FOLLOWERS_MAX = 64;
/** An `id:` that this server gave. */
const EVENT_ID = /^[1-9]\d{0,15}$/;

/** How a collection's files come along, as it happens; and another try for one that failed. */
export function ingestEvents({ pacer, ingest, authenticate }: IngestEventsDeps): Endpoint[] {
  let followers = 0;
  // A stream has no end: whoever is let in no more, or sees less by now, is not to hear on for days.
  const viewerNow = async (request: Request): Promise<Viewer> => viewerOf(needTenant(await authenticate(request, "collections.read")));
  return [
    tenantEndpoint("GET", `${AT}/events`, "collections.read", async (asked) => {
      const { follow } = readQuery(asked.query, progressQuery);
      const sinceUs = readLastEventId(asked.request.headers.get("last-event-id"));
      const viewer = viewerOf(asked.who);
      const { id } = await ingest.getCollection(asked.who.tenant.id, paramOf(asked, "store"), viewer);
      if (followers >= FOLLOWERS_MAX)
        throw new Fault("busy", { say: `${FOLLOWERS_MAX} callers follow the progress of collections already.` });
      followers++;
      const abort = new AbortController();
      const ask = {
        collection: id,
        viewer,
        viewerNow: () => viewerNow(asked.request),
        sinceUs,
        goesOn: follow === "true",
        signal: abort.signal,
      };
      return await sseResponse({
        parts: oneByOne(ingest.followCollection(asked.who.tenant.id, ask)),
        writer: { write: (event: ProgressEvent) => toText(event, id), fail: () => `event: error\ndata: ${JSON.stringify(BROKEN)}\n\n` },
        abort,
        pacer,
        headers: {},
        ended: () => void followers--,
      });
    }),
    tenantEndpoint("POST", `${AT}/files/:file/retry`, "collections.write", async (asked) => {
      const file = fileIdOf(asked, "file");
      return Response.json(
        toWireFile(await ingest.retryCollectionFile(asked.who.tenant.id, paramOf(asked, "store"), file, viewerOf(asked.who))),
      );
    }),
  ];
}

/** Whoever comes back with the last id hears what it missed. */
const BROKEN = { error: { message: "The progress could not be read. Come back.", type: "server_error", code: "store_unavailable" } };

async function* oneByOne(events: AsyncGenerator<ProgressEvent, void>): AsyncGenerator<readonly ProgressEvent[], void> {
  for await (const event of events) yield [event];
}

function readLastEventId(raw: string | null): number | undefined {
  if (raw === null || raw === "") return undefined;
  if (!EVENT_ID.test(raw))
    throw new Fault("body_invalid", { param: "Last-Event-ID", say: "Last-Event-ID: it is not the id of an event of this stream." });
  return Number(raw);
}

function toText(event: ProgressEvent, storeId: CollectionId): string {
  const body = toBody(event, storeId);
  const id = event.kind === "gone" ? "" : `id: ${event.resumeUs}\n`;
  return `event: ${body.object}\n${id}data: ${JSON.stringify(body)}\n\n`;
}

function toBody(event: ProgressEvent, storeId: CollectionId): ProgressBody {
  if (event.kind === "gone") return { object: "vector_store.deleted", id: storeId, deleted: true };
  if (event.kind === "counts")
    return {
      object: "vector_store.progress",
      vector_store_id: storeId,
      file_counts: toWireCounts(event),
      index_lag_seconds: Math.round(event.lagSeconds * 10) / 10,
    };
  const { errorCode: code, errorMessage: message = "" } = event;
  return {
    object: "vector_store.file.progress",
    id: toWireFileId(event.fileId),
    vector_store_id: storeId,
    filename: event.filename,
    status: event.status,
    last_error: code === undefined ? null : { code, message },
    chunks: { done: event.chunksDone, total: event.chunks ?? null },
    attempts: event.attempts,
  };
}
