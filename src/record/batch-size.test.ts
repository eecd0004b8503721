import { test } from "bun:test";
import assert from "node:assert/strict";
import { createBatchSize } from "./batch-size.ts";

/** Batches against a database that takes this long, of whole writes of `chunk` events. */
function settle(microsPerEvent: number, chunk = 1): number {
  const size = createBatchSize();
  for (let n = 0; n < 50; n++) {
    const events = Math.max(chunk, Math.floor(size.events / chunk) * chunk);
    size.took(events, 0.5 + (events * microsPerEvent) / 1000);
  }
  return size.events;
}

test("a batch grows until its transaction takes its time, and no further", () => {
  for (const micros of [20, 50, 100, 300]) {
    const events = settle(micros);
    const tookMs = (events * micros) / 1000;
    assert.ok(tookMs <= 25 && (tookMs >= 5 || events === 1024), `${events} events of ${micros} µs`);
  }
  assert.equal(settle(1), 1024);
  assert.equal(settle(5000), 16);
});

test("whole writes of the journal do not keep it small", () => {
  assert.ok(settle(10, 256) >= 1024);
});
