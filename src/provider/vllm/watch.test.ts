import { test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeClock } from "../../kernel/clock.ts";
import { createPace } from "./pace.ts";
import { createVllmWatch, STALE_MS, type MetricsSource, type VllmWatch } from "./watch.ts";

const textOf = (waiting: number, finished = 0): string =>
  `vllm:num_requests_running{engine="0"} 4\nvllm:num_requests_waiting{engine="0"} ${waiting}\nvllm:request_success_total{engine="0"} ${finished}\n`;

/** A clock with alarms: time stands, and moves from alarm to alarm. */
function createWorld() {
  const clock = createFakeClock(0);
  let alarms: { atMs: number; run: () => void }[] = [];
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    clock,
    alarms: () => alarms.length,
    after(ms: number, run: () => void) {
      const alarm = { atMs: clock.monotonicMs() + ms, run };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((each) => each !== alarm);
      };
    },
    async pass(ms: number) {
      const untilMs = clock.monotonicMs() + ms;
      await settle();
      for (;;) {
        const next = alarms.filter(({ atMs }) => atMs <= untilMs).toSorted((one, other) => one.atMs - other.atMs)[0];
        if (next === undefined) break;
        alarms = alarms.filter((each) => each !== next);
        clock.advance(next.atMs - clock.monotonicMs());
        next.run();
        await settle();
      }
      clock.advance(untilMs - clock.monotonicMs());
    },
  };
}

/** A server whose queue is what the test says; undefined: it is away. "silent": it takes the call and never answers. */
function createServer() {
  const server = {
    waiting: 0 as number | undefined | "silent",
    asked: 0,
    atOnce: 0,
    peak: 0,
    metrics(signal: AbortSignal): Promise<string> {
      server.asked++;
      const { waiting } = server;
      if (waiting === undefined) return Promise.reject(new Error("away"));
      if (waiting !== "silent") return Promise.resolve(textOf(waiting));
      server.peak = Math.max(server.peak, ++server.atOnce);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          server.atOnce--;
          reject(new Error("aborted"));
        });
      });
    },
  };
  return server;
}

const following = (servers: Readonly<Record<string, MetricsSource>>) => new Map(Object.entries(servers));

/** The rule that routing rests on: whatever the queue becomes, within a second it is known or told to be unknown. */
async function checkFresh(make: (world: ReturnType<typeof createWorld>) => VllmWatch): Promise<number> {
  const world = createWorld();
  const watch = make(world);
  const server = createServer();
  watch.follow(following({ a: server }));
  watch.start();
  let looks = 0;
  for (const depth of [0, 40, 3, undefined, 7, "silent", 0, 12] as const) {
    server.waiting = depth;
    // A server that was away is asked again after five seconds at most.
    await world.pass(depth === undefined || depth === "silent" ? STALE_MS + 1001 : server.asked > 4 && looks > 3 ? 6001 : 1000);
    const known = watch.of("a");
    if (depth === undefined || depth === "silent") assert.equal(known, undefined, `after ${String(depth)}`);
    else assert.equal(known?.queueDepth, depth);
    looks++;
  }
  watch.stop();
  return looks;
}

test("a queue that grows is known within a second, and one that cannot be read is unknown after two", async () => {
  const looks = await checkFresh(({ clock, after }) => createVllmWatch({ clock, after }));
  console.log(`# ${looks} changes of a queue seen in time`);
});

test("planted faults: a watch that never forgets, and one that reads every three seconds, are caught", async () => {
  await assert.rejects(
    // Time stands still for whoever asks how old a reading is.
    checkFresh(({ after }) => createVllmWatch({ clock: { monotonicMs: () => 0 }, after })),
  );
  await assert.rejects(checkFresh(({ clock, after }) => createVllmWatch({ clock, after }, { everyMs: 3000 })));
});

test("a server that hangs is asked once at a time, and more and more rarely", async () => {
  const world = createWorld();
  const server = createServer();
  server.waiting = "silent";
  const watch = createVllmWatch(world);
  watch.follow(following({ a: server }));
  watch.start();
  await world.pass(60_000);
  assert.equal(server.peak, 1);
  assert.ok(server.asked >= 12 && server.asked <= 18, String(server.asked));
  watch.stop();
});

test("who watches is told once when a server goes and once when it is back", async () => {
  const world = createWorld();
  const server = createServer();
  const told: string[] = [];
  const watch = createVllmWatch({ ...world, told: (provider, why) => told.push(`${provider}: ${why ?? "back"}`) });
  watch.follow(following({ a: server }));
  watch.start();
  await world.pass(2000);
  server.waiting = undefined;
  await world.pass(20_000);
  server.waiting = 1;
  await world.pass(20_000);
  assert.deepEqual(told, ["a: away", "a: back"]);
  watch.stop();
});

test("another service under the address is not taken for a vLLM server with an empty queue", async () => {
  const world = createWorld();
  const watch = createVllmWatch(world);
  watch.follow(following({ a: { metrics: () => Promise.resolve("http_requests_total 5\n") }, b: {} }));
  watch.start();
  await world.pass(1000);
  assert.deepEqual([watch.of("a"), watch.of("b"), watch.of("c")], [undefined, undefined, undefined]);
  watch.stop();
});

test("a new configuration keeps what is known of a server that stays, and asks one that has gone no more", async () => {
  const world = createWorld();
  const [stays, goes, comes] = [createServer(), createServer(), createServer()];
  const watch = createVllmWatch(world);
  watch.follow(following({ stays, goes }));
  watch.start();
  await world.pass(1000);
  const askedBefore = goes.asked;
  watch.follow(following({ stays, comes }));
  assert.equal(watch.of("stays")?.queueDepth, 0);
  assert.equal(watch.of("goes"), undefined);
  await world.pass(1000);
  assert.equal(goes.asked, askedBefore);
  assert.equal(watch.of("comes")?.queueDepth, 0);
  // The same name with another server behind it is another server.
  watch.follow(following({ stays: comes }));
  assert.equal(watch.of("stays"), undefined);
  watch.stop();
  const asked = comes.asked;
  await world.pass(10_000);
  assert.deepEqual([comes.asked, world.alarms()], [asked, 0]);
});

test("a queue is over after its length by the pace at which requests end", () => {
  const pace = createPace();
  assert.equal(pace.startsInMs({ waiting: 0, finished: 100 }, 0), 0);
  // 10 ended in 2 s: 20 that wait take 4 s.
  assert.equal(pace.startsInMs({ waiting: 20, finished: 110 }, 2000), 4000);
  // None ended in 10 s: at least 10 s for each that waits.
  const stuck = createPace();
  stuck.startsInMs({ waiting: 3, finished: 5 }, 0);
  assert.equal(stuck.startsInMs({ waiting: 3, finished: 5 }, 10_000), 30_000);
  // Nothing is known at the first reading, nor where the server does not count.
  assert.equal(createPace().startsInMs({ waiting: 3, finished: 5 }, 0), undefined);
  assert.equal(createPace().startsInMs({ waiting: 3, finished: undefined }, 0), undefined);
});

test("a server that began anew has a pace of its own, and what is older than ten seconds is forgotten", () => {
  const pace = createPace();
  pace.startsInMs({ waiting: 0, finished: 1000 }, 0);
  assert.equal(pace.startsInMs({ waiting: 4, finished: 2 }, 1000), undefined);
  assert.equal(pace.startsInMs({ waiting: 4, finished: 4 }, 2000), 2000);
  const slowed = createPace();
  for (let second = 0; second <= 10; second++) slowed.startsInMs({ waiting: 1, finished: second * 10 }, second * 1000);
  for (let second = 11; second <= 30; second++) slowed.startsInMs({ waiting: 1, finished: 100 + (second - 10) }, second * 1000);
  assert.equal(slowed.startsInMs({ waiting: 1, finished: 121 }, 31_000), 1000);
});
