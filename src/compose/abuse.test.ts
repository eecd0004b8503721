import { test } from "bun:test";
import assert from "node:assert/strict";
import type { CallEvent } from "../domain/event.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { makeCaller, makeEvent, makeReservation } from "../record/testing.ts";
import { silentLog } from "../telemetry/index.ts";
import { composeAbuse } from "./abuse.ts";

/** Nothing here is stored: scores are in memory. */
const unused = new Proxy({}, { get: (_, name) => assert.fail(`${String(name)} was asked for`) }) as never;
const guard = { injection: 0.97 };

function setUp() {
  const { abuse, closed } = composeAbuse({
    config: { abuse: { mode: "detect", throttleAbove: 50, suspendAbove: 200, halfLifeMinutes: 10, callsPerMinute: 10 } },
    db: unused,
    clock: createFakeClock(0),
    log: silentLog,
    decisions: unused,
    changed: () => undefined,
  });
  const caller = makeCaller();
  const end = (more: Partial<CallEvent>): void => closed(makeEvent(makeReservation(caller), { passages: 0, ...more }));
  return { end, score: () => abuse.scoreOf(caller.keyId) };
}

test("what a chat was found to hold counts against its key, and an ordinary one pays it off", () => {
  const { end, score } = setUp();
  end({ guard });
  assert.equal(score(), 2);
  end({});
  assert.equal(score(), 1.8);
  end({ guard, passages: 1 });
  assert.equal(score(), 1.6, "nobody knows whose words it was");
});

test("texts that are sent to be judged neither count against a key nor pay anything off", () => {
  const { end, score } = setUp();
  end({ operation: "moderations", guard });
  assert.equal(score(), 0);
  end({ guard });
  end({ operation: "moderations" });
  assert.equal(score(), 2);
});
