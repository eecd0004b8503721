import type { AbuseLevel, AbuseMode, AbusePolicy, Misuse } from "../domain/abuse.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { idTimeMs, type KeyId, type TenantId } from "../kernel/ids.ts";
import { createBucket, refill, waitMs } from "./bucket.ts";
import { createScoreBook, type ScoreBook, type Scored, type ScoreEntry } from "./score-book.ts";

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
/** Of the second threshold: after a flood a score is below it again in two half-lives. */
const CEILING = 4;
/** The database that did not take a suspension is asked again when the key calls, at most so often. */
const ASK_AGAIN_MS = 10_000;
const MINUTE_MS = 60_000;
const THROTTLED = "This key is limited to few calls a minute because of how it was used.";

/** How each key of this process was used of late. In memory, O(1), and never a question to the database. */
export type Abuse = {
  misused(key: Scored, what: Misuse, times?: number): void;
  /** A call in which nothing was found. */
  behaved(keyId: KeyId): void;
  /** Takes one call. Throws `rate_limited` for a throttled key, and `key_suspended`. */
  check(keyId: KeyId): void;
  /** Its suspension was lifted: it begins anew. */
  forget(keyId: KeyId): void;
  /** Another policy from now on; scores stay. */
  reconfigure(policy: AbusePolicy): void;
  scoreOf(keyId: KeyId): number;
  /** Keys that were misused of late, the worst first; undefined: of all tenants. */
  list(tenantId: TenantId | undefined, most: number): readonly Misused[];
  readonly policy: AbusePolicy;
  /** Keys at each level now. */
  count(): Readonly<Record<AbuseLevel, number>>;
};

/** How a key stands in this process now. */
export type Misused = Scored & { readonly score: number; readonly level: AbuseLevel | undefined };

/** `mode`: what becomes of it. */
export type Crossing = { readonly level: AbuseLevel; readonly score: number; readonly mode: AbuseMode };

export type AbuseDeps = {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** A score passed a threshold: told once, until it has fallen to half of the first. */
  crossed(key: Scored, crossing: Crossing): void;
  /** Has the key refused everywhere. False: not now; then it is asked again. Not asked for holders of tokens, who have no row. Never rejects. */
  suspend(key: Scored, score: number): Promise<boolean>;
};

export function createAbuse(deps: AbuseDeps, first: AbusePolicy, keysMax?: number): Abuse {
  let policy = first;
  const book = createScoreBook(deps.clock, () => policy.halfLifeMinutes * MINUTE_MS, keysMax);
  const suspension = createSuspension(deps, book);
  const levelOf = ({ score }: ScoreEntry): AbuseLevel | undefined =>
    score > policy.suspendAbove ? "high" : score > policy.throttleAbove ? "elevated" : undefined;

  /** A crossing is news only once: what hovers around a threshold would be told of with each call. */
  const judge = (entry: ScoreEntry): void => {
    const level = levelOf(entry);
    if (level === undefined || entry.told === "high" || entry.told === level) return;
    entry.told = level;
    deps.crossed(entry, { level, score: entry.score, mode: policy.mode });
    if (level === "high" && policy.mode === "suspend") entry.suspended = true;
    if (entry.suspended) suspension.ask(entry);
  };
  const cool = (entry: ScoreEntry): void => {
    if (entry.score < policy.throttleAbove / 2) entry.told = undefined;
  };
  return {
    misused(key, what, times = 1) {
      if (policy.mode === "off") return;
      const entry = book.take(key);
      cool(entry);
      entry.score = Math.min(entry.score + MISUSE_POINTS[what] * times, policy.suspendAbove * CEILING);
      judge(entry);
    },
    behaved(keyId) {
      const entry = book.find(keyId);
      if (entry === undefined) return;
      entry.score = Math.max(0, entry.score - ORDINARY_POINTS);
      if (entry.score === 0 && !entry.suspended) book.delete(keyId);
    },
    check(keyId) {
      if (policy.mode !== "throttle" && policy.mode !== "suspend") return;
      const entry = book.find(keyId);
      if (entry === undefined) return;
      if (entry.suspended && policy.mode === "suspend") suspension.check(entry, policy);
      checkThrottled(entry, policy, deps.clock.monotonicMs());
    },
    forget: (keyId) => book.delete(keyId),
    reconfigure(next) {
      // What was only told of so far is judged anew.
      if (next.mode !== policy.mode) for (const entry of book.entries()) entry.told = undefined;
      policy = next;
      if (next.mode === "off") book.clear();
    },
    scoreOf: (keyId) => book.find(keyId)?.score ?? 0,
    list(tenantId, most) {
      const found = [...book.entries()].filter((entry) => tenantId === undefined || entry.tenantId === tenantId);
      return found
        .toSorted((one, other) => other.score - one.score)
        .slice(0, most)
        .map((entry) => ({ tenantId: entry.tenantId, keyId: entry.keyId, score: entry.score, level: levelOf(entry) }));
    },
    get policy() {
      return policy;
    },
    count() {
      const counts = { elevated: 0, high: 0 };
      for (const entry of book.entries()) {
        const level = levelOf(entry);
        if (level !== undefined) counts[level]++;
      }
      return counts;
    },
  };
}

/** Of a token: its id carries the time 0. */
const isHolder = (keyId: KeyId): boolean => idTimeMs(keyId) === 0;

/** A suspension as this process knows it, until it is in the database and everybody does. */
function createSuspension({ clock, suspend }: Pick<AbuseDeps, "clock" | "suspend">, book: Pick<ScoreBook, "delete">) {
  const askNow = async (entry: ScoreEntry): Promise<void> => {
    if (await suspend(entry, entry.score)) book.delete(entry.keyId);
  };
  const ask = (entry: ScoreEntry): void => {
    entry.askedAtMs = clock.monotonicMs();
    if (!isHolder(entry.keyId)) void askNow(entry);
  };
  return {
    ask,
    check(entry: ScoreEntry, policy: AbusePolicy): void {
      if (isHolder(entry.keyId)) {
        // A person is suspended by whoever issues their tokens; here it ends with the score.
        entry.suspended = entry.score > policy.throttleAbove;
      } else if (clock.monotonicMs() - entry.askedAtMs >= ASK_AGAIN_MS) ask(entry);
      if (entry.suspended) throw new Fault("key_suspended");
    },
  };
}

function checkThrottled(entry: ScoreEntry, { throttleAbove, callsPerMinute }: AbusePolicy, nowMs: number): void {
  if (entry.score <= throttleAbove) {
    entry.bucket = undefined;
    return;
  }
  entry.bucket ??= createBucket(callsPerMinute, nowMs);
  refill(entry.bucket, callsPerMinute, nowMs);
  const retryAfterMs = waitMs(entry.bucket, 1);
  if (retryAfterMs > 0) throw new Fault("rate_limited", { say: THROTTLED, retryAfterMs });
  entry.bucket.level -= 1;
}
