import type { AbuseLevel } from "../domain/abuse.ts";
import type { Clock } from "../kernel/clock.ts";
import type { KeyId, TenantId } from "../kernel/ids.ts";
import type { Bucket } from "./bucket.ts";

/** Keys whose scores are remembered: 200 bytes each. Only misuse makes one. */
export const SCORED_KEYS_MAX = 50_000;

/** A key, or the holder of a token. */
export type Scored = { readonly tenantId: TenantId; readonly keyId: KeyId };
export type ScoreEntry = Scored & {
  /** As of the last look. */
  score: number;
  atMs: number;
  /** What its crossing was told as. */
  told: AbuseLevel | undefined;
  /** Of a throttled key. */
  bucket: Bucket | undefined;
  suspended: boolean;
  /** When somebody was last asked to suspend it everywhere. */
  askedAtMs: number;
};

/** Scores that halve with time, of the keys that were misused last. Every step is O(1). */
export type ScoreBook = {
  /** Of this moment; undefined: it was not misused of late. */
  find(keyId: KeyId): ScoreEntry | undefined;
  /** The same, made where it is not there. Those that were misused longest ago make room. */
  take(key: Scored): ScoreEntry;
  delete(keyId: KeyId): void;
  clear(): void;
  /** All of them, as of this moment. */
  entries(): IterableIterator<ScoreEntry>;
};

/**
 * Two generations: when the young one is full it becomes the old one, and what the old one still held is forgotten. A list by last use would walk
 * over what it has deleted.
 */
export function createScoreBook(clock: Pick<Clock, "monotonicMs">, halfLifeMs: () => number, keysMax: number = SCORED_KEYS_MAX): ScoreBook {
  const youngMax = Math.max(1, Math.floor(keysMax / 2));
  let young = new Map<KeyId, ScoreEntry>();
  let old = new Map<KeyId, ScoreEntry>();
  const find = (keyId: KeyId): ScoreEntry | undefined => young.get(keyId) ?? old.get(keyId);
  const age = (entry: ScoreEntry): ScoreEntry => {
    const nowMs = clock.monotonicMs();
    entry.score *= 2 ** (-(nowMs - entry.atMs) / halfLifeMs());
    entry.atMs = nowMs;
    return entry;
  };
  const remove = (keyId: KeyId): void => {
    if (!young.delete(keyId)) old.delete(keyId);
  };
  return {
    find(keyId) {
      const entry = find(keyId);
      return entry === undefined ? undefined : age(entry);
    },
    take({ tenantId, keyId }) {
      const known = find(keyId);
      const atMs = clock.monotonicMs();
      const fresh = { tenantId, keyId, score: 0, atMs, told: undefined, bucket: undefined, suspended: false, askedAtMs: 0 };
      const entry = known === undefined ? fresh : age(known);
      if (young.has(keyId)) return entry;
      old.delete(keyId);
      if (young.size >= youngMax) [old, young] = [young, new Map()];
      young.set(keyId, entry);
      return entry;
    },
    delete: remove,
    clear() {
      young.clear();
      old.clear();
    },
    *entries() {
      for (const entry of young.values()) yield age(entry);
      for (const entry of old.values()) yield age(entry);
    },
  };
}
