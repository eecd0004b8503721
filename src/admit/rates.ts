import type { TenantPrincipal } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { createBucket, isFull, refill, remaining, resetMs, takeable, waitMs, type Bucket } from "./bucket.ts";

/** One limit as its caller is told of it. */
export type RateNumber = { readonly limit: number; readonly remaining: number; readonly resetMs: number };
/** Of the key's and the tenant's limits, the one with less left. */
export type RateNumbers = { readonly requests: RateNumber | undefined; readonly tokens: RateNumber | undefined };

export type RateVerdict =
  | {
      readonly passed: true;
      readonly numbers: RateNumbers | undefined;
      /** Corrects what was taken to the tokens that were used. Called once. */
      correct(usedTokens: number): void;
    }
  | { readonly passed: false; readonly numbers: RateNumbers | undefined; readonly retryAfterMs: number };

/** Requests and tokens per minute. May be kept in this process or be shared between replicas: then it answers with a promise. */
export type Rates = {
  take(who: TenantPrincipal, tokens: number): RateVerdict | Promise<RateVerdict>;
  /** The numbers as they stand; undefined where nothing is limited. */
  look(who: TenantPrincipal): RateNumbers | undefined;
};

/** Keys and tenants with limits that are remembered. One that is forgotten while it is not full gets a minute's worth as a gift. */
export const RATE_METERS_MAX = 100_000;
/** The oldest meters looked at to make room for a new one. */
const EVICTION_STEPS = 8;

type Meter = { requests: Bucket | undefined; tokens: Bucket | undefined };
type Limits = { readonly id: string; readonly rpm: number | undefined; readonly tpm: number | undefined };

const UNLIMITED: RateVerdict = { passed: true, numbers: undefined, correct: () => undefined };

export function createRates(clock: Clock, options: { readonly metersMax?: number } = {}): Rates & { readonly meters: number } {
  const { metersMax = RATE_METERS_MAX } = options;
  const meters = new Map<string, Meter>();

  const evict = (nowMs: number): void => {
    let steps = 0;
    for (const [id, meter] of meters) {
      meters.delete(id);
      const idle = [meter.requests, meter.tokens].every((bucket) => bucket === undefined || isFull(bucket, nowMs));
      if (idle || ++steps === EVICTION_STEPS) return;
      meters.set(id, meter);
    }
  };

  /** The meter of a key or tenant, refilled; undefined where it has no limit. */
  const meterOf = ({ id, rpm, tpm }: Limits, nowMs: number): Meter | undefined => {
    if (rpm === undefined && tpm === undefined) return undefined;
    let meter = meters.get(id);
    if (meter === undefined) {
      if (meters.size >= metersMax) evict(nowMs);
      meter = { requests: undefined, tokens: undefined };
      meters.set(id, meter);
    }
    meter.requests = bucketOf(meter.requests, rpm, nowMs);
    meter.tokens = bucketOf(meter.tokens, tpm, nowMs);
    return meter;
  };

  return {
    get meters() {
      return meters.size;
    },
    take(who, tokens) {
      const nowMs = clock.monotonicMs();
      const key = meterOf(who.key, nowMs);
      const tenant = meterOf(who.tenant, nowMs);
      if (key === undefined && tenant === undefined) return UNLIMITED;
      const retryAfterMs = Math.max(meterWaitMs(key, tokens), meterWaitMs(tenant, tokens));
      if (retryAfterMs > 0) return { passed: false, numbers: toNumbers(key, tenant), retryAfterMs };
      const fromKey = takeFrom(key, tokens);
      const fromTenant = takeFrom(tenant, tokens);
      const correct = (usedTokens: number): void => {
        giveBack(fromKey, usedTokens);
        giveBack(fromTenant, usedTokens);
      };
      return { passed: true, numbers: toNumbers(key, tenant), correct };
    },
    look(who) {
      const nowMs = clock.monotonicMs();
      return toNumbers(meterOf(who.key, nowMs), meterOf(who.tenant, nowMs));
    },
  };
}

function bucketOf(bucket: Bucket | undefined, perMinute: number | undefined, nowMs: number): Bucket | undefined {
  if (perMinute === undefined) return undefined;
  if (bucket === undefined) return createBucket(perMinute, nowMs);
  refill(bucket, perMinute, nowMs);
  return bucket;
}

function meterWaitMs(meter: Meter | undefined, tokens: number): number {
  if (meter === undefined) return 0;
  const requests = meter.requests === undefined ? 0 : waitMs(meter.requests, 1);
  const forTokens = meter.tokens === undefined ? 0 : waitMs(meter.tokens, tokens);
  return Math.max(requests, forTokens);
}

type Taken = { readonly bucket: Bucket; readonly tokens: number } | undefined;

function takeFrom(meter: Meter | undefined, tokens: number): Taken {
  if (meter?.requests !== undefined) meter.requests.level -= 1;
  if (meter?.tokens === undefined) return undefined;
  const taken = takeable(meter.tokens, tokens);
  meter.tokens.level -= taken;
  return { bucket: meter.tokens, tokens: taken };
}

/** May leave less than nothing: then the calls that follow wait longer. */
function giveBack(taken: Taken, usedTokens: number): void {
  if (taken === undefined) return;
  taken.bucket.level = Math.min(taken.bucket.perMinute, taken.bucket.level + taken.tokens - usedTokens);
}

function toNumbers(key: Meter | undefined, tenant: Meter | undefined): RateNumbers | undefined {
  if (key === undefined && tenant === undefined) return undefined;
  return { requests: toNumber(key?.requests, tenant?.requests), tokens: toNumber(key?.tokens, tenant?.tokens) };
}

function toNumber(key: Bucket | undefined, tenant: Bucket | undefined): RateNumber | undefined {
  const tighter = key === undefined || (tenant !== undefined && tenant.level < key.level) ? tenant : key;
  if (tighter === undefined) return undefined;
  return { limit: tighter.perMinute, remaining: remaining(tighter), resetMs: resetMs(tighter) };
}
