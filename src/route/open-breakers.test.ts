import assert from "node:assert/strict";
import { test } from "bun:test";
import type { EmbeddingWish } from "../domain/embedding.ts";
import type { Standing } from "../domain/guard-policy.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { HealthView } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";
import { testChat } from "../domain/testing.ts";
import { Fault } from "../kernel/fault.ts";
import { createRouter } from "./plan.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const capabilities = { tools: true, jsonSchema: true, images: true, manyChoices: true };
const own: Target = { ...EXTRACTIVE, model: "own", provider: "local", upstream: "own", kind: "openai", capabilities };
const api: Target = { ...own, model: "api", provider: "cloud", upstream: "api", trust: "external" };
const vectors: Target = { ...own, model: "v1", upstream: "bge", capabilities: { ...capabilities, embeddings: true } };
const others: Target = { ...vectors, model: "v2", provider: "cloud", upstream: "other" };
const replica: Target = { ...vectors, model: "v3", provider: "second" };
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
const who = { tenant: {}, key: {} } as unknown as TenantPrincipal;
const personal: Standing = { personal: true, mode: "private-only", unread: undefined };

const viewOf = (open: Readonly<Record<string, number>>): HealthView => ({
  of: ({ model }) => ({
    state: open[model] === undefined ? "closed" : "open",
    opensInMs: open[model],
    inFlight: 0,
    latencyMs: undefined,
    queueDepth: undefined,
  }),
});
const unused = (): never => {
  throw new Error("no rule has a condition here");
};
const noConditions = {
  read: unused,
  dice: unused,
  signals: {
    complexity: unused,
    complexityRank: unused,
    expectedOutputTokens: unused,
    language: unused,
    requestsToday: unused,
    routingThreshold: 0,
    nowMs: unused,
  },
};
const router = (open: Readonly<Record<string, number>>, fallback = true) =>
  createRouter({
    targets: new Map([own, api, vectors, others, replica].map((target) => [target.model, target])),
    extractive: EXTRACTIVE,
    routes: {
      auto: [{ when: undefined, use: ["own", "api"], trust: undefined }],
      vectors: [{ when: undefined, use: ["v1", "v2", "v3"], trust: undefined }],
    },
    fallback,
    health: viewOf(open),
    ...noConditions,
  });
const rag = { enabled: true, collection: "handbook", topK: 8 };
const plan = (open: Readonly<Record<string, number>>, change = {}, content?: Standing, fallback = true) =>
  router(open, fallback).plan({ chat: testChat({ model: "auto", ...change }), who, inputBytes: 40, passages: 0, budgeted: false, content });
const planVectors = (open: Readonly<Record<string, number>>, fallback = true) => {
  const wish: EmbeddingWish = { model: "vectors", inputs: ["x"], dimensions: undefined, endUser: undefined, inputBytes: 1 };
  return router(open, fallback).planEmbedding({ wish, who, budgeted: false });
};
const names = ({ targets }: { readonly targets: readonly Target[] }) => targets.map(({ model }) => model);
const faultOf = (run: () => unknown): Fault => {
  try {
    run();
  } catch (error) {
    return Fault.from(error);
  }
  throw new Error("it was not refused");
};

test("a target with an open breaker is left out and says so; the next one takes its place", () => {
  const { targets, candidates } = plan({ own: 5000 });
  assert.deepEqual(names({ targets }), ["api"]);
  assert.deepEqual(
    candidates.map(({ fell }) => fell),
    ["breaker-open", undefined, "no-passages"],
  );
});

test("all open: what the documents say where they are asked, else 503 with the time until the first of them", () => {
  assert.deepEqual(names(plan({ own: 5000, api: 9000 }, { rag })), ["extractive"]);
  const fault = faultOf(() => plan({ own: 9000, api: 5000 }));
  assert.deepEqual([fault.code, fault.status, fault.detail.retryAfterMs], ["no_target", 503, 5000]);
  assert.match(fault.message, /own, api/);
  assert.equal(faultOf(() => plan({ own: 1, api: 1 })).detail.retryAfterMs, 1000);
});

test("personal data does not leave because what may see it is down: that is an outage, not a refusal for good", () => {
  const fault = faultOf(() => plan({ own: 5000 }, {}, personal));
  assert.deepEqual([fault.code, fault.detail.retryAfterMs], ["no_target", 5000]);
  assert.equal(
    faultOf(() =>
      router({}).plan({ chat: testChat({ model: "api" }), who, inputBytes: 1, passages: 0, budgeted: false, content: personal }),
    ).code,
    "personal_data_blocked",
  );
});

test("without fallback an open breaker makes no other model the first", () => {
  assert.equal(faultOf(() => plan({ own: 5000 }, {}, undefined, false)).code, "no_target");
  assert.deepEqual(names(plan({ own: 5000 }, { rag }, undefined, false)), ["extractive"]);
  assert.deepEqual(names(plan({ api: 5000 }, {}, undefined, false)), ["own"]);
  assert.equal(faultOf(() => planVectors({ v1: 5000 }, false)).code, "no_target");
});

test("vectors come from another replica of the same model while one is away, and never from another model", () => {
  assert.deepEqual(names(planVectors({})), ["v1", "v3"]);
  assert.deepEqual(names(planVectors({ v1: 5000 })), ["v3"]);
  const fault = faultOf(() => planVectors({ v1: 5000, v3: 7000 }));
  assert.deepEqual([fault.code, fault.detail.retryAfterMs], ["no_target", 5000]);
});

test("a plan reads each target's health once, whatever it asks it for, so that it decides by one state of things", () => {
  const models = ["a", "b", "c", "d", "e", "f"].map((model): Target => ({ ...own, model }));
  const strategies = ["priority", "least-busy", "latency", "weighted", "cheapest"] as const;
  for (const strategy of strategies) {
    const reads = new Map<string, number>();
    const of: HealthView["of"] = ({ model }) => {
      reads.set(model, (reads.get(model) ?? 0) + 1);
      return { state: "closed", inFlight: 0, latencyMs: 10, queueDepth: undefined };
    };
    const reading = createRouter({
      targets: new Map(models.map((each) => [each.model, each])),
      extractive: EXTRACTIVE,
      routes: { auto: [{ when: 'healthy("a") && inFlight("b") == 0', use: models.map(({ model }) => model), trust: undefined, strategy }] },
      fallback: true,
      health: { of },
      ...testParts(),
    });
    const asked = { chat: testChat({ model: "auto" }), who, inputBytes: 400, passages: 0, budgeted: false };
    assert.equal(reading.plan(asked).targets.length, 3);
    assert.deepEqual([...reads.values()], [1, 1, 1, 1, 1, 1], strategy);
    reading.plan(asked);
    assert.equal(reads.get("a"), 2, "the next plan reads anew");
  }
  console.log(`# health: ${strategies.length} strategies, each of 6 targets read once a plan`);
});
