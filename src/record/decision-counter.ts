import type { Noted } from "./decision.ts";

/** Added up per minute, so that a flood of refusals is a few rows. More distinct ones than this in a minute are one. */
export const DISTINCT_MAX = 10_000;
const MINUTE_MS = 60_000;

export type Counted = { readonly decision: Noted; readonly atMs: number; readonly count: number };
type Counting = { readonly minuteMs: number; readonly decision: Noted; atMs: number; untold: number };

/** The first of a minute is told at once, the others together when the minute is over or somebody asks. */
export type DecisionCounter = {
  count(decision: Noted, atMs: number): void;
  rollOver(nowMs: number): void;
  flush(): void;
};

export function createDecisionCounter(tell: (counted: Counted) => void): DecisionCounter {
  const counts = new Map<string, Counting>();
  const emit = (counting: Counting): void => {
    if (counting.untold === 0) return;
    const { decision, atMs, untold: count } = counting;
    counting.untold = 0;
    tell({ decision, atMs, count });
  };
  const add = (name: string, decision: Noted, atMs: number): void => {
    const minuteMs = atMs - (atMs % MINUTE_MS);
    const known = counts.get(name);
    if (known?.minuteMs === minuteMs) {
      if (known.untold === 0) known.atMs = atMs;
      known.untold++;
      return;
    }
    if (known !== undefined) emit(known);
    const fresh = { minuteMs, decision, atMs, untold: 1 };
    counts.set(name, fresh);
    emit(fresh);
  };
  return {
    count(decision, atMs) {
      const name = nameOf(decision);
      if (counts.size < DISTINCT_MAX || counts.has(name)) return add(name, decision, atMs);
      const { category, outcome, code } = decision;
      add(`overflow|${category}|${outcome}|${code ?? ""}`, { category, outcome, code, action: "overflow" }, atMs);
    },
    rollOver(nowMs) {
      const minuteMs = nowMs - (nowMs % MINUTE_MS);
      for (const [name, counting] of counts) {
        if (counting.minuteMs >= minuteMs) continue;
        emit(counting);
        counts.delete(name);
      }
    },
    flush() {
      for (const counting of counts.values()) emit(counting);
    },
  };
}

const nameOf = (one: Noted): string =>
  [one.tenantId, one.tenantSlug, one.category, one.action, one.outcome, one.actor, one.permission, one.code, one.reason, one.resource].join(
    "|",
  );
