import type { CollectionId, TenantId } from "../kernel/ids.ts";
import { Fault } from "../kernel/fault.ts";
import { connect, type Client } from "./client.ts";
import { pointId } from "./point-id.ts";
import { toFilter, type Visible } from "./visible-filter.ts";

export type QdrantOptions = {
  readonly url: string;
  readonly apiKey: string | undefined;
  /** For one request. A search waits for it. */
  readonly timeoutMs?: number | undefined;
};

/** Vectors of one model in one collection. */
export type QdrantKey = {
  readonly tenantId: TenantId;
  readonly collectionId: CollectionId;
  readonly generation: number;
  readonly dimensions: number;
};
export type QdrantPoint = { readonly no: number; readonly vector: Float32Array };
export type QdrantSearch = QdrantKey & {
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly visible: Visible;
  readonly limit: number;
};
export type QdrantHit = { readonly no: number; readonly score: number };

const TIMEOUT_MS = 5_000;
/** Sent in one request: a megabyte or two of JSON. */
const POINTS_AT_ONCE = 256;

export type Qdrant = {
  /** Makes the collection of Qdrant's that a generation needs. */
  ensure(key: QdrantKey): Promise<void>;
  /** Writes points. They are found when this resolves. Writing one again changes nothing. */
  add(key: QdrantKey, points: readonly QdrantPoint[]): Promise<void>;
  /** The nearest of what may be seen, by inner product, best first. Throws `store_unavailable`. */
  search(ask: QdrantSearch): Promise<readonly QdrantHit[]>;
  /** Points of a generation: of some chunks, or (without `range`) of all. */
  remove(key: Omit<QdrantKey, "dimensions">, range?: { readonly from: number; readonly to: number }): Promise<void>;
  /** Everything of a tenant. Returns how many collections of Qdrant's went. */
  dropTenant(tenantId: TenantId): Promise<number>;
  /** Points of a tenant, in all. */
  countTenant(tenantId: TenantId): Promise<number>;
  /** How many points a generation has. */
  count(key: QdrantKey): Promise<number>;
  /** Resolves with its version where it answers. */
  ping(): Promise<string>;
};

const prefixOf = (tenantId: TenantId): string => `weir-${tenantId}-`;
const nameOf = ({ tenantId, dimensions }: Pick<QdrantKey, "tenantId" | "dimensions">): string => `${prefixOf(tenantId)}${dimensions}`;

/** Vectors in Qdrant, over its REST interface. What it does not answer is `store_unavailable`, which callers treat as a database that is away. */
export function createQdrant({ url, apiKey, timeoutMs = TIMEOUT_MS }: QdrantOptions): Qdrant {
  let client: Promise<Client> | undefined;
  const known = new Set<string>();

  async function use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    client ??= connect(url, apiKey, timeoutMs);
    try {
      return await work(await client);
    } catch (error) {
      throw new Fault("store_unavailable", { say: "The vector store does not answer." }, { cause: withoutContent(error) });
    }
  }

  const ensure = createEnsure(known);

  return {
    ensure: (key) => use(async (qdrant) => void (await ensure(qdrant, key))),
    add: (key, points) => use(async (qdrant) => await upsertAll(qdrant, await ensure(qdrant, key), groupOf(key), points)),
    search: (ask) =>
      use(async (qdrant) => {
        const { vector, visible, limit } = ask;
        if (limit === 0 || (visible.kind === "allowed" && visible.ranges.length === 0)) return [];
        const { points } = await qdrant.query(nameOf(ask), {
          query: Array.from(vector),
          filter: toFilter(groupOf(ask), visible),
          limit,
          with_payload: ["no"],
        });
        return points.map(readHit).toSorted((one, other) => other.score - one.score || one.no - other.no);
      }),
    remove: (key, range) =>
      use(async (qdrant) => {
        const visible: Visible =
          range === undefined ? { kind: "hidden", ranges: [] } : { kind: "allowed", ranges: [[range.from, range.to - range.from]] };
        for (const name of await ownCollections(qdrant, key.tenantId))
          await qdrant.delete(name, { wait: true, filter: toFilter(groupOf(key), visible) });
      }),
    dropTenant: (tenantId) =>
      use(async (qdrant) => {
        const own = await ownCollections(qdrant, tenantId);
        for (const name of own) {
          await qdrant.deleteCollection(name);
          known.delete(name);
        }
        return own.length;
      }),
    countTenant: (tenantId) =>
      use(async (qdrant) => {
        const names = await ownCollections(qdrant, tenantId);
        const counts = await Promise.all(names.map((name) => qdrant.count(name, { exact: true })));
        return counts.reduce((sum, { count }) => sum + count, 0);
      }),
    count: (key) =>
      use(async (qdrant) => {
        const name = nameOf(key);
        if (!(await qdrant.collectionExists(name)).exists) return 0;
        return (await qdrant.count(name, { filter: toFilter(groupOf(key), { kind: "hidden", ranges: [] }), exact: true })).count;
      }),
    ping: () => use(async (qdrant) => (await qdrant.versionInfo()).version),
  };
}

/** Makes a collection of Qdrant's where it is missing, with indexes on what searches are narrowed by. Two processes may make it at once. */
function createEnsure(known: Set<string>) {
  return async (qdrant: Client, key: QdrantKey): Promise<string> => {
    const name = nameOf(key);
    if (known.has(name)) return name;
    if (!(await qdrant.collectionExists(name)).exists) {
      await qdrant
        .createCollection(name, {
          vectors: { size: key.dimensions, distance: "Dot", on_disk: true },
          on_disk_payload: true,
          hnsw_config: { payload_m: 16, m: 16 },
        })
        .catch(async (error: unknown) => {
          if (!(await qdrant.collectionExists(name)).exists) throw error;
        });
    }
    await qdrant.createPayloadIndex(name, { field_name: "of", field_schema: { type: "keyword", is_tenant: true }, wait: true });
    await qdrant.createPayloadIndex(name, { field_name: "no", field_schema: "integer", wait: true });
    known.add(name);
    return name;
  };
}

async function upsertAll(qdrant: Client, name: string, of: string, points: readonly QdrantPoint[]): Promise<void> {
  for (let at = 0; at < points.length; at += POINTS_AT_ONCE) {
    const some = points.slice(at, at + POINTS_AT_ONCE);
    await qdrant.upsert(name, {
      wait: true,
      points: some.map(({ no, vector }) => ({ id: pointId(of, no), vector: Array.from(vector), payload: { of, no } })),
    });
  }
}

async function ownCollections(qdrant: Client, tenantId: TenantId): Promise<readonly string[]> {
  const { collections } = await qdrant.getCollections();
  return collections.map(({ name }) => name).filter((name) => name.startsWith(prefixOf(tenantId)));
}

/** One keyword for collection and generation: Qdrant keeps points of one value together. */
const groupOf = ({ collectionId, generation }: Pick<QdrantKey, "collectionId" | "generation">): string => `${collectionId}.${generation}`;

function readHit({ score, payload }: { readonly score: number; readonly payload?: unknown }): QdrantHit {
  const no: unknown = typeof payload === "object" && payload !== null ? Reflect.get(payload, "no") : undefined;
  if (typeof no !== "number" || !Number.isInteger(no) || !Number.isFinite(score)) throw new TypeError("a point came without its number");
  return { no, score };
}

/** The client's errors quote requests and answers. */
function withoutContent(error: unknown): Error {
  const status = typeof error === "object" && error !== null ? Number(Reflect.get(error, "status")) : Number.NaN;
  const name = error instanceof Error ? error.name : "Error";
  return new Error(`Qdrant: ${Number.isNaN(status) ? name : `status ${status}`}`);
}
