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
  /** The same, as the newest. The one that was misused longest ago makes room. */
  take(key: Scored): ScoreEntry;
  delete(keyId: KeyId): void;
  clear(): void;
  /** All of them, as of this moment. */
  entries(): IterableIterator<ScoreEntry>;
};

export function createScoreBook(clock: Pick<Clock, "monotonicMs">, halfLifeMs: () => number, keysMax: number = SCORED_KEYS_MAX): ScoreBook {
  /** The one that was misused longest ago is first. */
  const entries = new Map<KeyId, ScoreEntry>();
  const age = (entry: ScoreEntry): ScoreEntry => {
    const nowMs = clock.monotonicMs();
    entry.score *= 2 ** (-(nowMs - entry.atMs) / halfLifeMs());
    entry.atMs = nowMs;
    return entry;
  };
  return {
    find(keyId) {
      const entry = entries.get(keyId);
      return entry === undefined ? undefined : age(entry);
    },
    take({ tenantId, keyId }) {
      const known = entries.get(keyId);
      if (known !== undefined) entries.delete(keyId);
      else if (entries.size >= keysMax) for (const oldest of entries.keys()) if (entries.delete(oldest)) break;
      const atMs = clock.monotonicMs();
      const fresh = { tenantId, keyId, score: 0, atMs, told: undefined, bucket: undefined, suspended: false, askedAtMs: 0 };
      const entry = known === undefined ? fresh : age(known);
      entries.set(keyId, entry);
      return entry;
    },
    delete: (keyId) => void entries.delete(keyId),
    clear: () => entries.clear(),
    *entries() {
      for (const entry of entries.values()) yield age(entry);
    },
  };
}
