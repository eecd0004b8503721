import { z } from "zod";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";

/** What a red-team run found, as a server keeps it: nothing that was asked or answered. */

const count = z.int().min(0);
const moment = z.iso.datetime({ offset: true });
const word = z.string().min(1).max(200);
const rate = z.object({ count, total: count, low: z.number(), high: z.number() });
const totals = { probes: count, passed: count, failed: count, inconclusive: count, blocked: count };
const severity = z.enum(["critical", "high", "medium", "low"]);
const kind = z.enum(["attack", "control"]).describe("`control`: an ordinary request, which should be answered.");

/** Families of all suites are some hundred, failed probes of a server without rules some thousand. */
const FAMILIES_MAX = 1000;
const FAILED_MAX = 5000;

export const redteamReport = z.object({
  schemaVersion: z.literal(1),
  version: word.describe("Of the program that attacked."),
  startedAt: moment,
  durationMs: count,
  target: word.describe("Scheme, host and port."),
  model: word,
  judge: word.nullable(),
  seed: count,
  suites: z.array(word).max(32),
  notes: z.array(z.string().max(1000)).max(100).describe("What could not be tried, and why."),
  totals: z.object(totals),
  families: z.array(z.object({ suite: word, family: word, kind, severity, ...totals, blockRate: rate, failRate: rate })).max(FAMILIES_MAX),
  latency: z.object({ count, p50Ms: z.number(), p90Ms: z.number(), p99Ms: z.number(), maxMs: z.number() }),
  gates: z
    .array(z.object({ name: word, limit: z.number(), isRate: z.boolean(), value: z.number(), counted: count, ok: z.boolean() }))
    .max(100),
  failed: z
    .array(
      z.object({ id: word, suite: word, family: word, severity, kind, why: z.string().max(1000), status: count, code: word.nullish() }),
    )
    .max(FAILED_MAX),
});
export type RedteamReport = z.output<typeof redteamReport>;

export const redteamKept = z.object({ id: z.string(), keptAt: moment });
const line = redteamReport.pick({ startedAt: true, durationMs: true, target: true, model: true, suites: true, totals: true, gates: true });
export const redteamLine = redteamKept.extend(line.shape).extend({ ok: z.boolean().describe("Every gate held.") });
export const redteamPage = z.object({ data: z.array(redteamLine), nextCursor: z.string().nullish() });
export const redteamRead = redteamKept.extend(redteamReport.shape).extend({
  ok: z.boolean(),
  previous: redteamLine
    .extend({ families: redteamReport.shape.families, failed: z.array(z.string()).describe("Ids of the probes that failed then.") })
    .nullable()
    .describe("The run before it, of the same target and model."),
});
export const redteamQuery = z.strictObject({
  cursor: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});
export type RedteamLine = z.output<typeof redteamLine>;
export type RedteamRead = z.output<typeof redteamRead>;
