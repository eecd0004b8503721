import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeUpstream, prose } from "../upstream/index.ts";
import { makeTenant, startChild } from "./child.ts";
import { compare, toAnswered } from "./load.ts";
import { eventsOf, openRawCall, textOf, wrongsOfBroken, type RawAnswer } from "./raw-call.ts";
import { oneModel } from "./server.ts";
import { listRows } from "./usage-rows.ts";

const LONG = process.env["WEIR_TEST_LONG"] === "1";
const STREAMS = 60;
const PARTS = 60;
const WHOLE = prose(PARTS).join("");

/** Streams of about a second; one in six stalls and fails by its timeout while the server waits. */
const bodyOf = (n: number) => {
  const stream = n % 5 !== 0;
  const words = n % 6 === 1 ? "fault=stall;at=middle" : "pace=60";
  return { model: "m", stream, messages: [{ role: "user", content: `Tell me. ${words};parts=${PARTS};call=term-${n}` }] };
};

async function withGateway(run: (parts: Awaited<ReturnType<typeof setUp>>) => Promise<void>): Promise<void> {
  const parts = await setUp();
  try {
    await run(parts);
  } finally {
    await parts.close();
  }
}

async function setUp(timeouts?: string) {
  const upstream = await createFakeUpstream();
  const dataDir = await mkdtemp(join(tmpdir(), "weir-term-"));
  const config = join(dataDir, "weir.yaml");
  await writeFile(config, oneModel(upstream.openaiBaseUrl, timeouts));
  const child = await startChild(dataDir, config);
  const key = await makeTenant(child.url, "acme");
  return {
    upstream,
    child,
    call: (body: unknown, withinMs = 20_000) => openRawCall({ url: `${child.url}/v1/chat/completions`, key, body }, withinMs),
    again: () => startChild(dataDir, config),
    async close() {
      child.signal("SIGKILL");
      await upstream.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const isWhole = (answer: RawAnswer, stream: boolean): boolean =>
  answer.status === 200 &&
  answer.end === "whole" &&
  (!stream || (textOf(answer.body) === WHOLE && eventsOf(answer.body).data.at(-1) === "[DONE]"));

test("on SIGTERM streams under way end whole or with an error event, no row is lost, and the process ends with 0", async () => {
  await withGateway(async ({ upstream, child, call, again }) => {
    const calls = Array.from({ length: STREAMS }, (_, n) => ({ body: bodyOf(n), call: call(bodyOf(n)) }));
    // Stalled ones stay on until their timeout; the paced ones are in their middle.
    await upstream.until(() => upstream.calls.length === STREAMS);
    await Promise.all(calls.filter(({ body }) => body.stream).map(({ call: each }) => each.until((text) => text.includes('"content"'))));
    child.signal("SIGTERM");
    // The signal takes its time to arrive. From then on a new call is refused in words, or finds no one.
    for (let isRefused = false; !isRefused;) {
      const late = call({ model: "m", messages: [{ role: "user", content: `parts=${PARTS}` }] });
      const { status } = await late.answer;
      if (status === 200) calls.push({ body: { ...bodyOf(0), stream: false }, call: late });
      isRefused = status === 0 || status === 503;
      assert.ok(isRefused || status === 200, String(status));
    }
    const answers = await Promise.all(calls.map(async ({ body, call: each }) => ({ stream: body.stream, answer: await each.answer })));
    const code = await child.exited;
    assert.equal(code, 0, child.errors());
    const whole = answers.filter(({ answer, stream }) => isWhole(answer, stream));
    const broken = answers.filter(({ answer, stream }) => !isWhole(answer, stream));
    const wrong = broken.flatMap(({ answer, stream }) => wrongsOfBroken(answer, stream, WHOLE));
    assert.deepEqual(wrong, []);
    assert.ok(whole.length > STREAMS / 2 && broken.length > 0);
    const next = await again();
    try {
      const { rows, totals } = await listRows(next.url, "acme");
      const answered = answers.map(({ answer, stream }) => ({ ...toAnswered(answer, stream), acknowledged: isWhole(answer, stream) }));
      const verdict = compare(answered, rows);
      console.log(
        `# SIGTERM: ${calls.length} calls under way, ${whole.length} ended whole, ${broken.length} with an error, ${verdict.lost} lost, ${verdict.died} left open`,
      );
      assert.deepEqual([verdict.lost, verdict.twice, verdict.unbilled, verdict.died, totals.calls], [0, 0, 0, 0, calls.length]);
    } finally {
      next.signal("SIGTERM");
      assert.equal(await next.exited, 0);
    }
  });
}, 60_000);

test("planted: a process that ends without waiting is caught", async () => {
  await withGateway(async ({ upstream, child, call }) => {
    const calls = Array.from({ length: 6 }, () => call(bodyOf(2)));
    await upstream.until(() => upstream.calls.length === 6);
    await Promise.all(calls.map((each) => each.until((text) => text.includes('"content"'))));
    child.signal("SIGKILL");
    const wrong = (await Promise.all(calls.map((each) => each.answer))).flatMap((answer) => wrongsOfBroken(answer, true, WHOLE));
    assert.equal(wrong.length, 6);
    assert.notEqual(await child.exited, 0);
  });
}, 60_000);

test.skipIf(!LONG)(
  "a stream that does not end within the 30 s of a shutdown ends with an error event",
  async () => {
    const parts = await setUp("{ firstByteMs: 100000, idleMs: 100000, totalMs: 200000 }");
    try {
      const stalled = ["fault=stall;at=middle", "fault=slow-first-byte"].map((words) =>
        parts.call({ model: "m", stream: true, messages: [{ role: "user", content: `${words};parts=${PARTS}` }] }, 60_000),
      );
      await parts.upstream.until(() => parts.upstream.calls.length === 2);
      parts.child.signal("SIGTERM");
      const answers = await Promise.all(stalled.map((each) => each.answer));
      assert.deepEqual(
        answers.flatMap((answer) => wrongsOfBroken(answer, true, WHOLE)),
        [],
      );
      assert.ok(answers.every(({ body }) => body.includes('"code":"draining"')));
      assert.equal(await parts.child.exited, 0);
    } finally {
      await parts.close();
    }
  },
  120_000,
);
