import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failuresOf, parseCounts, runTests } from "./bun-test.ts";
import { failuresIn, finish } from "./report.ts";

const folder = mkdtempSync(join(tmpdir(), "suite-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one small test file and gives what the suite makes of it. */
async function outcomeOf(name: string, text: string) {
  const file = join(folder, `${name}.test.ts`);
  writeFileSync(file, text);
  return runTests(name, [file], join(folder, `${name}.log`));
}

test("counts come from the last summary, in colour or not", () => {
  assert.deepEqual(parseCounts("(pass) 7 pass\n\n 12 pass\n 2 skip\n 1 todo\n 3 fail\nRan 18 tests across 2 files."), {
    passed: 12,
    failed: 3,
    skipped: 3,
    ran: true,
  });
  assert.deepEqual(parseCounts("\n\u001B[32m 4 pass\u001B[0m\n\u001B[2m 0 fail\u001B[0m\n"), {
    passed: 4,
    failed: 0,
    skipped: 0,
    ran: true,
  });
  assert.equal(parseCounts("").ran, false);
});

test("a run that passes is counted, and its notes are kept", async () => {
  const outcome = await outcomeOf(
    "good",
    'import { test } from "bun:test";\ntest("a", () => console.log("# 40 cases"));\ntest.skip("b", () => {});',
  );
  assert.deepEqual([outcome.passed, outcome.failed, outcome.say, outcome.notes], [1, 0, "1 passed, 1 skipped", ["# 40 cases"]]);
});

test("a test that fails is counted and shown without those that passed", async () => {
  const text = 'import { test } from "bun:test";\ntest("fine", () => {});\ntest("broken", () => { throw new Error("planted"); });';
  const outcome = await outcomeOf("bad", text);
  assert.deepEqual([outcome.passed, outcome.failed], [1, 1]);
  assert.match(outcome.output, /planted/);
  assert.doesNotMatch(outcome.output, /\(pass\) fine/);
});

test("a file that does not load is a failure", async () => {
  const outcome = await outcomeOf("torn", 'import "./not-there.ts";');
  assert.ok(outcome.failed > 0);
  assert.equal(outcome.passed, 0);
});

test("a run in which no test ran is a failure", async () => {
  const outcome = await outcomeOf("empty", "export {};");
  assert.ok(outcome.failed > 0);
});

test("a process that dies after its tests passed is a failure", async () => {
  const text = 'import { afterAll, test } from "bun:test";\ntest("a", () => {});\nafterAll(() => { process.exitCode = 3; });';
  const outcome = await outcomeOf("late", text);
  assert.ok(outcome.failed > 0, outcome.say);
});

test("failures keep what came before them and drop what belongs to a pass", () => {
  assert.equal(failuresOf("x\n(pass) a\nreason\n(fail) b\ny\n(pass) c\n"), "reason\n(fail) b");
  assert.equal(failuresOf("reason\n(fail) b\n\n1 tests failed:\nreason\n(fail) b\n\n 1 fail"), "reason\n(fail) b\n\n 1 fail");
});

test("the exit code is 1 when something failed and when nothing ran", () => {
  const outcome = { name: "a", seconds: 0, say: "", notes: [], output: "" };
  assert.equal(finish([]), 1);
  assert.equal(finish([{ ...outcome, passed: 3, failed: 1 }]), 1);
  assert.equal(finish([{ ...outcome, passed: 3, failed: 0 }]), 0);
});

test("what failed is told by name at the end", () => {
  const outcome = { name: "tests", seconds: 0, say: "", notes: [], passed: 1, failed: 1 };
  assert.deepEqual(failuresIn({ ...outcome, output: "reason\n(fail) a test [3.00ms]\n(all of it: x)" }), ["tests: (fail) a test [3.00ms]"]);
  assert.deepEqual(failuresIn({ ...outcome, output: "lock file: stale\nmore" }), ["tests: lock file: stale"]);
  assert.deepEqual(failuresIn({ ...outcome, failed: 0, output: "" }), []);
});
