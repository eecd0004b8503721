import { test } from "bun:test";
import assert from "node:assert/strict";
import { redteamReport } from "../contract/redteam.ts";
import type { Report } from "../evaluate/index.ts";
import { ApiError } from "./api.ts";
import { CommandError } from "./command.ts";
import { keepOnServer, toKept } from "./redteam-keep.ts";

const CANARY = "zqasked";
const totals = { probes: 2, passed: 1, failed: 1, inconclusive: 0, blocked: 1 };
const rate = { count: 1, total: 2, low: 0.1, high: 0.9 };
const finding = {
  suite: "direct",
  family: "override",
  severity: "high",
  kind: "attack",
  blocked: false,
  status: 200,
  latencyMs: 1.5,
  tries: 1,
} as const;
const REPORT: Report = {
  schemaVersion: 1,
  tool: "weir redteam",
  version: "0.1.0",
  startedAt: "2026-11-21T10:00:00.000Z",
  durationMs: 1234.56,
  target: "http://127.0.0.1:8080",
  model: "auto",
  judge: null,
  seed: 1,
  suites: ["direct"],
  notes: ["n".repeat(5000)],
  totals,
  families: [{ suite: "direct", family: "override", kind: "attack", severity: "high", ...totals, blockRate: rate, failRate: rate }],
  latency: { count: 2, p50Ms: 1.5, p90Ms: 2, p99Ms: 2, maxMs: 2, buckets: [] },
  gates: [{ name: "direct", limit: 0.05, isRate: true, value: 0.5, counted: 2, ok: false }],
  prompts: [],
  comparison: null,
  findings: [
    { ...finding, id: "one", outcome: "failed", why: "It said the word.", asked: CANARY, answered: CANARY },
    { ...finding, id: "two", outcome: "passed", why: "It did not." },
  ],
};

test("what leaves for the server has the verdicts and the form that it takes, and nothing that was asked or answered", () => {
  const kept = toKept(REPORT);
  assert.deepEqual(redteamReport.safeParse(JSON.parse(JSON.stringify(kept))).error, undefined);
  assert.deepEqual(
    kept.failed.map(({ id }) => id),
    ["one"],
  );
  assert.ok(!JSON.stringify(kept).includes(CANARY));
  assert.ok(JSON.stringify(REPORT).includes(CANARY));
});

test("a server that keeps it is named, one that does not know the address is no error, another no is told", async () => {
  const sent: string[] = [];
  const keep = (answer: () => Promise<unknown>) => keepOnServer({ url: "http://a", post: (path) => (sent.push(path), answer()) }, REPORT);
  assert.match((await keep(() => Promise.resolve({}))) ?? "", /^Kept by the server/);
  assert.equal(await keep(() => Promise.reject(new ApiError("no such route", 404))), undefined);
  assert.match((await keep(() => Promise.reject(new ApiError("not your role", 403)))) ?? "", /not your role/);
  assert.match((await keep(() => Promise.reject(new CommandError("nobody answers")))) ?? "", /nobody answers/);
  await assert.rejects(
    keep(() => Promise.reject(new TypeError("a slip"))),
    TypeError,
  );
  assert.deepEqual([...new Set(sent)], ["/admin/v1/redteam/reports"]);
});
