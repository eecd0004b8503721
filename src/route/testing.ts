import { readCondition } from "../config/index.ts";
import type { RouterOptions } from "./plan.ts";
import type { SignalSources } from "./signals.ts";

/** Monday, 6 July 2026, 13:30 UTC. */
export const AT_MS = Date.UTC(2026, 6, 6, 13, 30);

/** Signals that say nothing special; a test names those that it is about. */
export const testSources = (change: Partial<SignalSources> = {}): SignalSources => ({
  complexity: () => 0.5,
  complexityRank: () => 0.5,
  expectedOutputTokens: () => 100,
  language: () => "en",
  requestsToday: () => 1,
  routingThreshold: 0,
  nowMs: () => AT_MS,
  ...change,
});

/** What a router needs besides targets and rules. */
export const testParts = (change: Partial<SignalSources> = {}): Pick<RouterOptions, "read" | "signals" | "dice"> => ({
  read: readCondition,
  signals: testSources(change),
  dice: () => 0.5,
});
