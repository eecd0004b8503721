import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeClock, toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { NOON_MS } from "../record/testing.ts";
import type { Engine } from "../store/engine.ts";
import { ADA, openErasureWorld } from "./testing.ts";

const DAY_MS = 86_400_000;
const { db, logged, open, fill, close } = await openErasureWorld();
afterAll(close);

test("the daily scan looks at what has come since the last one that ended well; whoever asks for a scan gets a whole one", async () => {
  const clock = createFakeClock(NOON_MS);
  const database = { away: false };
  const engine: Engine = {
    ...db,
    query: (...asked) => (database.away ? Promise.reject(new Fault("store_unavailable")) : db.query(...asked)),
  };
  const parts = open(engine, clock);
  const { tenantId } = await fill(parts);
  const plantOn = async (day: number): Promise<void> => {
    const line = { requestId: "req_1", policy: "scrubbed", messages: [], answer: ADA };
    const date = toIso(NOON_MS + day * DAY_MS).slice(0, 10);
    await parts.stored.objects.putObject(tenantId, `chat-logs/${date}/planted.ndjson`, Buffer.from(JSON.stringify(line)));
  };
  const lookOn = async (day: number): Promise<number> => {
    clock.advance(NOON_MS + day * DAY_MS - clock.nowMs());
    await parts.contentScan.look();
    return parts.contentScan.found;
  };
  await plantOn(-5);
  assert.equal(await lookOn(0), 1, "the first looks at everything");
  await plantOn(0);
  assert.equal(await lookOn(0.9), 1, "not a day yet");
  assert.equal(await lookOn(1), 1, "what came on the day of the last one, and not again what was there before");
  assert.equal(await lookOn(2), 0, "planted: without the date both would be found each day");
  await plantOn(3);
  database.away = true;
  assert.equal(await lookOn(3), 0);
  assert.ok(logged.includes("what is kept could not be looked at"));
  database.away = false;
  assert.equal(await lookOn(4), 1, "after one that failed, what it would have looked at");
  assert.equal((await parts.contentScan.run()).findings["EMAIL"], 3);

  // Entries of chains go by their date, too.
  parts.decisions.note({ category: "security", action: "slip", outcome: "denied", reason: ADA, tenantId });
  await parts.decisions.flush();
  assert.equal(await lookOn(5), 1);
  assert.equal(await lookOn(6.1), 0);
  assert.equal((await parts.contentScan.run()).findings["EMAIL"], 4);
  console.log("# daily scans: 7, each finding what had come since the last");
});
