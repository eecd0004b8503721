import type { AbuseLevel, AbusePolicy, Misuse } from "../domain/abuse.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { idTimeMs, type KeyId, type TenantId } from "../kernel/ids.ts";
import { createBucket, refill, waitMs, type Bucket } from "./bucket.ts";

/** Points of a score. An attack that was refused is seldom a slip; personal data is pasted by accident; what a tool returned others wrote. */
export const MISUSE_POINTS: Readonly<Record<Misuse, number>> = {
  "injection-blocked": 10,
  "canary-leaked": 10,
  "injection-seen": 2,
  "output-blocked": 2,
  "personal-data-blocked": 0.5,
  "tool-withheld": 0.5,
};
/**
 * An ordinary call pays this much off. Detectors are wrong at times, and a key that a whole product uses makes thousands of calls: one of which
 * fewer than 2 in 100 are refused never climbs, whatever its rate.
 */
export const ORDINARY_POINTS = 0.2;
/** Keys whose scores are remembered: 200 bytes each. Only misuse makes one. */
export const SCORED_KEYS_MAX = 50_000;
/** Of the second threshold: after a flood a score is below it again in two half-lives. */
const CEILING = 4;
/** The database that did not take a suspension is asked again when the key calls, at most so often. */
const ASK_AGAIN_MS = 10_000;

/** A key, or the holder of a token. */
export type Scored = { readonly tenantId: TenantId; readonly keyId: KeyId };

/** How each key of this process was used of late. In memory, O(1), and never a question to the database. */
export type Abuse = {
  misused(key: Scored, what: Misuse, times?: number): void;
  /** A call in which nothing was found. */
  behaved(keyId: KeyId): void;
  /** Takes one call. Throws `rate_limited` for a throttled key, and `key_suspended`. */
  check(keyId: KeyId): void;
  /** Somebody changed the key: it begins anew. */
  forget(keyId: KeyId): void;
  /** Another policy from now on; scores stay. */
  reconfigure(policy: AbusePolicy): void;
  scoreOf(keyId: KeyId): number;
  /** Keys at each level now. */
  count(): Readonly<Record<AbuseLevel, number>>;
};

export type AbuseDeps = {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** A score passed a threshold: told once, until it has fallen to half of the first. */
  crossed(key: Scored, level: AbuseLevel, score: number): void;
  /** Has the key refused everywhere, and then forgotten here. Not asked for holders of tokens, who have no row. */
  suspend(key: Scored, score: number): void;
};

type Entry = Scored & {
  score: number;
  atMs: number;
  told: AbuseLevel | undefined;
  /** Of a throttled key. */
  bucket: Bucket | undefined;
  suspended: boolean;
  askedAtMs: number;
};

export function createAbuse(deps: AbuseDeps, first: AbusePolicy, keysMax: number = SCORED_KEYS_MAX): Abuse {
  const { clock } = deps;
  /** The one that was misused longest ago is first. */
  const entries = new Map<KeyId, Entry>();
  let policy = first;

  const scoreNow = ({ score, atMs }: Entry): number => score * 2 ** (-(clock.monotonicMs() - atMs) / (policy.halfLifeMinutes * MINUTE_MS));
  const age = (entry: Entry): void => {
    entry.score = scoreNow(entry);
    entry.atMs = clock.monotonicMs();
    if (entry.score < policy.throttleAbove / 2) entry.told = undefined;
  };
  const levelOf = (score: number): AbuseLevel | undefined =>
    score > policy.suspendAbove ? "high" : score > policy.throttleAbove ? "elevated" : undefined;

  const findOrMake = ({ tenantId, keyId }: Scored): Entry => {
    const known = entries.get(keyId);
    if (known !== undefined) {
      age(known);
      entries.delete(keyId);
      entries.set(keyId, known);
      return known;
    }
    const oldest = entries.size >= keysMax ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    const atMs = clock.monotonicMs();
    const made = { tenantId, keyId, score: 0, atMs, told: undefined, bucket: undefined, suspended: false, askedAtMs: 0 };
    entries.set(keyId, made);
    return made;
  };
  const askToSuspend = (entry: Entry): void => {
    entry.askedAtMs = clock.monotonicMs();
    if (!isHolder(entry.keyId)) deps.suspend(entry, entry.score);
  };
  const judge = (entry: Entry): void => {
    const level = levelOf(entry.score);
    if (level === undefined || entry.told === "high" || entry.told === level) return;
    entry.told = level;
    deps.crossed(entry, level, entry.score);
    if (level !== "high" || policy.mode !== "suspend") return;
    entry.suspended = true;
    askToSuspend(entry);
  };
  const checkSuspended = (entry: Entry): void => {
    if (isHolder(entry.keyId)) {
      // Nobody can lift it but time, so it ends with the score.
      entry.suspended = entry.score > policy.throttleAbove;
    } else if (clock.monotonicMs() - entry.askedAtMs >= ASK_AGAIN_MS) askToSuspend(entry);
    if (entry.suspended) throw new Fault("key_suspended");
  };
  const checkThrottled = (entry: Entry): void => {
    if (entry.score <= policy.throttleAbove) {
      entry.bucket = undefined;
      return;
    }
    const nowMs = clock.monotonicMs();
    entry.bucket ??= createBucket(policy.callsPerMinute, nowMs);
    refill(entry.bucket, policy.callsPerMinute, nowMs);
    const retryAfterMs = waitMs(entry.bucket, 1);
    if (retryAfterMs > 0) throw new Fault("rate_limited", { say: THROTTLED, retryAfterMs });
    entry.bucket.level -= 1;
  };

  return {
    misused(key, what, times = 1) {
      if (policy.mode === "off") return;
      const entry = findOrMake(key);
      entry.score = Math.min(entry.score + MISUSE_POINTS[what] * times, policy.suspendAbove * CEILING);
      judge(entry);
    },
    behaved(keyId) {
      const entry = entries.get(keyId);
      if (entry === undefined) return;
      age(entry);
      entry.score -= ORDINARY_POINTS;
      if (entry.score <= 0 && !entry.suspended) entries.delete(keyId);
    },
    check(keyId) {
      if (policy.mode !== "throttle" && policy.mode !== "suspend") return;
      const entry = entries.get(keyId);
      if (entry === undefined) return;
      age(entry);
      if (entry.suspended && policy.mode === "suspend") checkSuspended(entry);
      checkThrottled(entry);
    },
    forget: (keyId) => void entries.delete(keyId),
    reconfigure(next) {
      policy = next;
      if (next.mode === "off") entries.clear();
    },
    scoreOf(keyId) {
      const entry = entries.get(keyId);
      return entry === undefined ? 0 : Math.max(0, scoreNow(entry));
    },
    count() {
      const counts = { elevated: 0, high: 0 };
      for (const entry of entries.values()) {
        const level = levelOf(scoreNow(entry));
        if (level !== undefined) counts[level]++;
      }
      return counts;
    },
  };
}

const MINUTE_MS = 60_000;
const THROTTLED = "This key is limited to few calls a minute because of how it was used.";

/** Of a token: its id carries the time 0. */
const isHolder = (keyId: KeyId): boolean => idTimeMs(keyId) === 0;
