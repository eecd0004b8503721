import { addLatencies, countLatency, createLatencyCounts, percentilesOf, type LatencyCounts, type Percentiles } from "./latency-counts.ts";

/** What was counted within some minutes. */
export type Figures = {
  /** Finished and failed. */
  readonly calls: number;
  readonly failed: number;
  /** Given up by the caller. */
  readonly aborted: number;
  readonly refused: number;
  /** Of the finished ones. */
  readonly firstPartMs: Percentiles | undefined;
  readonly totalMs: Percentiles | undefined;
};
export type MinuteFigures = Figures & { /** Its first millisecond. */ readonly atMs: number };
export type CodeCount = { readonly code: string; readonly count: number; readonly lastAtMs: number };

export type Counted = {
  readonly outcome: "finished" | "failed" | "aborted" | "refused";
  readonly code?: string | undefined;
  readonly latencyMs?: number | undefined;
  readonly firstPartMs?: number | undefined;
};

/** What this process has seen in the last hour, by the minute: of all calls, and of the attempts at each model. Bounded: see `MODELS_MAX`. */
export type Minutes = {
  call(counted: Counted): void;
  attempt(model: string, counted: Counted): void;
  /** Of the newest so many minutes, the one under way included. */
  read(model: string | undefined, minutes: number): Figures;
  /** Each of the newest so many minutes, oldest first. */
  series(model: string | undefined, minutes: number): readonly MinuteFigures[];
  /** Why calls failed and were refused within so many minutes, most first. */
  codes(model: string | undefined, minutes: number): readonly CodeCount[];
  /** Calls that ended in each of the last 60 seconds, oldest first; the second under way is left out. */
  seconds(): readonly number[];
};

export const MINUTES_MAX = 60;
const MINUTE_MS = 60_000;
const SECONDS = 60;
/** An hour of one model is 32 KB. Of more models the one that was asked longest ago is forgotten. */
const MODELS_MAX = 500;
/** Codes are words of the fault table: more than there are of them is a mistake, not a reason to grow. */
const CODES_MAX = 64;

type Slot = {
  minute: number;
  calls: number;
  failed: number;
  aborted: number;
  refused: number;
  first: LatencyCounts;
  total: LatencyCounts;
  readonly codes: Map<string, { count: number; lastAtMs: number }>;
};

const createSlot = (): Slot => ({
  minute: -1,
  calls: 0,
  failed: 0,
  aborted: 0,
  refused: 0,
  first: createLatencyCounts(),
  total: createLatencyCounts(),
  codes: new Map(),
});

export function createMinutes(nowMs: () => number): Minutes {
  const all = createRing(nowMs);
  const models = new Map<string, Ring>();
  const seconds = createSeconds(nowMs);
  const ringOf = (model: string): Ring => {
    const ring = models.get(model) ?? createRing(nowMs);
    models.delete(model);
    models.set(model, ring);
    const [oldest] = models.keys();
    if (models.size > MODELS_MAX && oldest !== undefined) models.delete(oldest);
    return ring;
  };
  const find = (model: string | undefined): Ring | undefined => (model === undefined ? all : models.get(model));
  return {
    call(counted) {
      all.count(counted);
      seconds.count();
    },
    attempt: (model, counted) => ringOf(model).count(counted),
    read: (model, minutes) => toFigures(find(model)?.newest(minutes) ?? []),
    series: (model, minutes) => {
      const slots = new Map((find(model)?.newest(minutes) ?? []).map((slot) => [slot.minute, slot]));
      const last = Math.floor(nowMs() / MINUTE_MS);
      return Array.from({ length: minutes }, (_, at) => {
        const minute = last - minutes + 1 + at;
        const slot = slots.get(minute);
        return { atMs: minute * MINUTE_MS, ...toFigures(slot === undefined ? [] : [slot]) };
      });
    },
    codes: (model, minutes) => toCodes(find(model)?.newest(minutes) ?? []),
    seconds: seconds.read,
  };
}

type Ring = { count(counted: Counted): void; newest(minutes: number): readonly Slot[] };

function createRing(nowMs: () => number): Ring {
  const slots: Slot[] = [];
  const slotNow = (): Slot => {
    const minute = Math.floor(nowMs() / MINUTE_MS);
    const slot = (slots[minute % MINUTES_MAX] ??= createSlot());
    if (slot.minute !== minute) clear(slot, minute);
    return slot;
  };
  return {
    count({ outcome, code, latencyMs, firstPartMs }) {
      const slot = slotNow();
      if (outcome === "refused") slot.refused++;
      else if (outcome === "aborted") slot.aborted++;
      else slot.calls++;
      if (outcome === "failed") slot.failed++;
      if (outcome === "finished") {
        if (firstPartMs !== undefined) countLatency(slot.first, firstPartMs);
        if (latencyMs !== undefined) countLatency(slot.total, latencyMs);
      }
      if (code !== undefined && outcome !== "aborted") countCode(slot.codes, code, nowMs());
    },
    newest(minutes) {
      const last = Math.floor(nowMs() / MINUTE_MS);
      return slots.filter(({ minute }) => minute > last - minutes && minute <= last);
    },
  };
}

function clear(slot: Slot, minute: number): void {
  Object.assign(slot, { minute, calls: 0, failed: 0, aborted: 0, refused: 0 });
  slot.first.fill(0);
  slot.total.fill(0);
  slot.codes.clear();
}

function countCode(codes: Slot["codes"], code: string, atMs: number): void {
  const known = codes.get(code);
  if (known === undefined && codes.size >= CODES_MAX) return;
  codes.set(code, { count: (known?.count ?? 0) + 1, lastAtMs: atMs });
}

function toFigures(slots: readonly Slot[]): Figures {
  const first = createLatencyCounts();
  const total = createLatencyCounts();
  const sums = { calls: 0, failed: 0, aborted: 0, refused: 0 };
  for (const slot of slots) {
    sums.calls += slot.calls;
    sums.failed += slot.failed;
    sums.aborted += slot.aborted;
    sums.refused += slot.refused;
    addLatencies(first, slot.first);
    addLatencies(total, slot.total);
  }
  return { ...sums, firstPartMs: percentilesOf(first), totalMs: percentilesOf(total) };
}

function toCodes(slots: readonly Slot[]): readonly CodeCount[] {
  const codes = new Map<string, CodeCount>();
  for (const slot of slots) {
    for (const [code, { count, lastAtMs }] of slot.codes) {
      const known = codes.get(code);
      codes.set(code, { code, count: count + (known?.count ?? 0), lastAtMs: Math.max(lastAtMs, known?.lastAtMs ?? 0) });
    }
  }
  return [...codes.values()].toSorted((a, b) => b.count - a.count);
}

function createSeconds(nowMs: () => number) {
  // One more than is told: the second under way.
  const slots = Array.from({ length: SECONDS + 1 }, () => ({ second: -1, count: 0 }));
  const secondNow = (): number => Math.floor(nowMs() / 1000);
  return {
    count(): void {
      const second = secondNow();
      const slot = slots[second % slots.length];
      if (slot === undefined) return;
      if (slot.second !== second) Object.assign(slot, { second, count: 0 });
      slot.count++;
    },
    read(): readonly number[] {
      const now = secondNow();
      return Array.from({ length: SECONDS }, (_, at) => {
        const second = now - SECONDS + at;
        const slot = slots[second % slots.length];
        return slot?.second === second ? slot.count : 0;
      });
    },
  };
}
