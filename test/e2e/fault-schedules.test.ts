import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createDice, type Dice } from "../documents/dice.ts";
import { BODY_FAULTS, createFakeUpstream, POSITIONS, prose, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { createLateClock } from "./late-clock.ts";
import { rawCall, type RawAnswer } from "./raw-call.ts";
import { wrongsOf, type Rules, type Seen } from "./schedule-check.ts";
import { startWeir, type TestWeir } from "./server.ts";
import { listRows, type UsageRow } from "./usage-rows.ts";

/** CI runs the first of the same 200. */
const SCHEDULES = process.env["WEIR_TEST_LONG"] === "1" ? 200 : 8;
/** Of one server: the time that they skip stays below what keys are remembered without the database, 15 minutes. */
const SCHEDULES_EACH = 8;
const STEPS = 14;
const PARTS = 6;
const OPEN_MS = 20_000;
const RULES: Rules = {
  whole: prose(PARTS).join(""),
  external: new Set(["third"]),
  openMs: OPEN_MS,
  openMsMax: 80_000,
  failures: 3,
  probes: 3,
  retryShare: 0.2,
  microUsd: { input: 1, output: 2 },
};

const HEADS = [
  "status=429",
  "status=429;retry-after=1",
  "status=500",
  "status=503",
  "status=529",
  "status=400",
  "fault=reset-head",
  "fault=end-head",
  "fault=slow-first-byte",
  "fault=garbage",
];
const BODIES = POSITIONS.flatMap((at) => BODY_FAULTS.map((fault) => `fault=${fault};at=${at}`));
const MODELS = ["first", "second", "third"] as const;

const state = new Map<string, string>();
const clock = createLateClock();
let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await createFakeUpstream({ steer: (model) => state.get(model) });
});
afterAll(() => upstream.close());

/** A server with a tenant that has documents. */
async function startWorld(): Promise<World> {
  const provider = (kind: string, url: string, trust: string): string =>
    `{ kind: ${kind}, baseUrl: "${url}", apiKey: k, trust: ${trust}, timeouts: { firstByteMs: 300, idleMs: 300, totalMs: 5000 } }`;
  const model = (at: string, name: string): string =>
    `{ provider: ${at}, upstream: ${name}, price: { inputPerMTok: 1, outputPerMTok: 2 } }`;
  const weir = await startWeir({
    clock,
    yaml: `
resilience: { breaker: { openMs: ${OPEN_MS}, openMsMax: ${RULES.openMsMax} } }
providers:
  one: ${provider("openai", upstream.openaiBaseUrl, "private")}
  two: ${provider("anthropic", upstream.anthropicBaseUrl, "private")}
  out: ${provider("openai", upstream.openaiBaseUrl, "external")}
models:
  a: ${model("one", "first")}
  b: ${model("two", "second")}
  c: ${model("out", "third")}
routes:
  all: [{ use: [a, b, c], pii: private-only }]
  solo: [{ use: [a] }]
`,
  });
  const { key } = await weir.tenant("acme");
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
  await addDocument(weir, key, "house", ["meals.txt", "Meals. The canteen serves lunch from eleven to two."]);
  return { weir, key };
}

type Asking = Pick<Seen, "name" | "startedMs" | "burst" | "stream" | "hurried" | "personal"> & { readonly answer: RawAnswer };

type World = { readonly weir: TestWeir; readonly key: string };
async function ask({ weir, key }: World, name: string, dice: Dice, burst: boolean): Promise<Asking> {
  const stream = dice.below(2) === 0;
  const personal = dice.below(3) === 0;
  const startedMs = clock.monotonicMs();
  const said = `When is lunch served?${personal ? " Write to anna.schmidt@example.com." : ""} parts=${PARTS};call=${name}`;
  const body = {
    model: dice.below(4) === 0 ? "solo" : "all",
    stream,
    messages: [{ role: "user", content: said }],
    ...(dice.below(4) === 0 ? { rag: { enabled: true, collection: "house" } } : {}),
  };
  const headers = dice.below(5) === 0 ? { "x-request-timeout-ms": String(100 + dice.below(2000)) } : undefined;
  const answer = await rawCall({ url: `${weir.url}/v1/chat/completions`, key, body, ...(headers === undefined ? {} : { headers }) });
  return { name, startedMs, burst, stream, hurried: headers !== undefined, personal, answer };
}

/** Calls in a row and in bursts, while targets break and mend and time passes, as the seed says. */
async function runSchedule(world: World, seed: number): Promise<Asking[]> {
  const dice = createDice(seed);
  const calls: Asking[] = [];
  for (let step = 0; step < STEPS; step++) {
    if (dice.below(3) === 0) {
      const model = dice.pick(MODELS);
      if (dice.below(2) === 0) state.delete(model);
      else state.set(model, dice.pick(dice.below(2) === 0 ? HEADS : BODIES));
    }
    if (dice.below(4) === 0) clock.skip(dice.pick([5_000, 25_000, 45_000]));
    const name = `s${seed}-${step}`;
    if (dice.below(8) > 0) calls.push(await ask(world, name, dice, false));
    else calls.push(...(await Promise.all([0, 1, 2, 3].map((each) => ask(world, `${name}-${each}`, dice, true)))));
  }
  return calls;
}

function toSeen(calls: readonly Asking[], rows: readonly UsageRow[]): Seen[] {
  const rowsOf = Map.groupBy(rows, ({ requestId }) => requestId);
  const askedOf = Map.groupBy(upstream.calls, ({ name }) => name);
  return calls.map((call) => ({
    ...call,
    asked: (askedOf.get(call.name) ?? []).map((each) => ({
      model: each.model,
      inputTokens: each.inputTokens,
      outputTokens: each.outputTokens,
      finished: each.state === "finished",
    })),
    rows: (rowsOf.get(call.answer.headers.get("x-weir-request-id") ?? "") ?? []).filter(({ outcome }) => outcome !== "refused"),
  }));
}

/** So many schedules at a server of their own, and what is wrong with them. */
async function runBatch(firstSeed: number): Promise<Seen[]> {
  const world = await startWorld();
  try {
    const calls: Asking[] = [];
    for (let seed = firstSeed; seed < firstSeed + SCHEDULES_EACH; seed++) calls.push(...(await runSchedule(world, seed)));
    const { rows } = await listRows(world.weir.url, "acme");
    const batch = toSeen(calls, rows);
    assert.deepEqual(wrongsOf(batch, RULES), []);
    assert.equal((await world.weir.call("POST", "/admin/v1/audit/verify", { tenant: "acme" }))["ok"], true);
    return batch;
  } finally {
    await world.weir.close();
  }
}

const seen: Seen[] = [];
test("over random fault schedules every invariant holds", async () => {
  for (let seed = 1; seed <= SCHEDULES; seed += SCHEDULES_EACH) seen.push(...(await runBatch(seed)));
  const count = (isSo: (call: Seen) => boolean): number => seen.filter(isSo).length;
  const kinds = {
    answered: count(({ answer }) => answer.status === 200),
    moved: count(({ asked }) => new Set(asked.map(({ model }) => model)).size > 1),
    repeated: count(({ asked }) => asked.length > 1 && asked[0]?.model === asked[1]?.model),
    open: count(({ answer, asked }) => answer.status === 503 && asked.length === 0),
    kept: count(({ personal }) => personal),
  };
  for (const [kind, calls] of Object.entries(kinds)) assert.ok(calls > 0, `none ${kind}`);
  console.log(`# fault schedules: ${SCHEDULES} with ${seen.length} calls, 0 wrong; ${JSON.stringify(kinds)}`);
}, 900_000);

/** One thing that a broken gateway would do, done to what was seen. */
const PLANTED: Record<string, (calls: readonly Seen[]) => Seen[]> = {
  "attempts: more than three": (calls) =>
    change(
      calls,
      ({ asked }) => asked.length > 0,
      (call) => ({ asked: [...call.asked, ...call.asked, ...call.asked, ...call.asked].slice(0, 4) }),
    ),
  "attempts: a further target was asked twice": (calls) =>
    change(
      calls,
      ({ asked }) => asked.length === 2 && asked[0]?.model !== asked[1]?.model,
      (call) => ({ asked: [...call.asked, ...call.asked.slice(1)] }),
    ),
  "attempts: back to the first target": (calls) =>
    change(
      calls,
      ({ asked }) => asked.length === 2 && asked[0]?.model !== asked[1]?.model,
      (call) => ({ asked: [...call.asked, ...call.asked.slice(0, 1)] }),
    ),
  "attempts: moved on after the first part": (calls) =>
    change(
      calls,
      ({ stream, rows }) => stream && (rows[0]?.attempts.length ?? 0) > 1,
      (call) => ({ rows: call.rows.map((row) => ({ ...row, attempts: row.attempts.map((each) => ({ ...each, outputTokens: 3 })) })) }),
    ),
  "ending: cut": (calls) =>
    change(
      calls,
      () => true,
      ({ answer }) => ({ answer: { ...answer, end: "cut" } }),
    ),
  "ending: hung": (calls) =>
    change(
      calls,
      () => true,
      ({ answer }) => ({ answer: { ...answer, end: "hung" } }),
    ),
  "truncation: [DONE] without the whole answer": (calls) =>
    change(
      calls,
      ({ stream, answer, rows }) => stream && answer.body.includes("[DONE]") && rows[0]?.attempts.at(-1)?.model !== "extractive",
      ({ answer }) => ({
        answer: { ...answer, body: answer.body.slice(answer.body.indexOf("\n\n", answer.body.indexOf('"content":"A')) + 2) },
      }),
    ),
  "truncation: not the whole answer": (calls) =>
    change(
      calls,
      ({ stream, answer, rows }) => !stream && answer.status === 200 && rows[0]?.attempts.at(-1)?.model !== "extractive",
      ({ answer }) => ({ answer: { ...answer, body: answer.body.replace("weir", "") } }),
    ),
  "break: [DONE] after a break": (calls) =>
    change(
      calls,
      ({ stream, answer }) => stream && answer.status === 200 && !answer.body.includes("[DONE]"),
      ({ answer }) => ({ answer: { ...answer, body: answer.body.replace("data: ", "data: [DONE]\n\ndata: ") } }),
    ),
  "retry-after:": (calls) =>
    change(
      calls,
      ({ answer }) => answer.status === 503,
      ({ answer }) => ({ answer: { ...answer, headers: new Map() } }),
    ),
  "retry: a paid call may be repeated": (calls) =>
    change(
      calls,
      ({ answer }) => answer.headers.get("x-should-retry") === "false" && answer.status >= 500,
      ({ answer }) => ({ answer: { ...answer, headers: new Map([...answer.headers].filter(([name]) => name !== "x-should-retry")) } }),
    ),
  "row: none": (calls) =>
    change(
      calls,
      ({ asked }) => asked.length > 0,
      () => ({ rows: [] }),
    ),
  "row: more than one": (calls) =>
    change(
      calls,
      ({ asked }) => asked.length > 0,
      ({ rows }) => ({ rows: [...rows, ...rows] }),
    ),
  "row: ": (calls) =>
    change(
      calls,
      ({ asked }) => asked.length > 1,
      ({ rows }) => ({ rows: rows.map((row) => ({ ...row, attempts: row.attempts.slice(1) })) }),
    ),
  "money: a wrong price": (calls) =>
    change(
      calls,
      ({ asked, rows }) => asked.length > 0 && rows.length > 0,
      ({ rows }) => ({
        rows: rows.map((row) => ({ ...row, attempts: row.attempts.map((each) => ({ ...each, costMicroUsd: each.costMicroUsd + 1 })) })),
      }),
    ),
  "money: other tokens than the upstream's": (calls) =>
    change(
      calls,
      ({ rows }) => rows[0]?.attempts[0]?.outcome === "finished" && rows[0].attempts[0].model !== "extractive",
      ({ asked }) => ({ asked: asked.map((each) => ({ ...each, inputTokens: each.inputTokens + 1 })) }),
    ),
  "money: the sum is another": (calls) =>
    change(
      calls,
      ({ asked }) => asked.length > 0,
      ({ rows }) => ({ rows: rows.map((row) => ({ ...row, costMicroUsd: row.costMicroUsd + 1 })) }),
    ),
  "place: personal data left": (calls) =>
    change(
      calls,
      ({ asked, personal }) => personal && asked.length > 0,
      ({ asked }) => ({ asked: asked.map((each) => ({ ...each, model: "third" })) }),
    ),
  "repeats:": (calls) => calls.map((call) => (call.asked.length === 1 ? { ...call, asked: [...call.asked, ...call.asked] } : call)),
  "breaker:": (calls) => {
    // A call that failed at its first target, five more times at the same moment.
    const at = calls.findIndex(({ burst, hurried, rows }) => !burst && !hurried && rows[0]?.attempts[0]?.code === "target_failed");
    const call = calls[at];
    return call === undefined ? [...calls] : [...calls.slice(0, at), ...Array.from({ length: 5 }, () => call), ...calls.slice(at + 1)];
  },
};

/** The first call that is of the kind, changed. */
function change(calls: readonly Seen[], isSo: (call: Seen) => boolean, how: (call: Seen) => Partial<Seen>): Seen[] {
  const at = calls.findIndex(isSo);
  return calls.map((call, index) => (index === at ? { ...call, ...how(call) } : call));
}

test("planted: each violation is caught by its name", () => {
  for (const [name, plant] of Object.entries(PLANTED)) {
    const found = wrongsOf(plant(seen), RULES);
    assert.ok(
      found.some((wrong) => wrong.startsWith(name)),
      `${name}: ${found.slice(0, 3).join("; ")}`,
    );
  }
  console.log(`# fault schedules: ${Object.keys(PLANTED).length} of ${Object.keys(PLANTED).length} planted violations caught`);
});
