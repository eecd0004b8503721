import assert from "node:assert/strict";
import { test } from "bun:test";
import { keySuspend } from "./admin.ts";
import { reportCreate, reportLabel } from "./guard-report.ts";

const takes = (body: Record<string, unknown>): boolean => reportCreate.safeParse({ requestId: "req_1", ...body }).success;

test("a report's text and note are taken up to their limits, and nothing unknown with them", () => {
  assert.ok(takes({}));
  assert.ok(takes({ text: "x".repeat(100_000), note: "x".repeat(2000) }));
  for (const body of [
    { text: "x".repeat(100_001) },
    { note: "x".repeat(2001) },
    { text: "" },
    { note: "" },
    { requestId: 1 },
    { tenant: "acme" },
  ])
    assert.ok(!takes(body), Object.keys(body).join());
  assert.ok(reportLabel.safeParse({ label: "correct" }).success && !reportLabel.safeParse({ label: "open" }).success);
  const suspends = (reason: string): boolean => keySuspend.safeParse({ reason }).success;
  assert.deepEqual([suspends("x".repeat(200)), suspends("x".repeat(201)), suspends("")], [true, false, false]);
});
