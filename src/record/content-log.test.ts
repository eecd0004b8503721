import { test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeClock, toIso } from "../kernel/clock.ts";
import { requestIds, tenantIds } from "../kernel/ids.ts";
import { createContentLog, type CallContent } from "./content-log.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 21, 23, 59, 59);
const [a, b] = [tenantIds.make(1), tenantIds.make(2)];

function logOn(options: { fail?: boolean; days?: number } = {}) {
  const clock = createFakeClock(START);
  const held = new Map<string, string>();
  const lost: number[] = [];
  const kept = { days: options.days ?? 30 };
  const log = createContentLog({
    objects: {
      putObject: async (tenantId, key, bytes) => {
        if (options.fail === true) throw new Error("bucket away");
        held.set(`${tenantId} ${key}`, Buffer.from(bytes).toString());
      },
      listObjects: async (tenantId, prefix, page) =>
        [...held.keys()]
          .filter((key) => key.startsWith(`${tenantId} ${prefix}`))
          .map((key) => key.slice(tenantId.length + 1))
          .toSorted()
          .slice(0, page?.limit),
      deleteObject: async (tenantId, key) => void held.delete(`${tenantId} ${key}`),
    },
    nowMs: clock.nowMs,
    keptDays: () => kept.days,
    onLost: (_, calls) => void lost.push(calls),
  });
  const content = (tenantId: typeof a, answer = "yes"): CallContent => ({
    requestId: requestIds.make(clock.nowMs()),
    tenantId,
    atMs: clock.nowMs(),
    messages: [{ role: "user", content: "may I?" }],
    answer,
    cut: false,
  });
  return { clock, held, kept, lost, log, content };
}

test("calls of one tenant and day share a file; tenants and days do not", async () => {
  const { clock, held, log, content } = logOn();
  for (let at = 0; at < 100; at++) log.keep(content(a));
  log.keep(content(b));
  clock.advance(2000);
  log.keep(content(a));
  assert.equal(held.size, 0, "nothing is written one by one");
  await log.flush();
  const files = [...held.keys()].map((key) => key.replace(/\d{6}-[0-9a-f]{16}/, "…")).toSorted();
  assert.deepEqual(files, [
    `${a} chat-logs/2026-11-21/….ndjson`,
    `${a} chat-logs/2026-11-22/….ndjson`,
    `${b} chat-logs/2026-11-21/….ndjson`,
  ]);
  const lines = [...held.values()].flatMap((text) => text.trimEnd().split("\n")).map((line) => JSON.parse(line) as Record<string, string>);
  assert.equal(lines.length, 102);
  for (const line of lines) assert.equal(Date.parse(line["keepUntil"] ?? "") - Date.parse(line["at"] ?? ""), 30 * DAY_MS);
  console.log(`# chat logs: ${lines.length} calls in ${held.size} files`);
});

test("a file of four megabytes is written at once, and one byte less waits", async () => {
  const { held, log, content } = logOn();
  const bare =
    Buffer.byteLength(
      JSON.stringify({ ...content(a, ""), atMs: undefined, tenantId: undefined, at: toIso(START), keepUntil: toIso(START) }),
    ) + 1;
  log.keep(content(a, "x".repeat(4 * 1024 * 1024 - bare - 1)));
  await Promise.resolve();
  assert.equal(held.size, 0);
  log.keep(content(b, "x".repeat(4 * 1024 * 1024 - bare)));
  await Promise.resolve();
  assert.equal(held.size, 1);
});

test("content that the store does not take, or that is more than may wait, is counted as lost and holds up nothing", async () => {
  const away = logOn({ fail: true });
  away.log.keep(away.content(a));
  away.log.keep(away.content(a));
  await away.log.flush();
  assert.deepEqual([away.lost, away.log.lost], [[2], 2]);
  const { lost, log, content } = logOn();
  for (let at = 0; at < 17; at++) log.keep(content(tenantIds.make(at + 10), "x".repeat(3.9 * 1024 * 1024)));
  assert.deepEqual(lost, [1]);
});

for (const days of [1, 30, 3650])
  test(`under ${days} days files go when the last of their lines may stay no longer, and not a day earlier`, async () => {
    const { clock, held, log, content } = logOn({ days });
    log.keep(content(a));
    await log.flush();
    clock.advance(days * DAY_MS);
    assert.equal(await log.prune(a), 0);
    clock.advance(DAY_MS);
    assert.equal(await log.prune(b), 0);
    assert.equal(await log.prune(a), 1);
    assert.equal(held.size, 0);
  });

test("a shorter time counts for what is there already", async () => {
  const { clock, held, kept, log, content } = logOn();
  log.keep(content(a));
  await log.flush();
  clock.advance(3 * DAY_MS);
  assert.equal(await log.prune(a), 0);
  kept.days = 2;
  assert.equal(await log.prune(a), 1);
  assert.equal(held.size, 0);
});
