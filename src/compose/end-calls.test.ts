import { test } from "bun:test";
import assert from "node:assert/strict";
import { endCalls } from "./end-calls.ts";

test("copies that are slow to end do not put off the time at which calls are ended", async () => {
  const steps: string[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const call = new AbortController();
  let expire = (): void => assert.fail("no time was set");
  const room = {
    drain: () => void steps.push("drain"),
    whenEmpty: () => new Promise<void>((resolve) => call.signal.addEventListener("abort", () => resolve())),
  };
  const done = endCalls({ room, shadows: { close: () => ended }, live: new Set([call]) }, (_ms, run) => {
    steps.push("timer");
    expire = run;
    return () => void steps.push("off");
  });
  assert.deepEqual(steps, ["drain", "timer"]);
  expire();
  assert.equal(call.signal.aborted, true, "though the copies have not ended");
  end();
  await done;
  assert.deepEqual(steps, ["drain", "timer", "off"]);
});
