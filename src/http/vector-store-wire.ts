import type { ChunkingStrategy, CollectionSettingsBody } from "../contract/knowledge.ts";
import type { Attributes, CollectionAccess } from "../domain/access.ts";
import { DEFAULT_CHUNKING, type Chunking, type CollectionSettings } from "../domain/collection.ts";
import type { FileCounts } from "../store/collections.ts";
import type { CollectionChange, CollectionRecord } from "../store/collections.ts";
import type { CollectionFileRecord } from "../store/collection-files.ts";
import { Fault } from "../kernel/fault.ts";
import { toWireFileId } from "../ingest/index.ts";

/** Collections and their files as OpenAI's clients write and read them. */

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** `auto` and nothing at all are as the collection, or the configuration, says. */
export function toChunking(strategy: ChunkingStrategy): Chunking | undefined {
  if (strategy === undefined || strategy.type === "auto") return undefined;
  return { strategy: "sentence", tokens: strategy.static.max_chunk_size_tokens, overlap: strategy.static.chunk_overlap_tokens };
}

type SettingsAsk = {
  readonly weir?: CollectionSettingsBody | undefined;
  readonly chunking_strategy?: ChunkingStrategy;
  readonly expires_after?: { readonly days: number } | null | undefined;
};
type Settings = NonNullable<CollectionChange["settings"]>;

/** What the body chooses: each with its value, or null where the choice is taken back. */
export function toSettings({ weir = {}, chunking_strategy, expires_after: expires }: SettingsAsk): Settings {
  const { embedding, context, languages, fusion, trust, compress, highStakes } = weir;
  const cut = toChunking(chunking_strategy);
  if (cut !== undefined && weir.chunking !== undefined)
    throw new Fault("body_invalid", {
      param: "weir.chunking",
      say: "weir.chunking: chunking_strategy says it already. Leave out one of the two.",
    });
  return {
    chunking: given(cut ?? weir.chunking),
    context: given(context),
    // By words alone: the word for a null that is a choice.
    embedding: embedding === "none" ? { to: null } : given(embedding),
    languages: given(languages),
    fusion: given(fusion),
    expiresAfterDays: given(expires === undefined || expires === null ? expires : expires.days),
    trust: given(trust),
    compress: given(compress),
    highStakes: given(highStakes),
  };
}

const given = <T>(value: T | null | undefined): { readonly to: T } | null | undefined =>
  value === undefined ? undefined : value === null ? null : { to: value };

/** Of a collection that is being made. */
export function chosen(settings: Settings): CollectionSettings {
  const { chunking, context, embedding, languages, fusion, expiresAfterDays, trust, compress, highStakes } = settings;
  return {
    chunking: chunking?.to,
    context: context?.to,
    embedding: embedding?.to,
    languages: languages?.to,
    fusion: fusion?.to,
    expiresAfterDays: expiresAfterDays?.to,
    trust: trust?.to,
    compress: compress?.to,
    highStakes: highStakes?.to,
  };
}

function toWeir({ settings, access }: CollectionRecord) {
  const { expiresAfterDays: _days, embedding, ...plain } = settings;
  const { groups, classification } = access;
  const weir = {
    ...plain,
    ...(embedding === undefined ? {} : { embedding: embedding ?? "none" }),
    ...(groups === undefined && classification === undefined ? {} : { access: toAccess(access) }),
  };
  return Object.keys(weir).length === 0 ? {} : { weir };
}
const toAccess = ({ groups, classification }: CollectionAccess) => ({
  ...(groups === undefined ? {} : { groups }),
  ...(classification === undefined ? {} : { classification }),
});

export const toWireCounts = ({ inProgress, completed, failed, cancelled, total }: FileCounts) => ({
  in_progress: inProgress,
  completed,
  failed,
  cancelled,
  total,
});

export function toWire(collection: CollectionRecord, nowMs: number) {
  const { fileCounts, expiresAtMs, description } = collection;
  const days = collection.settings.expiresAfterDays;
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= nowMs;
  return {
    id: collection.id,
    object: "vector_store",
    created_at: seconds(collection.createdAtMs),
    name: collection.name,
    ...(description === "" ? {} : { description }),
    usage_bytes: collection.usageBytes,
    file_counts: toWireCounts(fileCounts),
    status: isExpired ? "expired" : fileCounts.inProgress > 0 ? "in_progress" : "completed",
    ...(days === undefined ? {} : { expires_after: { anchor: "last_active_at", days } }),
    expires_at: expiresAtMs === undefined ? null : seconds(expiresAtMs),
    last_active_at: seconds(collection.activeAtMs),
    metadata: collection.metadata,
    ...toWeir(collection),
  };
}

export function toWireFile(file: CollectionFileRecord) {
  return {
    id: toWireFileId(file.fileId),
    object: "vector_store.file",
    usage_bytes: file.usageBytes,
    created_at: seconds(file.createdAtMs),
    vector_store_id: file.collectionId,
    status: file.status,
    last_error: file.lastError ?? null,
    attributes: file.attributes satisfies Attributes,
    ...toFileWeir(file),
    chunking_strategy: toStrategy(file.chunking ?? DEFAULT_CHUNKING),
  };
}

function toFileWeir({ filename, bytes, chunks, judgement, tries }: CollectionFileRecord) {
  const size = { filename, bytes, ...(chunks === undefined ? {} : { chunks }) };
  return {
    weir: {
      ...size,
      ...judgement,
      ...(tries === undefined ? {} : { attempts: tries.attempts, last_attempt_at: seconds(tries.triedAtMs) }),
    },
  };
}

/** What OpenAI has no words for is `other`. */
function toStrategy(chunking: Chunking) {
  if (chunking.strategy !== "sentence" && chunking.strategy !== "fixed") return { type: "other" };
  return { type: "static", static: { max_chunk_size_tokens: chunking.tokens, chunk_overlap_tokens: chunking.overlap } };
}
