import assert from "node:assert/strict";
import { test } from "bun:test";
import { callerTimeoutMs } from "./caller-timeout.ts";

const read = (headers: Record<string, string>): number | undefined => callerTimeoutMs(new Headers(headers));

test("the caller's time is read in milliseconds or in a client's seconds, and the more exact word holds", () => {
  assert.equal(read({ "x-request-timeout-ms": "1500" }), 1500);
  assert.equal(read({ "x-stainless-timeout": "600" }), 600_000);
  assert.equal(read({ "x-stainless-timeout": "0.25" }), 250);
  assert.equal(read({ "x-stainless-timeout": "600", "x-request-timeout-ms": "20" }), 20);
  assert.equal(read({ "x-request-timeout-ms": "86400000" }), 86_400_000);
});

test("what is no time is none", () => {
  for (const word of ["", "0", "-1", "1e3", "soon", "NaN", "Infinity", "86400001", "99999999999999", "0.0001", "0x10", "1,5"])
    assert.equal(read({ "x-request-timeout-ms": word }), undefined, word);
  assert.equal(read({ "x-request-timeout-ms": "never", "x-stainless-timeout": "60" }), 60_000);
  assert.equal(read({}), undefined);
});
