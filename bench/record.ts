/**
 * What recording costs: `bun bench/record.ts [journal|pglite|postgres] [events]`. CPU of this process, embedded database included. For
 * `postgres`, WEIR_TEST_DATABASE_URL names a superuser's database.
 */
import { systemClock } from "../src/kernel/clock.ts";
import { createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation } from "../src/record/testing.ts";
import { settleBudgets } from "../src/store/budgets.ts";
import { openTestDatabase } from "../src/store/testing.ts";

const [, , what = "journal", count = "100000"] = process.argv;
const events = Number(count);
const CALLERS = Array.from({ length: 100 }, makeCaller);
const AT_ONCE = 64;
/** Answered between two batches of the shipper. */
const BETWEEN = 2000;

let slow = 0;
const log = { warn: (message: string) => void (slow += message === "store.transaction-slow" ? 1 : 0) };
const db = await openTestDatabase({ engine: what === "postgres" ? "postgres" : "pglite", storage: "folder", log });
const folder = makeFolder();
const { record } = createTestRecord(db, folder.path, { settleBudgets, clock: systemClock });
await record.start();

/** Micro-seconds of CPU that `run` took. */
async function cost(run: () => Promise<void>): Promise<{ readonly cpuUs: number; readonly wallUs: number }> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUs: user + system, wallUs: (performance.now() - startedMs) * 1000 };
}

/** Answers `calls` calls, 64 at once. */
async function answer(calls: number): Promise<void> {
  let left = calls;
  const work = async (): Promise<void> => {
    while (left > 0) {
      const caller = CALLERS[left-- % CALLERS.length] ?? makeCaller();
      const reservation = makeReservation(caller, { startedAtMs: Date.now() });
      await record.journal.open(reservation);
      await record.journal.close(makeEvent(reservation));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

await answer(BETWEEN);
await record.shipper.flush();
slow = 0;
const sums = { answering: 0, shipping: 0, wall: 0 };
for (let done = 0; done < events; done += BETWEEN) {
  sums.answering += (await cost(() => answer(BETWEEN))).cpuUs;
  const shipped = await cost(() => record.shipper.flush());
  sums.shipping += shipped.cpuUs;
  sums.wall += shipped.wallUs;
}
const each = (sum: number): string => `${(sum / events).toFixed(1)} µs`;
console.log(`${what}: ${events} calls, ${CALLERS.length} tenants, ${AT_ONCE} at once`);
console.log(`  journal, open and close (test objects included): ${each(sums.answering)} of CPU a call`);
console.log(`  shipping: ${each(sums.shipping)} of CPU and ${each(sums.wall)} of time an event, ${slow} transactions above 25 ms`);
await record.drain();
await db.close();
folder.remove();
