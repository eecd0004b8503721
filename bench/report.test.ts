import { test } from "bun:test";
import assert from "node:assert/strict";
import { readOptions } from "./options.ts";
import { median, toMarkdown, type Results } from "./report.ts";
import { parseWrk } from "./wrk.ts";

test("the median of an even number of runs lies between the middle two, and NaN is no run", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, Number.NaN, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test("wrk's own line is read, and its absence is an error", () => {
  const run = parseWrk('Running 3s test\nRESULT {"requests":300,"seconds":3.0,"p50Ms":1.5,"p90Ms":2,"p99Ms":3,"maxMs":4,"errors":7}\n');
  assert.deepEqual([run.perSecond, run.p50Ms, run.errors], [100, 1.5, 7]);
  assert.throws(() => parseWrk("unable to connect"), /unable to connect/);
});

test("--long alone means ten minutes", () => {
  assert.equal(readOptions(["--long"], "bun")?.longSeconds, 600);
  assert.equal(readOptions(["--long", "30", "--quick"], "bun")?.longSeconds, 30);
  assert.equal(readOptions([], "bun")?.longSeconds, 0);
  assert.equal(readOptions(["--help"], "bun"), undefined);
});

test("a promise that was not measured does not hold, and a ledger that differs is told", () => {
  const empty: Results = {
    at: "",
    machine: "",
    commit: "",
    how: "",
    load: [],
    latency: [],
    streams: [],
    long: [],
    ledger: [],
    failed: ["a: b"],
  };
  const text = toMarkdown({ ...empty, ledger: [{ title: "x", answered: 100, cut: 5, inLedger: 106 }] });
  assert.equal(text.match(/not measured/g)?.length, 9);
  assert.doesNotMatch(text, /holds/);
  assert.match(text, /THEY DIFFER/);
  assert.match(text, /Not measured: a: b/);
  assert.doesNotMatch(toMarkdown({ ...empty, ledger: [{ title: "x", answered: 100, cut: 5, inLedger: 105 }] }), /DIFFER/);
});
