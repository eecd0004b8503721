import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Fault, FaultCode } from "../kernel/fault.ts";
import { createRoom, type RoomLimits } from "./room.ts";
import { createFakeTime, settled } from "./testing.ts";

const LIMITS: RoomLimits = { callsInFlight: 2, callsQueued: 2, queueWaitMs: 500 };
function setUp(limits: Partial<RoomLimits> = {}) {
  const time = createFakeTime(0);
  return { time, room: createRoom(time, { ...LIMITS, ...limits }) };
}
const withCode = (code: FaultCode) => (fault: Fault) => fault.code === code || assert.fail(fault);

/** Notes in `order` when it got in. */
function enter(room: ReturnType<typeof createRoom>, order: string[], name: string, signal?: AbortSignal): Promise<void> {
  const entering = room.enter(signal);
  assert.ok(entering instanceof Promise);
  return entering.then(() => void order.push(name));
}

test("calls enter at once up to the limit, then wait, then are refused", async () => {
  const { room } = setUp();
  assert.equal(room.enter(), undefined);
  assert.equal(room.enter(), undefined);
  const order: string[] = [];
  const waiting = [enter(room, order, "a"), enter(room, order, "b")];
  await assert.rejects(room.enter() as Promise<void>, withCode("busy"));
  assert.deepEqual([room.inFlight, room.queued], [2, 2]);
  room.leave();
  room.leave();
  await Promise.all(waiting);
  assert.deepEqual([order, room.inFlight, room.queued], [["a", "b"], 2, 0]);
});

test("a newcomer does not overtake those who wait", async () => {
  const { room } = setUp({ callsInFlight: 1 });
  void room.enter();
  const order: string[] = [];
  const first = enter(room, order, "first");
  room.leave();
  const second = enter(room, order, "second");
  await first;
  assert.deepEqual(order, ["first"]);
  room.leave();
  await second;
});

test("a wait ends with busy on the millisecond, and each has its own", async () => {
  const { room, time } = setUp({ callsInFlight: 1 });
  void room.enter();
  const order: string[] = [];
  const one = enter(room, order, "one");
  await time.advance(300);
  const two = enter(room, order, "two");
  await time.advance(199);
  assert.equal(room.queued, 2);
  await Promise.all([assert.rejects(one, withCode("busy")), time.advance(1)]);
  assert.equal(room.queued, 1);
  room.leave();
  await two;
  assert.deepEqual(order, ["two"]);
});

test("a caller who goes away leaves the line at once, and its place to the next", async () => {
  const { room } = setUp({ callsInFlight: 1 });
  void room.enter();
  const gone = new AbortController();
  const order: string[] = [];
  const one = enter(room, order, "one", gone.signal);
  const two = enter(room, order, "two");
  gone.abort();
  await assert.rejects(one, withCode("client_gone"));
  assert.equal(room.queued, 1);
  room.leave();
  await two;
  await assert.rejects(room.enter(gone.signal) as Promise<void>, withCode("client_gone"));
});

test("with no queue a full room refuses at once", async () => {
  const { room } = setUp({ callsInFlight: 1, callsQueued: 0 });
  void room.enter();
  await assert.rejects(room.enter() as Promise<void>, withCode("busy"));
});

test("draining refuses those who wait and those who come, and tells when the last has left", async () => {
  const { room } = setUp({ callsInFlight: 1 });
  void room.enter();
  const waiting = room.enter() as Promise<void>;
  room.drain();
  await assert.rejects(waiting, withCode("draining"));
  assert.throws(() => room.enter(), withCode("draining"));
  let empty = false;
  const emptied = room.whenEmpty().then(() => void (empty = true));
  await settled();
  assert.equal(empty, false);
  room.leave();
  await emptied;
  await room.whenEmpty();
});

test("a thousand calls with random ends and aborts never exceed the room, and leave it empty", async () => {
  const { room, time } = setUp({ callsInFlight: 5, callsQueued: 50 });
  let seed = 11;
  const dice = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const calls: Promise<void>[] = [];
  let most = 0;
  let served = 0;
  for (let call = 0; call < 1_000; call++) {
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      try {
        await room.enter(abort.signal);
      } catch {
        return;
      }
      most = Math.max(most, room.inFlight);
      served++;
      await new Promise<void>((resolve) => time.after(1 + dice(40), resolve));
      room.leave();
    };
    calls.push(run());
    if (dice(4) === 0) time.after(dice(20), () => abort.abort());
    await time.advance(dice(6));
  }
  await time.advance(10_000);
  await Promise.all(calls);
  assert.equal(most, 5);
  assert.ok(served > 300, `${served} served`);
  assert.deepEqual([room.inFlight, room.queued], [0, 0]);
});
