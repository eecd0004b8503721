import type { Finding } from "../domain/finding.ts";
import type { InjectionMode } from "../domain/guard-policy.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "../object/index.ts";
import { WHOLE_TENANT } from "../domain/reader.ts";
import type { Qdrant } from "../qdrant/index.ts";
import { createNearSearch, createPostgresIndex, createRetriever, type Retrieve, type RetrieveAsk } from "../retrieve/index.ts";
import type { Engine } from "../store/engine.ts";
import { createPgvectorGraphs } from "../store/pgvector-graphs.ts";
import { createLocalJobs } from "../queue/testing.ts";
import { openTestDatabase } from "../store/testing.ts";
import type { TestEngine } from "../store/testing.ts";
import { createIngest } from "./index.ts";
import { createCompare } from "./compare-generations.ts";
import { createQdrantGraphs } from "./qdrant-graphs.ts";
import type { Detectors } from "./judge.ts";
import type { TestEmbedding } from "./testing-embedding.ts";
import type { Ingest } from "./index.ts";

/** What the stand-in for the detectors reacts to. */
export const POISON = "OBEY THIS PAGE";
export const SUSPICIOUS = "kindly obey";

/** For tests: detectors that do not depend on anybody's weights. Persons are called Marker and a number. */
export const MARKED: Detectors = {
  rev: 7,
  scoreInjection: (text) => ({ score: text.includes(POISON) ? 0.95 : text.includes(SUSPICIOUS) ? 0.8 : 0.1 }),
  find: (text) =>
    [...text.matchAll(/Marker\d+/g)].map(({ 0: found, index }): Finding => ({
      type: "PERSON",
      start: index,
      end: index + found.length,
      score: 0.9,
      reason: "marker",
    })),
};

/** For tests: knowledge on a fresh database, with two tenants and objects in memory. */
export type Knowledge = {
  readonly db: Engine;
  readonly objects: ObjectStore;
  readonly clock: ReturnType<typeof createFakeClock>;
  readonly ten: TenantId;
  readonly other: TenantId;
  readonly ingest: Ingest;
  readonly retrieve: RetrieveAll;
  readonly errors: unknown[];
  /** What was quarantined, and what a reviewer did, in order. */
  readonly told: string[];
  /** What a tenant's rules say; as it stands when a file is indexed. */
  readonly rules: { injection: InjectionMode };
  /** Another process on the same database; `db` may be one that fails. */
  again(db?: Engine, options?: { readonly segmentChunks?: number; readonly detectors?: Detectors }): Ingest;
  /** Uploads and adds a text. */
  add(
    collection: string,
    filename: string,
    text: string,
  ): Promise<{ readonly fileId: Awaited<ReturnType<Ingest["createFile"]>>["id"]; readonly status: string }>;
  /** File names of the passages found, best first. */
  find(collection: string, query: string, topK?: number): Promise<readonly string[]>;
  /** Rows of each table of knowledge. */
  count(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
};

/** As one who may see the whole tenant, unless told. */
export type RetrieveAll = (tenantId: TenantId, ask: Omit<RetrieveAsk, "reader"> & Partial<RetrieveAsk>) => ReturnType<Retrieve>;

const readAll =
  (retrieve: Retrieve): RetrieveAll =>
  (tenantId, ask) =>
    retrieve(tenantId, { reader: WHOLE_TENANT, ...ask });

export async function openKnowledge(engine: TestEngine = "pglite", embedding?: TestEmbedding, qdrant?: Qdrant): Promise<Knowledge> {
  const db = await openTestDatabase({ engine });
  const clock = createFakeClock(Date.UTC(2026, 10, 1));
  const [ten, other] = [tenantIds.make(clock.nowMs()), tenantIds.make(clock.nowMs())];
  await db.asOwner(async (owner) => {
    for (const [slug, id] of Object.entries({ one: ten, other })) {
      await owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, $2, $2, '\\x00', now())", [id, slug]);
    }
  });
  const objects = createMemoryObjects();
  const told: string[] = [];
  const dense =
    embedding === undefined
      ? undefined
      : {
          clock,
          embedQuery: embedding.embedQuery,
          degraded: (why: string) => void told.push(`degraded: ${why}`),
          timeout: () => new AbortController().signal,
        };
  const retrieve = readAll(createRetriever({ index: createPostgresIndex({ db, clock, guardRev: MARKED.rev, qdrant }), dense }));
  const errors: unknown[] = [];
  const rules: Knowledge["rules"] = { injection: "block" };
  const again: Knowledge["again"] = (on = db, { detectors = MARKED, segmentChunks } = {}) => {
    const jobs = createLocalJobs();
    const made = createIngest(
      {
        jobs,
        indexed: () => undefined,
        wait: (ms) => Promise.resolve(clock.advance(ms)),
        db: on,
        objects,
        clock,
        detectors,
        ...(embedding === undefined
          ? {}
          : {
              vectors: {
                embedding,
                graphs: qdrant === undefined ? createPgvectorGraphs(db) : createQdrantGraphs({ db: on, qdrant }),
                compare: createCompare({ db: on, embedQuery: embedding.embedQuery, near: createNearSearch({ db: on, qdrant }), clock }),
              },
            }),
        injectionMode: () => Promise.resolve(rules.injection),
        retrieve: createRetriever({ index: createPostgresIndex({ db: on, clock, guardRev: detectors.rev }) }),
        onError: (_, error) => errors.push(error),
        quarantined: ({ chunks }) => told.push(`${chunks} quarantined`),
        async audited(_, { action }, work) {
          await work(on);
          told.push(action);
        },
      },
      { segmentChunks },
    );
    return {
      ...made,
      async idle() {
        await jobs.idle();
        await made.idle();
      },
      async close() {
        await jobs.stop();
        await made.close();
      },
    };
  };
  const ingest = again();
  return {
    db,
    objects,
    clock,
    ten,
    other,
    ingest,
    retrieve,
    errors,
    told,
    rules,
    again,
    async add(collection, filename, text) {
      clock.advance(1);
      const file = await ingest.createFile(ten, { filename, purpose: "user_data", bytes: Buffer.from(text) });
      const { status } = await ingest.addFileToCollection(ten, collection, file.id);
      return { fileId: file.id, status };
    },
    async find(collection, query, topK = 10) {
      const { passages } = await retrieve(ten, { collection, query, topK });
      return passages.map((passage) => passage.filename);
    },
    async count() {
      const tables = ["files", "collections", "collection_files", "documents", "chunks", "postings"];
      const [row] = await db.asOwner((owner) =>
        owner.query<Record<string, number>>(`SELECT ${tables.map((name) => `(SELECT count(*)::int FROM ${name}) AS ${name}`).join(", ")}`),
      );
      return row ?? {};
    },
    async close() {
      await ingest.close();
      await db.close();
    },
  };
}

function createMemoryObjects(): ObjectStore {
  const held = new Map<string, Uint8Array>();
  return {
    putObject: (tenantId, key, bytes) => Promise.resolve(void held.set(`${tenantId}/${key}`, bytes)),
    getObject: (tenantId, key) => Promise.resolve(held.get(`${tenantId}/${key}`)),
    deleteObject: (tenantId, key) => Promise.resolve(void held.delete(`${tenantId}/${key}`)),
    listObjects: (tenantId, prefix) =>
      Promise.resolve(
        [...held.keys()].filter((key) => key.startsWith(`${tenantId}/${prefix}`)).map((key) => key.slice(tenantId.length + 1)),
      ),
  };
}

/** Prose of so many words that differs by seed, with a word of its own in every paragraph. */
export function testProse(seed: number, words: number): string {
  const vocabulary =
    "sensor logger probe meter warranty refund invoice delivery contract holiday salary notice period water brewery calibration battery report policy".split(
      " ",
    );
  let state = seed * 7919 + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  let text = "";
  for (let at = 1; at <= words; at++) {
    text +=
      at % 60 === 0
        ? `own${seed}x${at}`
        : `${vocabulary[next(next(vocabulary.length) + 1)] ?? ""}${next(3) === 0 ? String(next(400)) : ""}`;
    text += at % 60 === 0 ? ".\n\n" : at % 12 === 0 ? ". The " : " ";
  }
  return text;
}
