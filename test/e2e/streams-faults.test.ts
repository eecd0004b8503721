import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import OpenAI, { APIError } from "openai";
import { BODY_FAULTS, createFakeUpstream, POSITIONS, prose, refusedUrl, type FakeUpstream } from "../upstream/index.ts";
import { eventsOf, openRawCall, rawCall, textOf, wrongsOfBroken, type RawAnswer } from "./raw-call.ts";
import { startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";

const KINDS = ["openai", "anthropic"] as const;
const PARTS = 9;
const WHOLE = prose(PARTS).join("");
/** Far above what a loopback answer takes, short enough for a test. */
const TIMEOUTS = "{ firstByteMs: 500, idleMs: 500, totalMs: 8000 }";

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  const gone = await refusedUrl();
  const provider = (name: string, kind: string, baseUrl: string): string =>
    `  ${name}: { kind: ${kind}, baseUrl: "${baseUrl}", apiKey: "upstream-secret", trust: private, timeouts: ${TIMEOUTS} }`;
  weir = await startWeir({
    yaml: `
${WITHOUT_BREAKERS}
providers:
${provider("openai", "openai", upstream.openaiBaseUrl)}
${provider("anthropic", "anthropic", upstream.anthropicBaseUrl)}
${provider("openai-gone", "openai", `${gone}/v1`)}
${provider("anthropic-gone", "anthropic", gone)}
models:
${["openai", "anthropic", "openai-gone", "anthropic-gone"].map((name) => `  ${name}: { provider: ${name}, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }`).join("\n")}
`,
  });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

type Case = { readonly name: string; readonly model: string; readonly stream: boolean; readonly words: string; readonly head: boolean };

/** Every fault × position × protocol × streamed or not; a fault before the answer has no position. */
function cases(): Case[] {
  const found: Case[] = [];
  for (const kind of KINDS)
    for (const stream of [true, false]) {
      const add = (name: string, words: string, head: boolean, model: string = kind): void => {
        found.push({ name: `${kind} ${stream ? "streamed" : "whole"} ${name}`, model, stream, words: `${words};parts=${PARTS}`, head });
      };
      add("refused connection", "", true, `${kind}-gone`);
      for (const fault of ["reset-head", "end-head", "slow-first-byte", "garbage"]) add(fault, `fault=${fault}`, true);
      for (const status of [429, 500, 529]) add(String(status), `status=${status}`, true);
      for (const [framing, at] of frames(stream))
        for (const fault of BODY_FAULTS) add(`${fault} at ${at} ${framing}`, `fault=${fault};at=${at};framing=${framing}`, false);
    }
  return found;
}

const frames = (stream: boolean) =>
  (stream ? ["chunked", "close"] : ["chunked"]).flatMap((framing) => POSITIONS.map((at) => [framing, at] as const));

const bodyOf = ({ model, stream, words }: Case, name = "") => ({
  model,
  stream,
  messages: [{ role: "user", content: `Tell me. ${words}${name === "" ? "" : `;call=${name}`}` }],
});
const ask = (each: Case, url = `${weir.url}/v1/chat/completions`): Promise<RawAnswer> => rawCall({ url, key, body: bodyOf(each) });

test("no fault of an upstream becomes a silent truncation, a made-up finish or a hang", async () => {
  const all = cases();
  assert.equal(all.length, 2 * (8 * 2 + 7 * 3 * 3));
  const answers = await Promise.all(all.map(async (each) => ({ each, answer: await ask(each) })));
  const wrong = answers.flatMap(({ each, answer }) => wrongsOfBroken(answer, each.stream, WHOLE).map((what) => `${each.name}: ${what}`));
  assert.deepEqual(wrong, []);
  const inStream = answers.filter(({ answer }) => answer.status === 200).length;
  console.log(`# fault matrix: ${all.length} raw calls, ${inStream} of them broken after the first part: 0 wrong`);
  // A fault before the first part has a status of its own; one in the middle or at the end of a stream cannot have.
  for (const { each, answer } of answers) {
    const late = each.stream && !each.head && !/at first/.test(each.name);
    // A connection that is reset may take with it what was sent before.
    if (!/reset|truncate/.test(each.name)) assert.equal(answer.status === 200, late, each.name);
    if (answer.status === 200) assert.equal(answer.headers.get("x-accel-buffering"), "no");
  }
});

test("each of these calls has one row, failed, and is billed where tokens were spent", async () => {
  const rows = await listRows();
  const calls = cases().length;
  assert.equal(rows.length, calls);
  assert.equal(new Set(rows.map((row) => row.requestId)).size, calls);
  assert.deepEqual([...new Set(rows.map((row) => row.outcome))], ["failed"]);
  const streamed = rows.filter((row) => row.stream && row.firstPartMs !== null);
  assert.ok(streamed.length > 0 && streamed.every((row) => row.costMicroUsd > 0 && row.inputTokens > 0 && row.outputTokens > 0));
});

type Row = {
  requestId: string;
  outcome: string;
  stream: boolean;
  firstPartMs: number | null;
  costMicroUsd: number;
  inputTokens: number;
  outputTokens: number;
};
const listRows = async (): Promise<Row[]> => (await weir.call<{ data: Row[] }>("GET", "/admin/v1/usage?limit=1000")).data;

test("the official SDK throws on every one of them, and repeats none that cost tokens", async () => {
  const all = cases();
  const client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: key, maxRetries: 2 });
  const before = upstream.calls.length;
  const results = await Promise.all(all.map(async (each, at) => ({ each, at, ended: await throughSdk(client, each, `sdk-${at}`) })));
  const returned = results.filter(({ ended }) => ended !== "threw");
  assert.deepEqual(
    returned.map(({ each, ended }) => `${each.name}: ${ended}`),
    [],
  );
  // The upstream began to answer, so it is paid: the SDK must not have come a second time by itself.
  const repeated = results.filter(({ each, at }) => !each.head && upstream.calls.filter(({ name }) => name === `sdk-${at}`).length > 1);
  // A whole answer that is nothing but an error cost nothing, and neither did an error event that came before any other.
  const mayRepeat = /whole error/;
  assert.deepEqual(
    repeated.filter(({ each }) => !mayRepeat.test(each.name)).map(({ each }) => each.name),
    [],
  );
  console.log(`# official SDK: ${all.length} calls threw, ${upstream.calls.length - before} calls upstream`);
}, 60_000);

async function throughSdk(client: OpenAI, each: Case, name: string): Promise<string> {
  try {
    if (each.stream) {
      const stream = await client.chat.completions.create({
        ...(bodyOf(each, name) as OpenAI.ChatCompletionCreateParamsStreaming),
        stream: true,
      });
      for await (const _ of stream);
    } else
      await client.chat.completions.create({ ...(bodyOf(each, name) as OpenAI.ChatCompletionCreateParamsNonStreaming), stream: false });
    return "returned normally";
  } catch (error) {
    return error instanceof APIError ? "threw" : `threw ${String(error)}`;
  }
}

test("planted: a gateway that passes on what the upstream sends is caught, by the raw reader and by the SDK", async () => {
  const streamed = cases().filter(({ stream, head, name }) => stream && !head && name.startsWith("openai"));
  const wrong = await Promise.all(
    streamed.map(async (each) => {
      const call = openRawCall({ url: `${upstream.openaiBaseUrl}/chat/completions`, key, body: bodyOf(each) }, 1500);
      return { each, wrongs: wrongsOfBroken(await call.answer, true, WHOLE) };
    }),
  );
  assert.deepEqual(
    wrong.filter(({ wrongs }) => wrongs.length === 0).map(({ each }) => each.name),
    [],
  );
  for (const what of ["silent truncation", "made-up finish", "hang", "[DONE] after a break", "the connection was cut without a word"])
    assert.ok(
      wrong.some(({ wrongs }) => wrongs.includes(what)),
      what,
    );
  const client = new OpenAI({ baseURL: upstream.openaiBaseUrl, apiKey: key, maxRetries: 0 });
  const end = streamed.find(({ name }) => name.includes("end at middle chunked"));
  assert.ok(end);
  assert.equal(await throughSdk(client, end, "planted"), "returned normally");
  console.log(`# planted pass-through: ${streamed.length} of ${streamed.length} cases caught`);
});

test("what is not broken passes the same reader as an answer", async () => {
  for (const kind of KINDS) {
    const { status, body, end } = await ask({ name: "good", model: kind, stream: true, words: `parts=${PARTS}`, head: false });
    assert.deepEqual([status, end, textOf(body), eventsOf(body).data.at(-1)], [200, "whole", WHOLE, "[DONE]"]);
  }
});
