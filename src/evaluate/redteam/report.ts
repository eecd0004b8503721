import type { Comparison } from "./compare.ts";
import type { GateResult } from "./gate.ts";
import { fieldOf, itemsOf, parseJson } from "./json-field.ts";
import type { Finding, SuiteName } from "./probe.ts";
import type { PromptState } from "./prompt-files.ts";
import type { FamilyRow, Latency, Totals } from "./tally.ts";

/** Readers ask for this number; a field that is taken away or changes its meaning raises it. */
export const SCHEMA_VERSION = 1;

/** What one run found. Holds no key, and of answers only the beginnings of those that failed. */
export type Report = {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly tool: "weir redteam";
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Scheme, host and port. */
  readonly target: string;
  readonly model: string;
  readonly judge: string | null;
  readonly seed: number;
  readonly suites: readonly SuiteName[];
  /** What could not be tried, and why. */
  readonly notes: readonly string[];
  readonly totals: Totals;
  readonly families: readonly FamilyRow[];
  readonly latency: Latency;
  readonly gates: readonly GateResult[];
  readonly prompts: readonly PromptState[];
  readonly comparison: Comparison | null;
  readonly findings: readonly Finding[];
};

/** Undefined where the text is no report of this version. */
export function parseReport(text: string): Report | undefined {
  const value = parseJson(text);
  if (fieldOf(value, "schemaVersion") !== SCHEMA_VERSION || fieldOf(value, "tool") !== "weir redteam") return undefined;
  const whole = ["findings", "families", "prompts"].every((name) => Array.isArray(fieldOf(value, name)));
  const known = itemsOf(value, "findings").every((finding) => typeof fieldOf(finding, "id") === "string");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is read of it was looked at above; the rest is only carried
  return whole && known ? (value as Report) : undefined;
}
