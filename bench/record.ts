/**
 * What recording costs: `bun bench/record.ts [pglite|postgres] [events]`. CPU of this process, embedded database included. For `postgres`,
 * WEIR_TEST_DATABASE_URL names a superuser's database.
 *
 * With a third argument, how far shipping falls behind: `bun bench/record.ts pglite [seconds] [µs]` answers calls that each keep the
 * process busy for so long, as many as it can. Pin it to one core (`taskset -c 0`) as the gateway is.
 */
import { systemClock } from "../src/kernel/clock.ts";
import { createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation } from "../src/record/testing.ts";
import { settleBudgets } from "../src/store/budgets.ts";
import { openTestDatabase } from "../src/store/testing.ts";

const [, , what = "pglite", count = "100000", busyUs] = process.argv;
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

/** Answers for so many seconds, and tells each second in ten how much is not in the ledger yet. */
async function saturate(seconds: number, eachUs: number): Promise<void> {
  const startedMs = performance.now();
  const passedMs = (): number => performance.now() - startedMs;
  let calls = 0;
  const work = async (): Promise<void> => {
    while (passedMs() < seconds * 1000) {
      const reservation = makeReservation(CALLERS[calls++ % CALLERS.length] ?? makeCaller(), { startedAtMs: Date.now() });
      await record.journal.open(reservation);
      for (const untilMs = passedMs() + eachUs / 1000; passedMs() < untilMs;);
      await new Promise((resolve) => setImmediate(resolve));
      await record.journal.close(makeEvent(reservation));
    }
  };
  const timer = setInterval(() => {
    const megabytes = Math.round(process.memoryUsage().rss / 1e6);
    const behind = Math.round(record.health().backlog.bytes / 1000);
    console.log(
      `  ${(passedMs() / 1000).toFixed(0)} s: ${Math.round((calls * 1000) / passedMs())} calls/s, ${behind} kB behind, ${megabytes} MB`,
    );
  }, seconds * 100);
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  clearInterval(timer);
  const endedMs = passedMs();
  await record.shipper.flush();
  console.log(`  ${calls} calls; in the ledger ${Math.round(passedMs() - endedMs)} ms after the last of them`);
}

await answer(BETWEEN);
await record.shipper.flush();
slow = 0;
if (busyUs !== undefined) {
  console.log(`${what}: ${AT_ONCE} at once, each call busy for ${busyUs} µs`);
  await saturate(Number(count), Number(busyUs));
  await record.drain();
  await db.close();
  folder.remove();
  process.exit(0);
}
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
