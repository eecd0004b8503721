/** Which documents of a collection one look may find, in one version of the collection. */
export type Allowed = {
  readonly version: number;
  readonly ranges: readonly (readonly [first: number, count: number])[];
  readonly chunkCount: number;
  readonly lengthSum: number;
  /** Until a date of some document comes by. */
  readonly untilMs: number;
};

/** 100 bytes each: about 50 MB in the worst case. */
const RANGES_MAX = 500_000;
/** Keys hold filters, which are a few kilobytes at most. */
const ENTRIES_MAX = 2_000;

export type AllowedCache = {
  readonly size: number;
  /** What is kept of this version at this moment, or what `read` says now: the same reading serves all who wait for it. */
  get(key: string, version: number, nowMs: number, read: () => Promise<Allowed | undefined>): Promise<Allowed | undefined>;
};

/** Least recently used goes first. The version is of the key: a change of the collection makes what was kept before it useless at once. */
export function createAllowedCache(limits: { readonly rangesMax?: number; readonly entriesMax?: number } = {}): AllowedCache {
  const { rangesMax = RANGES_MAX, entriesMax = ENTRIES_MAX } = limits;
  const entries = new Map<string, Allowed>();
  const reading = new Map<string, Promise<Allowed | undefined>>();
  let ranges = 0;

  const drop = (key: string): void => {
    ranges -= entries.get(key)?.ranges.length ?? 0;
    entries.delete(key);
  };
  const keep = (key: string, allowed: Allowed): void => {
    const there = entries.get(key);
    if (there !== undefined && there.version > allowed.version) return;
    drop(key);
    if (allowed.ranges.length > rangesMax) return;
    entries.set(key, allowed);
    ranges += allowed.ranges.length;
    for (const oldest of entries.keys()) {
      if (ranges <= rangesMax && entries.size <= entriesMax) return;
      drop(oldest);
    }
  };

  return {
    get size() {
      return entries.size;
    },
    async get(key, version, nowMs, read) {
      const found = entries.get(key);
      if (found !== undefined && found.version === version && nowMs < found.untilMs) {
        entries.delete(key);
        entries.set(key, found);
        return found;
      }
      // A reading of another version is not waited for: it may be from before a change that this caller has seen.
      const name = `${version} ${key}`;
      const under = reading.get(name);
      const shared = under === undefined ? undefined : await under;
      if (shared !== undefined && nowMs < shared.untilMs) return shared;
      const started: Promise<Allowed | undefined> = read().finally(() => {
        if (reading.get(name) === started) reading.delete(name);
      });
      reading.set(name, started);
      const allowed = await started;
      if (allowed !== undefined) keep(key, allowed);
      return allowed;
    },
  };
}
