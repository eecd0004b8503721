import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

let weir: TestWeir;
let upstream: FakeUpstream;
let key: string;
let says: readonly string[] = [];
let prompt = "";

const FILLING = "Sensors are calibrated in the laboratory by the people who look after them, and shelves are dusted. ";
const HANDBOOK = `# Handbook\n\n## Vacation\n\nFull-time employees have 30 vacation days a year. ${FILLING.repeat(6)}\n\nThey expire on 31 March. ${FILLING.repeat(6)}\n`;

beforeAll(async () => {
  upstream = await createFakeUpstream({
    say: (asked) => {
      prompt = JSON.stringify(asked.body);
      return says;
    },
  });
  weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  key = (await weir.tenant("acme")).key;
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
  await weir.call("POST", "/v1/vector_stores", { name: "grave", weir: { highStakes: true } }, { key });
  for (const collection of ["house", "grave"]) await addDocument(weir, key, collection, ["handbook.md", HANDBOOK]);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

type Told = {
  citations: { cited: boolean; quote: string; quoteStart?: number; quoteEnd?: number }[];
  grounded?: boolean;
  answerable?: boolean;
  citationsRemoved?: number;
};
const question = { role: "user", content: "How many vacation days do full-time employees have?" };

async function ask(body: object, rag: object = {}): Promise<{ content: string; annotations: unknown[]; weir: Told }> {
  const response = await weir.chat(key, { model: "m", messages: [question], rag: { enabled: true, collection: "house", ...rag }, ...body });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  if (!text.startsWith("data:")) {
    const { choices, weir: told } = JSON.parse(text) as { choices: { message: { content: string; annotations: unknown[] } }[]; weir: Told };
    return { content: choices[0]?.message.content ?? "", annotations: choices[0]?.message.annotations ?? [], weir: told };
  }
  const events = text
    .split("\n\n")
    .flatMap((event) =>
      event.startsWith("data: {") ? [JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[]; weir?: Told }] : [],
    );
  const told = events.find((event) => event.weir !== undefined)?.weir;
  assert.ok(told !== undefined);
  return { content: events.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), annotations: [], weir: told };
}

test("a mark that its passage does not support is taken out of the answer and counted, the same whole and streamed", async () => {
  says = ["Full-time employees have 30 ", "vacation days a year [", "1]. They", " have 40 vacation days a year [1", "]. See [7]", "."];
  const whole = await ask({});
  assert.equal(whole.content, "Full-time employees have 30 vacation days a year [1]. They have 40 vacation days a year. See.");
  const { citationsRemoved, grounded, answerable, citations } = whole.weir;
  assert.deepEqual([citationsRemoved, grounded, answerable], [2, true, undefined]);
  assert.equal(whole.annotations.length, 1);
  const [cited] = citations;
  assert.equal(cited?.quote, "Full-time employees have 30 vacation days a year.");
  const streamed = await ask({ stream: true });
  assert.deepEqual([streamed.content, streamed.weir.citationsRemoved], [whole.content, 2]);
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  assert.match(metrics, /weir_citations_total\{result="removed"\} 4/);
});

test("JSON is not touched: what supports nothing is not listed, and counted", async () => {
  const text = '{"days":"Full-time employees have 40 vacation days a year [1]."}';
  says = [text.slice(0, 20), text.slice(20)];
  const { content, weir: told } = await ask({ response_format: { type: "json_object" } });
  assert.equal(content, text);
  assert.deepEqual([told.citationsRemoved, told.grounded, told.citations.some(({ cited }) => cited)], [1, false, false]);
});

test("that the documents do not hold it is an answer of its own, by a model and by none", async () => {
  says = ["The documents do not hold the answer to that."];
  const { weir: told } = await ask({});
  assert.deepEqual([told.grounded, told.answerable, told.citationsRemoved], [false, false, undefined]);
  const extractive = await ask({ model: "extractive", messages: [{ role: "user", content: "What is the capital of Australia?" }] });
  assert.match(extractive.content, /do not hold the answer/);
  assert.deepEqual([extractive.weir.grounded, extractive.weir.answerable], [false, false]);
  const quoted = await ask({ model: "extractive" });
  assert.deepEqual([quoted.weir.grounded, quoted.weir.citationsRemoved], [true, undefined]);
});

test("compressed passages are shorter before the model, and citations stand in the document all the same; high stakes read everything", async () => {
  says = ["Full-time employees have 30 vacation days a year [1]."];
  await ask({});
  const whole = prompt.length;
  const { weir: told } = await ask({}, { compress: true });
  assert.ok(whole / prompt.length > 1.4, `${whole} and ${prompt.length}`);
  assert.match(prompt, /30 vacation days/);
  const [cited] = told.citations;
  assert.equal(HANDBOOK.slice(cited?.quoteStart, cited?.quoteEnd), "Full-time employees have 30 vacation days a year.");
  await ask({}, { compress: true, collection: "grave" });
  assert.ok(prompt.length > whole * 0.95);
  await weir.call("POST", "/v1/vector_stores/house", { weir: { compress: true } }, { key });
  await ask({});
  assert.ok(whole / prompt.length > 1.4);
  await ask({}, { compress: false });
  assert.ok(prompt.length > whole * 0.95);
});

test("hops is 1 or 2, and compress a boolean", async () => {
  says = ["Yes."];
  await ask({}, { hops: 2 });
  for (const rag of [{ hops: 3 }, { hops: "2" }, { compress: "yes" }, { hop: 2 }]) {
    const response = await weir.chat(key, { model: "m", messages: [question], rag: { enabled: true, collection: "house", ...rag } });
    assert.equal(response.status, 400);
  }
});
