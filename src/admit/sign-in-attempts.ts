import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { createBucket, refill, waitMs, type Bucket } from "./bucket.ts";

/** People mistype a key some times; a proxy may be the address of a whole office. */
export const ATTEMPTS_PER_ADDRESS = 30;
/** Of everybody. */
export const ATTEMPTS_IN_ALL = 600;
/** Addresses that are remembered, at about 100 bytes each. */
export const ADDRESSES_MAX = 10_000;

/**
 * What becomes of an attempt beyond the bound. `look`: it is looked at, and only a wrong one is refused, so that nobody who guesses locks
 * others out; for what costs no more than a request with a wrong key does. `refuse`: before it is looked at.
 */
export type Beyond = "look" | "refuse";

export type SignInAttempts = {
  /** Runs an attempt to sign in. One that fails counts for a minute; beyond the bound of its address, or of all together, rejects `rate_limited`. */
  run<T>(address: string, attempt: () => Promise<T>): Promise<T>;
};

export function createSignInAttempts(clock: Pick<Clock, "monotonicMs">, beyond: Beyond): SignInAttempts {
  const all = createBucket(ATTEMPTS_IN_ALL, clock.monotonicMs());
  const addresses = new Map<string, Bucket>();
  const bucketOf = (address: string, nowMs: number): Bucket => {
    const bucket = addresses.get(address) ?? createBucket(ATTEMPTS_PER_ADDRESS, nowMs);
    addresses.delete(address);
    const oldest = addresses.size >= ADDRESSES_MAX ? addresses.keys().next().value : undefined;
    if (oldest !== undefined) addresses.delete(oldest);
    addresses.set(address, bucket);
    return bucket;
  };
  return {
    async run(address, attempt) {
      const nowMs = clock.monotonicMs();
      const own = bucketOf(address, nowMs);
      refill(own, ATTEMPTS_PER_ADDRESS, nowMs);
      refill(all, ATTEMPTS_IN_ALL, nowMs);
      const retryAfterMs = Math.max(waitMs(own, 1), waitMs(all, 1));
      if (retryAfterMs > 0) return await runBeyond(beyond, attempt, retryAfterMs);
      own.level -= 1;
      all.level -= 1;
      const done = await attempt();
      own.level = Math.min(ATTEMPTS_PER_ADDRESS, own.level + 1);
      all.level = Math.min(ATTEMPTS_IN_ALL, all.level + 1);
      return done;
    },
  };
}

async function runBeyond<T>(beyond: Beyond, attempt: () => Promise<T>, retryAfterMs: number): Promise<T> {
  const tooMany = new Fault("rate_limited", { say: "Too many attempts to sign in. Wait a moment.", retryAfterMs });
  if (beyond === "refuse") throw tooMany;
  return await attempt().catch((error: unknown) => {
    throw error instanceof Fault && error.status === 401 ? tooMany : error;
  });
}
