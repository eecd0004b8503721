import { getRandomValues } from "node:crypto";

declare const brand: unique symbol;
/** A string that only its own `parse` or `new` function can make. */
export type Id<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Id<"tenant">;
export type KeyId = Id<"key">;
export type RequestId = Id<"request">;
export type FileId = Id<"file">;
export type CollectionId = Id<"collection">;
export type BatchId = Id<"batch">;
export type ProcessId = Id<"process">;
export type PromptId = Id<"prompt">;
export type PolicyId = Id<"policy">;
export type JobId = Id<"job">;
export type RolloutId = Id<"rollout">;
export type RedteamId = Id<"redteam">;

const DIGITS = "0123456789abcdefghijklmnopqrstuv";
const TIME_CHARS = 10; // 50 bits of milliseconds
const RANDOM_CHARS = 16; // 80 bits
const shape = /^[0-9a-v]{16,32}$/;

/** Random bytes are drawn in blocks: one call to the generator per id costs more than the id. */
const pool = new Uint8Array(4096);
let poolAt = pool.length;

function randomChars(count: number): string {
  if (poolAt + count > pool.length) {
    getRandomValues(pool);
    poolAt = 0;
  }
  let text = "";
  for (let i = 0; i < count; i++) text += DIGITS.charAt((pool[poolAt++] ?? 0) & 31);
  return text;
}

let lastMs = -1;
let lastTime = "";
function timeChars(ms: number): string {
  if (ms === lastMs) return lastTime;
  let text = "";
  let rest = ms;
  for (let i = 0; i < TIME_CHARS; i++) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  lastMs = ms;
  lastTime = text;
  return text;
}

/** `<prefix>_` and 26 characters of 0-9a-v, the first ten of them the time: ids sort by creation. */
function makeRaw(prefix: string, nowMs: number): string {
  return `${prefix}_${timeChars(nowMs)}${randomChars(RANDOM_CHARS)}`;
}

function kind<Name extends string>(prefix: string) {
  const start = `${prefix}_`;
  const is = (raw: string): raw is Id<Name> => raw.startsWith(start) && shape.test(raw.slice(start.length));
  const parse = (raw: string): Id<Name> => {
    if (!is(raw)) throw new TypeError(`expected a ${start} id, got ${JSON.stringify(raw.slice(0, 40))}`);
    return raw;
  };
  const make = (nowMs: number): Id<Name> => parse(makeRaw(prefix, nowMs));
  return { is, parse, make };
}

export const tenantIds = kind<"tenant">("ten");
export const keyIds = kind<"key">("key");
export const requestIds = kind<"request">("req");
export const fileIds = kind<"file">("file");
export const collectionIds = kind<"collection">("vs");
export const batchIds = kind<"batch">("vsfb");
export const processIds = kind<"process">("proc");
export const promptIds = kind<"prompt">("prm");
export const policyIds = kind<"policy">("pol");
export const jobIds = kind<"job">("job");
export const rolloutIds = kind<"rollout">("rol");
export const redteamIds = kind<"redteam">("red");

/** The id of somebody who has no row here, from a digest of who they are: it carries the time 0, so it is no key's. */
export function toHolderId(digest: Uint8Array): KeyId {
  let text = "";
  for (let i = 0; i < RANDOM_CHARS; i++) text += DIGITS.charAt((digest[i] ?? 0) & 31);
  return keyIds.parse(`key_${timeChars(0)}${text}`);
}

/** The creation time in epoch milliseconds that an id of any kind carries in its first ten characters. */
export function idTimeMs(id: string): number {
  const at = id.indexOf("_") + 1;
  let ms = 0;
  for (let i = 0; i < TIME_CHARS; i++) ms = ms * 32 + Math.max(0, DIGITS.indexOf(id.charAt(at + i)));
  return ms;
}

/** An unguessable secret of 160 bits: `<prefix>-` and 32 characters. */
export function makeSecret(prefix: string): string {
  return `${prefix}-${randomChars(32)}`;
}
