import { test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeClock, toIso } from "../kernel/clock.ts";
import { requestIds, tenantIds } from "../kernel/ids.ts";
import type { Message } from "../domain/chat.ts";
import type { CallContent } from "./content-line.ts";
import { createContentLog, keepsContent } from "./content-log.ts";
import { createContentSample } from "./content-sample.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 21, 23, 59, 59);
const [a, b] = [tenantIds.make(1), tenantIds.make(2)];

function logOn(options: { fail?: boolean; days?: number; scrub?: (text: string) => string } = {}) {
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
      getObject: async (tenantId, key) => {
        const text = held.get(`${tenantId} ${key}`);
        return text === undefined ? undefined : Buffer.from(text);
      },
      listObjects: async (tenantId, prefix, page) =>
        [...held.keys()]
          .filter((key) => key.startsWith(`${tenantId} ${prefix}`))
          .map((key) => key.slice(tenantId.length + 1))
          .filter((key) => key > (page?.after ?? ""))
          .toSorted()
          .slice(0, page?.limit),
      deleteObject: async (tenantId, key) => void held.delete(`${tenantId} ${key}`),
    },
    scrub: options.scrub,
    nowMs: clock.nowMs,
    keptDays: () => kept.days,
    onLost: (_, calls) => void lost.push(calls),
  });
  const content = (tenantId: typeof a, answer = "yes"): CallContent => ({
    requestId: requestIds.make(clock.nowMs()),
    tenantId,
    atMs: clock.nowMs(),
    policy: "full",
    endUser: undefined,
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

test("of what is to be scrubbed no line is made until it is written, and its texts count all the same", async () => {
  const scrubbed: string[] = [];
  const { held, lost, log, content } = logOn({
    scrub(text) {
      scrubbed.push(text);
      return text;
    },
  });
  let read = 0;
  const long = "é".repeat(1024 * 1024);
  const watched = (text: string): Message => ({
    role: "user",
    get content() {
      read++;
      return text;
    },
  });
  const keep = (tenantId: typeof a, size: string): void =>
    log.keep({ ...content(tenantId), policy: "scrubbed", messages: [watched(size)] });
  keep(a, long);
  assert.equal(read, 1, "counted once");
  await Promise.resolve();
  assert.deepEqual([held.size, scrubbed.length], [0, 0], "two megabytes wait");
  keep(a, long);
  await log.flush();
  assert.deepEqual([held.size, lost.length], [1, 0]);
  for (let each = 0; each < 33; each++) keep(tenantIds.make(each + 10), long);
  assert.ok(lost.length > 0, "memory has its limit for these too");
  await log.flush();
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

const PERSON = "Ada Lovelace";
const CARD = 4111111111111111;
const scrubPerson = (text: string): string => text.replaceAll(PERSON, "[PERSON]").replaceAll(String(CARD), "[CARD]");

/** A conversation with the person in every place where a text can stand. */
const everywhere: readonly Message[] = [
  { role: "system", content: `You serve ${PERSON}.`, name: PERSON },
  {
    role: "user",
    name: PERSON,
    content: [
      { type: "text", text: `I am ${PERSON}` },
      { type: "image", url: `https://x.example/${PERSON}`, detail: PERSON },
      { type: "raw", value: { type: "file", [PERSON]: { filename: `${PERSON}.pdf`, deep: [[[{ card: CARD }]]] } } },
    ],
  },
  {
    role: "assistant",
    content: null,
    refusal: `Not to ${PERSON}`,
    toolCalls: [
      { id: PERSON, name: `greet ${PERSON}`, arguments: JSON.stringify({ to: PERSON, card: CARD }) },
      // The escape hides the name from whoever reads the JSON as text.
      { id: "2", name: "greet", arguments: '{"to":"\\u0041da Lovelace","list":["\\u0041da Lovelace"]}' },
      { id: "3", name: "greet", arguments: `{"to":"${PERSON}", broken` },
    ],
  },
  { role: "tool", toolCallId: "1", content: `[{"name":"\\u0041da Lovelace"}]` },
];

test("what a policy asks to be scrubbed is scrubbed in every place where a text can stand, and otherwise as it was", async () => {
  const { held, log, content } = logOn({ scrub: scrubPerson });
  for (const policy of ["scrubbed", "scrubbed-sample", "full"] as const)
    log.keep({ ...content(a, `Dear ${PERSON}`), policy, endUser: "digest", messages: everywhere });
  assert.equal(held.size, 0);
  await log.flush();
  const lines = [...held.values()].flatMap((text) => text.trimEnd().split("\n"));
  assert.equal(lines.length, 3);
  for (const line of lines) {
    const { policy, endUser, messages, answer } = JSON.parse(line) as Record<string, unknown>;
    assert.equal(endUser, "digest");
    if (policy === "full") assert.deepEqual([messages, answer], [everywhere, `Dear ${PERSON}`]);
    else {
      assert.ok(!/Lovelace|u0041da|41111/.test(line), line);
      assert.equal(line.match(/\[PERSON\]/g)?.length, 17, line);
      assert.deepEqual(
        (messages as Message[]).map(({ role }) => role),
        ["system", "user", "assistant", "tool"],
      );
    }
  }
});

test("where the scrubber throws, or there is none, nothing of the call is kept, and it is counted", async () => {
  let calls = 0;
  const fails = logOn({
    scrub: (text) => {
      if (text.includes("poison")) throw new Error(text);
      calls++;
      return text;
    },
  });
  fails.log.keep({ ...fails.content(a, "poison"), policy: "scrubbed" });
  fails.log.keep({ ...fails.content(a, "fine"), policy: "scrubbed" });
  await fails.log.flush();
  assert.ok(calls > 0 && [...fails.held.values()].every((text) => text.includes("fine") && !text.includes("poison")));
  assert.deepEqual([fails.lost, fails.log.lost], [[1], 1]);
  const none = logOn();
  none.log.keep({ ...none.content(a, "raw"), policy: "scrubbed" });
  await none.log.flush();
  assert.deepEqual([none.held.size, none.log.lost], [0, 1]);
});

test("a sample is the same on every replica, of the asked share, and another for each tenant", () => {
  const secret = Buffer.alloc(32, 1);
  const [one, two] = [createContentSample(secret, 0.1), createContentSample(secret, 0.1)];
  const ids = Array.from({ length: 5000 }, (_, at) => requestIds.make(at));
  const drawn = (tenantId: typeof a, sample = one) => ids.filter((id) => sample(tenantId, id));
  assert.deepEqual(drawn(a), drawn(a, two));
  assert.ok(Math.abs(drawn(a).length - 500) < 120, `${drawn(a).length} of 5000 for a tenth`);
  assert.ok(drawn(a).filter((id) => two(b, id)).length < 150, "tenants draw apart");
  assert.deepEqual([drawn(a, createContentSample(secret, 0)).length, drawn(a, createContentSample(secret, 1)).length], [0, 5000]);
  const call = (policy: Parameters<typeof keepsContent>[0], scrubs: boolean) =>
    ids.filter((requestId) => keepsContent(policy, { tenantId: a, requestId }, { scrubs, inSample: one })).length;
  assert.deepEqual(
    [call("none", true), call("scrubbed", false), call("scrubbed-sample", false), call("scrubbed", true), call("full", false)],
    [0, 0, 0, 5000, 5000],
  );
  assert.equal(call("scrubbed-sample", true), drawn(a).length);
  console.log(`# content sample: ${drawn(a).length} of ${ids.length} calls for a share of a tenth`);
});

test("lines of one end user go, files without lines go, and what is held outlives its date", async () => {
  const { clock, held, log, content } = logOn();
  for (const endUser of ["x", "y", undefined]) log.keep({ ...content(a), endUser });
  await log.flush();
  log.keep({ ...content(a), endUser: "x" });
  await log.flush();
  assert.equal(held.size, 2);
  assert.equal(await log.files.count(a, (line) => line.endUser === "x"), 2);
  clock.advance(31 * DAY_MS);
  assert.equal(await log.prune(a, (line) => line.endUser !== "y"), 1, "two lines are held, and a file of one");
  assert.equal(await log.files.count(a, () => true), 3);
  let gone = 0;
  for await (const key of log.files.list(a)) gone += await log.files.keepOnly(a, key, (line) => line.endUser !== "x");
  assert.equal(gone, 2);
  assert.equal(held.size, 1, "the file that had nothing else is gone");
  assert.equal(await log.files.count(a, (line) => line.endUser === undefined), 1);
});
