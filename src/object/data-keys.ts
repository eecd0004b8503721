import { randomBytes } from "node:crypto";
import { Fault } from "../kernel/fault.ts";
import { tenantIds, type TenantId } from "../kernel/ids.ts";
import { createSingleFlight } from "../kernel/single-flight.ts";
import { KEY_BYTES } from "../kernel/gcm.ts";
import type { KeyWrapper } from "./key-wrapper.ts";
import { listAllPaths } from "./list-all.ts";
import { areaOf, KEYS_AREA } from "./object-key.ts";
import type { Blobs } from "./spec.ts";

export const KEY_ID_BYTES = 16;
const TIME_BYTES = 6;
/** Kept unwrapped in memory; 32 bytes each, asked for again otherwise. */
const HELD_MAX = 10_000;

/** `id` is 32 hex digits that begin with the time of making. */
export type DataKey = { readonly id: string; readonly key: Uint8Array };
export type Rotated = { /** Now wrapped under the first wrapper. */ readonly rewrapped: number; readonly tenants: number };

/**
 * Each tenant's own keys, kept beside the objects under `data-keys/<tenant>/<id>`, wrapped. Objects name the key that they are under, so
 * wrapping it anew changes no object, two replicas that make a tenant's first key at once are both right, and without its keys a tenant's
 * objects are noise.
 */
export type DataKeys = {
  forWriting(tenantId: TenantId): Promise<DataKey>;
  /** Throws a Fault that says what is missing. */
  get(tenantId: TenantId, id: string): Promise<Uint8Array>;
  /** How many keys a tenant has. */
  count(tenantId: TenantId): Promise<number>;
  /** Deletes a tenant's keys: from then on its objects are noise, wherever copies of them lie. */
  drop(tenantId: TenantId): Promise<void>;
  /** Lets go of what is in memory of a tenant's keys. */
  forget(tenantId: TenantId): void;
  /** Wraps every key anew under the first wrapper. May be repeated, also after it was broken off. */
  rewrap(): Promise<Rotated>;
};

export type DataKeysDeps = {
  readonly blobs: Blobs;
  /** The first wraps; all of them unwrap. */
  readonly wrappers: readonly [KeyWrapper, ...KeyWrapper[]];
  nowMs(): number;
};

export function createDataKeys({ blobs, wrappers, nowMs }: DataKeysDeps): DataKeys {
  const [current] = wrappers;
  const opened = new Map<string, Uint8Array>();
  const writing = new Map<TenantId, DataKey>();
  const once = createSingleFlight<DataKey>();

  const load = async (path: string): Promise<Uint8Array> => {
    const held = opened.get(path);
    if (held !== undefined) return held;
    const bytes = await blobs.get(path);
    if (bytes === undefined)
      throw new Fault("object_damaged", { say: "The data key of a stored file is missing: restore it from a backup." });
    const key = await unwrap(wrappers, readRecord(bytes), path);
    keep(opened, path, key);
    return key;
  };
  const make = async (tenantId: TenantId): Promise<DataKey> => {
    const time = nowMs()
      .toString(16)
      .padStart(TIME_BYTES * 2, "0");
    const id = `${time}${randomBytes(KEY_ID_BYTES - TIME_BYTES).toString("hex")}`;
    const key = new Uint8Array(randomBytes(KEY_BYTES));
    const path = toKeyPath(tenantId, id);
    await blobs.put(path, writeRecord({ by: current.name, wrapped: await current.wrap(key, path) }));
    keep(opened, path, key);
    return { id, key };
  };
  const listKeys = (tenantId: TenantId): Promise<readonly string[]> => Array.fromAsync(listAllPaths(blobs, areaOf(tenantId, KEYS_AREA)));
  const findOrMake = async (tenantId: TenantId): Promise<DataKey> => {
    const newest = (await listKeys(tenantId)).at(-1);
    const id = newest?.slice(areaOf(tenantId, KEYS_AREA).length);
    const found = id === undefined ? await make(tenantId) : { id, key: await load(toKeyPath(tenantId, id)) };
    keep(writing, tenantId, found);
    return found;
  };
  const forget = (tenantId: TenantId): void => {
    writing.delete(tenantId);
    for (const path of opened.keys()) if (path.startsWith(areaOf(tenantId, KEYS_AREA))) opened.delete(path);
  };
  return {
    forget,
    count: async (tenantId) => (await listKeys(tenantId)).length,
    async drop(tenantId) {
      forget(tenantId);
      for (const path of await listKeys(tenantId)) await blobs.delete(path);
    },
    async forWriting(tenantId) {
      return writing.get(tenantId) ?? (await once(tenantId, () => findOrMake(tenantId)));
    },
    get: async (tenantId, id) => load(toKeyPath(tenantId, id)),
    async rewrap() {
      const all = await Array.fromAsync(listAllPaths(blobs, `${KEYS_AREA}/`));
      for (const path of all) await blobs.put(path, writeRecord({ by: current.name, wrapped: await current.wrap(await load(path), path) }));
      return { rewrapped: all.length, tenants: new Set(all.map((path) => path.split("/")[1])).size };
    },
  };
}

function keep<K, V>(held: Map<K, V>, name: K, value: V): void {
  if (held.size >= HELD_MAX) held.clear();
  held.set(name, value);
}

function toKeyPath(tenantId: TenantId, id: string): string {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new TypeError("not the id of a data key");
  return `${areaOf(tenantIds.parse(tenantId), KEYS_AREA)}${id}`;
}

type KeyRecord = { readonly by: string; readonly wrapped: string };

const writeRecord = (record: KeyRecord): Uint8Array => Buffer.from(JSON.stringify({ v: 1, ...record }));

function readRecord(bytes: Uint8Array): KeyRecord {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && "by" in value && "wrapped" in value) {
    const { by, wrapped } = value;
    if (typeof by === "string" && typeof wrapped === "string") return { by, wrapped };
  }
  throw new Fault("object_damaged", { say: "A data key of the object store was changed: restore it from a backup." });
}

async function unwrap(wrappers: readonly KeyWrapper[], { by, wrapped }: KeyRecord, context: string): Promise<Uint8Array> {
  const wrapper = wrappers.find((one) => one.name === by);
  if (wrapper !== undefined) return wrapper.unwrap(wrapped, context);
  const say = by.startsWith("secret:")
    ? "A stored file is encrypted under another WEIR_SECRET. Set that one as WEIR_SECRET_PREVIOUS."
    : `A stored file's key was wrapped by ${by}, which is not configured (objects.kms).`;
  throw new Fault("object_damaged", { say });
}
