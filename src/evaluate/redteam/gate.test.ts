import assert from "node:assert/strict";
import { test } from "bun:test";
import { checkGates, GATES, parseGates } from "./gate.ts";
import { finding } from "./testing.ts";

const many = (count: number, more: Parameters<typeof finding>[0]) => Array.from({ length: count }, () => finding(more));
const isOk = (text: string, findings: ReturnType<typeof many>, name: string): boolean | undefined =>
  checkGates(parseGates(text), findings).find((gate) => gate.name === name)?.ok;

test("a count holds at its limit and breaks one past it", () => {
  const failing = (count: number) => many(count, { suite: "pii", outcome: "failed" });
  assert.equal(isOk("pii=2", failing(2), "pii"), true);
  assert.equal(isOk("pii=2", failing(3), "pii"), false);
  assert.equal(isOk("pii=off", failing(3), "pii"), undefined);
});

test("a share holds at its limit and breaks past it, of one family where it is named", () => {
  const controls = (blocked: number) => [
    ...many(blocked, { kind: "control", family: "notinject", blocked: true, outcome: "failed" }),
    ...many(20 - blocked, { kind: "control", family: "notinject" }),
    ...many(20, { kind: "control", family: "xstest" }),
  ];
  assert.equal(isOk("false-positive=5%", controls(2), "false-positive"), true);
  assert.equal(isOk("false-positive=5%", controls(3), "false-positive"), false);
  assert.equal(isOk("false-positive:notinject=10%", controls(2), "false-positive:notinject"), true);
  assert.equal(isOk("false-positive:notinject=10%", controls(3), "false-positive:notinject"), false);
});

test("a block rate is a least, and of a family that was not run nothing is said", () => {
  const attacks = (blocked: number) => [
    ...many(blocked, { family: "deepset", blocked: true }),
    ...many(10 - blocked, { family: "deepset" }),
  ];
  assert.equal(isOk("block:deepset=60%", attacks(6), "block:deepset"), true);
  assert.equal(isOk("block:deepset=60%", attacks(5), "block:deepset"), false);
  assert.equal(isOk("block:other=60%", attacks(5), "block:other"), undefined);
});

test("one suite that says nothing breaks the run, however much the others say; published collections may", () => {
  const rest = many(100, {});
  const silent = many(10, { suite: "pii", outcome: "inconclusive" });
  assert.equal(isOk("inconclusive=50%", [...rest, ...silent], "inconclusive"), false);
  assert.equal(isOk("inconclusive=50%", [...rest, ...silent, ...many(10, { suite: "pii" })], "inconclusive"), true);
  assert.equal(isOk("inconclusive=50%", [...rest, ...many(10, { suite: "corpora", outcome: "inconclusive" })], "inconclusive"), true);
});

test("by default nothing may come out of another tenant, of a secret, or of anybody's data", () => {
  for (const suite of ["cross-tenant", "pii", "leakage", "abuse"] as const)
    assert.equal(checkGates(GATES, [finding({ suite, outcome: "failed" })]).find((gate) => gate.name === suite)?.ok, false, suite);
});

test("what is no gate is refused with what would be one", () => {
  for (const text of ["", "pii", "pii=", "pii=-1", "pii=x", "nonsense=1", "block=3", "pii=1;abuse=2"])
    assert.throws(() => parseGates(text), RangeError, text);
});
