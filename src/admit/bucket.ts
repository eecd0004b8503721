const MINUTE_MS = 60_000;
/** Levels are fractions: a sum of refills may fall short of a whole number by this much. */
const ROUNDING = 1e-6;

/** A token bucket: holds one minute's worth, refilled continuously. Computed when looked at, so it needs no timer. */
export type Bucket = { perMinute: number; level: number; atMs: number };

export const createBucket = (perMinute: number, nowMs: number): Bucket => ({ perMinute, level: perMinute, atMs: nowMs });

/** Brings a bucket up to this moment and to the limit of this moment; a changed limit keeps the share that is filled. */
export function refill(bucket: Bucket, perMinute: number, nowMs: number): void {
  if (bucket.perMinute !== perMinute) {
    bucket.level = bucket.perMinute > 0 ? (bucket.level / bucket.perMinute) * perMinute : perMinute;
    bucket.perMinute = perMinute;
  }
  const elapsedMs = nowMs - bucket.atMs;
  if (elapsedMs <= 0) return;
  bucket.level = Math.min(perMinute, bucket.level + (elapsedMs * perMinute) / MINUTE_MS);
  bucket.atMs = nowMs;
}

/** What a call of this size takes: one that is larger than a minute's worth passes on a full bucket, and is paid off afterwards. */
export const takeable = (bucket: Bucket, amount: number): number => Math.min(amount, bucket.perMinute);

/** 0 where the bucket holds enough, else the wait until it does. */
export function waitMs(bucket: Bucket, amount: number): number {
  if (bucket.perMinute <= 0) return MINUTE_MS;
  const short = takeable(bucket, amount) - bucket.level;
  return short <= ROUNDING ? 0 : Math.ceil((short * MINUTE_MS) / bucket.perMinute - ROUNDING);
}

/** Until it is full again. */
export const resetMs = (bucket: Bucket): number =>
  bucket.perMinute <= 0 ? MINUTE_MS : Math.ceil(((bucket.perMinute - bucket.level) * MINUTE_MS) / bucket.perMinute - ROUNDING);

export const remaining = (bucket: Bucket): number => Math.max(0, Math.floor(bucket.level + ROUNDING));

/** What a bucket forgets when it is thrown away: nothing. */
export function isFull(bucket: Bucket, nowMs: number): boolean {
  return bucket.level + ((nowMs - bucket.atMs) * bucket.perMinute) / MINUTE_MS >= bucket.perMinute;
}
