import assert from "node:assert/strict";
import { test } from "bun:test";
import { Fault } from "../../kernel/fault.ts";
import { createPlaces } from "./places.ts";

const never = new AbortController().signal;

test("a place goes to whoever has waited longest, and giving one back twice gives it once", async () => {
  const places = createPlaces({ places: 1, queue: 2 }, () => 0);
  const came: string[] = [];
  const first = await places.take(never);
  const second = places.take(never).then((release) => (came.push("second"), release));
  const third = places.take(never).then((release) => (came.push("third"), release));
  first();
  first();
  const releaseSecond = await second;
  assert.deepEqual(came, ["second"]);
  assert.equal(places.waiting, 1);
  releaseSecond();
  (await third)();
  assert.deepEqual(came, ["second", "third"]);
});

test("as many wait as the queue has room for; the next is told how long the calls before it will take", async () => {
  let nowMs = 0;
  const places = createPlaces({ places: 2, queue: 3 }, () => nowMs);
  const [release] = [await places.take(never), await places.take(never)];
  const waiting = [1, 2, 3].map(() => places.take(never));
  assert.equal(places.waiting, 3);
  // Two seconds each until one was measured: four calls before it at two places.
  await assert.rejects(
    places.take(never),
    (error) => error instanceof Fault && error.code === "target_busy" && error.detail.retryAfterMs === 4000,
  );
  nowMs = 12_000;
  release();
  await waiting[0];
  const last = places.take(never);
  await assert.rejects(places.take(never), (error) => error instanceof Fault && error.detail.retryAfterMs === 8000);
  (await waiting[0])?.();
  (await waiting[1])?.();
  (await waiting[2])?.();
  (await last)();
});

test("whoever goes away leaves the line, and the place goes to the next", async () => {
  const places = createPlaces({ places: 1, queue: 2 }, () => 0);
  const release = await places.take(never);
  const stop = new AbortController();
  const gone = places.take(stop.signal);
  const next = places.take(never);
  stop.abort(new Fault("client_gone"));
  await assert.rejects(gone, { code: "client_gone" });
  assert.equal(places.waiting, 1);
  release();
  (await next)();
  await assert.rejects(places.take(stop.signal), { code: "client_gone" });
});
