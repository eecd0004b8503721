import assert from "node:assert/strict";
import { test } from "bun:test";
import { createStopCut } from "./stop-cut.ts";

test("text ends before the first stop string, however it is cut into pieces", () => {
  const text = "one END two STOP three";
  for (let size = 1; size <= text.length; size++) {
    const cut = createStopCut(["STOP", "END"]);
    let out = "";
    for (let at = 0; at < text.length; at += size) out += cut.push(text.slice(at, at + size));
    assert.equal(out + cut.rest(), "one ", `pieces of ${String(size)}`);
    assert.ok(cut.stopped);
  }
});

test("what only begins like a stop string is held back, and passed on when it was none", () => {
  const cut = createStopCut(["abac"]);
  assert.equal(cut.push("xaba"), "x");
  assert.equal(cut.push("bac"), "ab");
  assert.ok(cut.stopped);
  const open = createStopCut(["abac"]);
  assert.equal(open.push("xab"), "x");
  assert.equal(open.rest(), "ab");
  assert.equal(open.stopped, false);
});
