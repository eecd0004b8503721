import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { plant, PLANTED_KINDS } from "./personal-data.ts";
import { EXAMPLES, startExample, type Explained, type ExampleWorld } from "./routing-world.ts";

const LONG = process.env["WEIR_TEST_LONG"] === "1";
/** With planted personal data, over all examples. */
const REQUESTS = LONG ? 10_000 : 250;
const CONCURRENT = 8;

const worlds = new Map<string, Promise<ExampleWorld>>();
/** One server for each example, for all tests of this file. */
function worldOf(name: string): Promise<ExampleWorld> {
  const known = worlds.get(name) ?? startExample(name);
  worlds.set(name, known);
  return known;
}
afterAll(async () => {
  for (const world of worlds.values()) await (await world).close();
});

let made = 0;
const tenantOf = ({ weir }: ExampleWorld, settings?: Record<string, unknown>) => weir.tenant(`t${++made}`, settings);
const user = (content: string, more: Record<string, unknown> = {}) => ({ model: "auto", messages: [{ role: "user", content }], ...more });
const explain = ({ weir }: ExampleWorld, tenant: string, body: Record<string, unknown>) =>
  weir.call<Explained>("POST", "/admin/v1/routes/explain", { tenant, ...body });
const whichRule = ({ rules }: Explained): number | undefined => rules.find(({ took }) => took)?.rule;
async function modelOf({ weir }: ExampleWorld, key: string, body: Record<string, unknown>): Promise<string> {
  const answer = (await (await weir.chat(key, body)).json()) as { weir?: { model: string }; error?: { message: string } };
  return answer.weir?.model ?? assert.fail(answer.error?.message);
}

const EASY = "What is the capital of France?";
const MIDDLING = "Explain how photosynthesis works in plants.";
const LONG_FORM = "Write an essay of 4000 words about the history of the sea.";
const HARD =
  "Prove that for every prime p > 3, p^2 - 1 is divisible by 24. Then generalise: for which n does n divide p^k - 1 for all primes p not dividing n? Give a rigorous proof by induction, consider all edge cases, and derive the complexity of an algorithm that checks it. Do not use the Chinese remainder theorem.";
const PERSONAL = "My IBAN is DE89 3704 0044 0532 0130 00. Which bank is that?";

test("by-complexity: the table of the decision record, line by line", async () => {
  const world = await worldOf("by-complexity.yaml");
  const { slug, key } = await tenantOf(world);
  const table: readonly (readonly [string, string])[] = [
    [PERSONAL, "llama-3-70b"],
    [`${HARD} ${PERSONAL}`, "llama-3-70b"],
    [HARD, "gpt-4-turbo"],
    [LONG_FORM, "claude-3-opus"],
    [EASY, "mistral-7b"],
    [MIDDLING, "llama-3-70b"],
  ];
  for (const [text, model] of table) {
    assert.deepEqual((await explain(world, slug, user(text, { max_tokens: 8000 }))).order, [model], text);
    assert.equal(await modelOf(world, key, user(text, { max_tokens: 100 })), text === LONG_FORM ? "llama-3-70b" : model, text);
  }
  assert.equal(await modelOf(world, key, user(LONG_FORM, { max_tokens: 6000 })), "claude-3-opus");
  console.log(`# by-complexity: ${table.length} kinds of call, each where the table has it`);
});

test("daily-threshold: the own server below the threshold of a day, the API from it on, each in the other's place when it fails", async () => {
  const world = await startExample("daily-threshold.yaml", { ROUTING_THRESHOLD: "4" });
  try {
    const [{ key, slug }, other] = [await tenantOf(world), await tenantOf(world)];
    const models: string[] = [];
    for (let at = 0; at < 6; at++) models.push(await modelOf(world, key, user(EASY)));
    assert.deepEqual(models, ["local", "local", "local", "api", "api", "api"]);
    assert.deepEqual((await explain(world, slug, user(EASY))).order, ["api", "local"]);
    assert.equal(await modelOf(world, other.key, user(EASY)), "local");
    assert.equal(await modelOf(world, other.key, user(EASY, { forceApi: true })), "api");
  } finally {
    await world.close();
  }
  const down = await startExample("daily-threshold.yaml", { VLLM_BASE_URL: "http://127.0.0.1:1/v1" });
  try {
    const { key } = await tenantOf(down);
    assert.equal(await modelOf(down, key, user(EASY)), "api");
  } finally {
    await down.close();
  }
  const strict = await startExample("daily-threshold.yaml", { VLLM_BASE_URL: "http://127.0.0.1:1/v1", ENABLE_FALLBACK: "false" });
  try {
    const { key } = await tenantOf(strict);
    assert.equal((await strict.weir.chat(key, user(EASY))).status, 502);
  } finally {
    await strict.close();
  }
});

test("cascade: calls begin in the tier that they belong to, and go up when it is down", async () => {
  const world = await worldOf("cascade.yaml");
  const { slug, key } = await tenantOf(world);
  const order = async (text: string, more = {}) => (await explain(world, slug, user(text, more))).order;
  assert.deepEqual(await order(EASY), ["llama-3-8b", "gpt-4o-mini", "gpt-4o"]);
  assert.deepEqual((await order(HARD))[0], "gpt-4o");
  assert.deepEqual(await order(PERSONAL), ["llama-3-8b"]);
  assert.deepEqual(await order(EASY, { rag: { enabled: true, collection: "handbook" } }), ["extractive"]);
  // Once all that a tenant asks is hard, hard is ordinary.
  for (let at = 0; at < 200; at++) await modelOf(world, key, user(HARD, { max_tokens: 1 }));
  assert.notEqual((await order(HARD))[0], "gpt-4o");
  const down = await startExample("cascade.yaml", { LLAMA_BASE_URL: "http://127.0.0.1:1/v1" });
  try {
    assert.equal(await modelOf(down, (await tenantOf(down)).key, user(EASY)), "gpt-4o-mini");
  } finally {
    await down.close();
  }
});

test("region-bound: a bound tenant's calls stay, whatever the rules say, and are refused where nothing is left", async () => {
  const world = await worldOf("region-bound.yaml");
  const [free, bound, elsewhere] = [
    await tenantOf(world),
    await tenantOf(world, { region: "eu-central-1" }),
    await tenantOf(world, { region: "ap-south-1" }),
  ];
  assert.deepEqual((await explain(world, free.slug, user(HARD))).order, ["gpt-us", "gpt-eu", "llama-eu"]);
  const { order, candidates } = await explain(world, bound.slug, user(HARD));
  assert.deepEqual(order, ["gpt-eu", "llama-eu"]);
  assert.equal(candidates.find(({ model }) => model === "gpt-us")?.fell, "region");
  assert.equal(await modelOf(world, bound.key, user(HARD)), "gpt-eu");
  assert.equal((await explain(world, elsewhere.slug, user(HARD))).refusal?.code, "no_target");
  assert.equal((await world.weir.chat(elsewhere.key, user(EASY))).status, 503);
});

test("spill: the queue decides where calls go, and never where personal data does", async () => {
  const world = await worldOf("spill.yaml");
  const { slug } = await tenantOf(world);
  const first = async (text: string) => (await explain(world, slug, user(text))).order[0];
  const queue = async (waiting: number): Promise<void> => {
    world.vllm.load.waiting = waiting;
    await world.upstream.until(() => true);
    for (const stop = performance.now() + 5000; performance.now() < stop;) {
      const { signals } = await explain(world, slug, user(EASY));
      if (signals["queueDepth(llama-70b)"] === waiting) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`the queue of ${waiting} was not seen`);
  };
  await queue(16);
  assert.equal(await first(EASY), "llama-70b");
  await queue(17);
  assert.equal(await first(EASY), "sonnet");
  const personal = await explain(world, slug, user(PERSONAL));
  assert.deepEqual([personal.order, whichRule(personal)], [["llama-70b"], 1]);
  await queue(0);
  assert.equal(await first(EASY), "llama-70b");
});

/** Requests with planted personal data; of those that external models got, how many held it in the clear. */
async function plantIn(
  world: ExampleWorld,
  count: number,
): Promise<{ readonly answered: number; readonly outside: number; readonly leaked: number }> {
  const { key } = await tenantOf(world, { budgetUsd: 1000 });
  let [answered, outside, leaked, at] = [0, 0, 0, 0];
  const work = async (): Promise<void> => {
    while (at < count) {
      const turn = at++;
      const { sentence, value } = plant(PLANTED_KINDS[turn % PLANTED_KINDS.length] ?? "");
      const text = [`${sentence} ${HARD}`, `${sentence} ${LONG_FORM}`, sentence, `${EASY} ${sentence}`][turn % 4] ?? sentence;
      const seen = world.upstream.calls.length;
      const more = { stream: turn % 2 === 0, max_tokens: turn % 3 === 0 ? 8000 : 50, ...(turn % 5 === 0 ? { forceApi: true } : {}) };
      const response = await world.weir.chat(key, user(text, more));
      await response.text();
      if (response.ok) answered++;
      for (const { model, body } of world.upstream.calls.slice(seen)) {
        if (!EXTERNAL.test(model)) continue;
        outside++;
        if (JSON.stringify(body).includes(value)) leaked++;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  return { answered, outside, leaked };
}
/** What the examples call models that run elsewhere. */
const EXTERNAL = /gpt|claude/;

test(
  "under every shipped example planted personal data reaches no external model in the clear",
  async () => {
    const share = Math.ceil(REQUESTS / EXAMPLES.length);
    let [answered, outside] = [0, 0];
    for (const name of EXAMPLES) {
      const world = await worldOf(name);
      if (name === "spill.yaml") world.vllm.load.waiting = 100;
      const found = await plantIn(world, share);
      assert.equal(found.leaked, 0, name);
      outside += found.outside;
      answered += found.answered;
    }
    assert.ok(outside > 0 && answered > REQUESTS / 3);
    console.log(
      `# planted: ${share * EXAMPLES.length} requests under ${EXAMPLES.length} examples, ${answered} answered, ${outside} looks outside, 0 in the clear`,
    );
  },
  LONG ? 1_800_000 : 60_000,
);

test("the same requests are seen in the clear outside where nothing is masked", async () => {
  const world = await startExample("daily-threshold.yaml", { ROUTING_THRESHOLD: "0" }, "guard: { pii: off }\n");
  try {
    const { answered, leaked } = await plantIn(world, 50);
    assert.ok(answered > 25 && leaked >= answered, `${leaked} of ${answered}`);
    console.log(`# planted: ${answered} of ${answered} seen where nothing is masked`);
  } finally {
    await world.close();
  }
});
