import assert from "node:assert/strict";
import { test } from "bun:test";
import { compareReports } from "./compare.ts";
import { finding } from "./testing.ts";

const side = (findings: readonly ReturnType<typeof finding>[]) => ({ startedAt: "2026-11-01T00:00:00Z", findings });
const blockedOf = (blocked: number, total: number) =>
  side(Array.from({ length: total }, (_, at) => finding({ id: `direct/${at}`, blocked: at < blocked })));

test("what fails now and did not, and what passes now and failed, is named; what is new or gone is not", () => {
  const before = side([
    finding({ id: "a" }),
    finding({ id: "b", outcome: "failed" }),
    finding({ id: "c", outcome: "failed" }),
    finding({ id: "d", outcome: "inconclusive" }),
    finding({ id: "gone", outcome: "failed" }),
  ]);
  const after = side([
    finding({ id: "a", outcome: "failed" }),
    finding({ id: "b" }),
    finding({ id: "c", outcome: "inconclusive" }),
    finding({ id: "d", outcome: "failed" }),
    finding({ id: "new", outcome: "failed" }),
  ]);
  const found = compareReports(before, after);
  assert.deepEqual(found.newlyFailing, ["a", "d"]);
  assert.deepEqual(found.newlyPassing, ["b"]);
  assert.equal(found.compared, 4);
});

test("a rate counts as changed only beyond what chance explains", () => {
  assert.equal(compareReports(blockedOf(10, 20), blockedOf(12, 20)).rates.length, 0);
  const [changed] = compareReports(blockedOf(10, 20), blockedOf(18, 20)).rates;
  assert.deepEqual([changed?.before, changed?.after], [0.5, 0.9]);
  assert.equal(compareReports(blockedOf(10, 20), blockedOf(10, 20)).rates.length, 0);
});

test("probes that only one run asked change no rate", () => {
  const blocked = (name: string) => Array.from({ length: 40 }, (_, at) => finding({ id: `direct/${name}-${at}`, blocked: true }));
  const same = blockedOf(10, 20).findings;
  for (const [before, after] of [
    [same, [...same, ...blocked("added")]],
    [[...same, ...blocked("gone")], same],
  ] as const) {
    const found = compareReports(side(before), side(after));
    assert.equal(found.compared, 20);
    assert.deepEqual(found.rates, []);
  }
});
