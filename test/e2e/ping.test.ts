import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { createFakeUpstream, prose, type FakeUpstream } from "../upstream/index.ts";
import { eventsOf, openRawCall, textOf, wrongsOfBroken, type RawCall } from "./raw-call.ts";
import { startWeir, type TestWeir } from "./server.ts";

/** Seconds of real silence; the longer one is what an idle cut of a proxy or of the runtime would end. */
const SILENT_MS = process.env["WEIR_TEST_LONG"] === "1" ? 25_500 : 11_500;
/** Signs of life come at least so often. The rest is for timers of a busy machine. */
const SILENCE_MS_MAX = 10_000 + 500;
const PARTS = 9;
const WHOLE = prose(PARTS).join("");

const yamlOf = (upstream: FakeUpstream): string => `
providers:
  patient: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private, timeouts: { firstByteMs: 200000, idleMs: 200000, totalMs: 400000 } }
  hasty: { kind: anthropic, baseUrl: "${upstream.anthropicBaseUrl}", apiKey: k, trust: private, timeouts: { firstByteMs: 10500, idleMs: 10500, totalMs: 400000 } }
models:
  patient: { provider: patient, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  hasty: { provider: hasty, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
`;

let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await createFakeUpstream();
});
afterAll(() => upstream.close());

const call = (url: string, key: string, body: { model: string; stream: boolean; words: string }): RawCall =>
  openRawCall(
    {
      url,
      key,
      body: { model: body.model, stream: body.stream, messages: [{ role: "user", content: `Tell me. ${body.words};parts=${PARTS}` }] },
    },
    60_000,
  );
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("in real time", () => {
  let weir: TestWeir;
  let key: string;
  beforeAll(async () => {
    weir = await startWeir({ yaml: yamlOf(upstream) });
    ({ key } = await weir.tenant("acme"));
  });
  afterAll(() => weir.close());

  test("a silent stream gets a comment at least every ten seconds and survives; a failure after it is an error event", async () => {
    const url = `${weir.url}/v1/chat/completions`;
    const before = call(url, key, { model: "patient", stream: true, words: "gate=before" });
    const within = call(url, key, { model: "patient", stream: true, words: "gate=within" });
    const whole = call(url, key, { model: "patient", stream: false, words: "fault=slow-first-byte" });
    const failing = ["fault=stall;at=first", "fault=slow-first-byte"].map((words) =>
      call(url, key, { model: "hasty", stream: true, words }),
    );
    /** The control: a server without signs of life. */
    const mute = call(`${upstream.openaiBaseUrl}/chat/completions`, key, { model: "mock", stream: true, words: "gate=mute" });
    await upstream.until(() => upstream.calls.length >= 6);
    upstream.gate("within").step(3);
    await wait(SILENT_MS);
    for (const name of ["before", "within", "mute"]) upstream.gate(name).open();

    for (const each of [before, within]) {
      const answer = await each.answer;
      assert.deepEqual(
        [answer.status, answer.end, textOf(answer.body), eventsOf(answer.body).data.at(-1)],
        [200, "whole", WHOLE, "[DONE]"],
      );
      assert.equal(eventsOf(answer.body).pings, Math.floor(SILENT_MS / 10_000));
      assert.ok(answer.silenceMs <= SILENCE_MS_MAX, `silent for ${answer.silenceMs} ms`);
      assert.equal(answer.headers.get("x-accel-buffering"), "no");
      assert.match(answer.headers.get("cache-control") ?? "", /no-transform/);
    }
    for (const each of failing) {
      const answer = await each.answer;
      assert.deepEqual([answer.status, eventsOf(answer.body).pings, eventsOf(answer.body).data.length], [200, 1, 1]);
      assert.deepEqual(wrongsOfBroken(answer, true, WHOLE), []);
      assert.match(answer.body, /"code":"target_timeout"/);
    }
    const control = await mute.answer;
    assert.ok(control.silenceMs > SILENCE_MS_MAX && eventsOf(control.body).pings === 0, "the check does not see a mute server");
    assert.equal(whole.soFar, "");
    whole.leave("fin");
    console.log(
      `# keep-alive: 4 streams silent for ${SILENT_MS / 1000} s, longest without a byte ${Math.max((await before.answer).silenceMs, (await within.answer).silenceMs).toFixed(0)} ms`,
    );
  }, 90_000);
});

describe("with the clock moved", () => {
  let shiftMs = 0;
  const clock: Clock = { nowMs: () => systemClock.nowMs() + shiftMs, monotonicMs: () => systemClock.monotonicMs() + shiftMs };
  let weir: TestWeir;
  let key: string;
  beforeAll(async () => {
    weir = await startWeir({ yaml: yamlOf(upstream), clock });
    ({ key } = await weir.tenant("acme"));
  });
  afterAll(() => weir.close());

  test("a stream silent for half a minute has three comments and then its answer", async () => {
    const stream = call(`${weir.url}/v1/chat/completions`, key, { model: "patient", stream: true, words: "gate=moved;call=moved" });
    await upstream.until(() => upstream.gate("moved").waiting === 1);
    for (let pings = 1; pings <= 3; pings++) {
      assert.equal(eventsOf(stream.soFar).pings, pings - 1);
      shiftMs += 10_000;
      await stream.until((body) => eventsOf(body).pings === pings);
    }
    upstream.gate("moved").open();
    const { body, end } = await stream.answer;
    assert.deepEqual([end, textOf(body), eventsOf(body).data.at(-1)], ["whole", WHOLE, "[DONE]"]);
  }, 30_000);

  test("a stream that is not silent gets no comment", async () => {
    const { body } = await call(`${weir.url}/v1/chat/completions`, key, { model: "patient", stream: true, words: "pace=5" }).answer;
    assert.equal(eventsOf(body).pings, 0);
  });
});
