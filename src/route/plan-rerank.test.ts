import assert from "node:assert/strict";
import { test } from "bun:test";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import type { Fault } from "../kernel/fault.ts";
import { createRouter } from "./plan.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const base: Target = { ...EXTRACTIVE, kind: "openai", capabilities: { ...EXTRACTIVE.capabilities, ranks: true } };
const near: Target = { ...base, model: "near", provider: "near", upstream: "bge-reranker", contextTokens: 512 };
const far: Target = { ...base, model: "far", provider: "far", upstream: "rerank-4", trust: "external", region: "us", price: undefined };
const talker: Target = { ...base, model: "talker", provider: "near", upstream: "llama", capabilities: EXTRACTIVE.capabilities };
const rule = (use: readonly string[], more: object = {}) => [{ when: undefined, use, trust: undefined, ...more }];
const router = (fallback = true) =>
  createRouter({
    targets: new Map([near, far, talker].map((target) => [target.model, target])),
    extractive: EXTRACTIVE,
    routes: { auto: rule(["talker"]), all: rule(["talker", "near", "far"]), inside: rule(["far", "near"], { trust: "private" }) },
    fallback,
    ...testParts(),
  });
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
const who = (tenant = {}, key = {}) => ({ tenant, key }) as unknown as TenantPrincipal;
type More = { query?: string; budgeted?: boolean; fallback?: boolean; trust?: "private"; personal?: boolean };
const plan = (model: string, by = who(), { query = "q", budgeted = false, fallback, trust, personal = false }: More = {}) =>
  router(fallback).planRerank({
    wish: { model, inputs: [query, "a", "b"], inputBytes: 9 },
    who: by,
    budgeted,
    trust,
    content: { personal, mode: "private-only", unread: undefined },
  });
const names = (planned: ReturnType<typeof plan>) => planned.targets.map((target) => target.model);
const fell = (planned: ReturnType<typeof plan>) => Object.fromEntries(planned.candidates.map((each) => [each.target.model, each.fell]));

test("a call for a ranking may move on to another model, and to none that only chats", () => {
  assert.deepEqual(names(plan("all")), ["near", "far"]);
  assert.deepEqual(fell(plan("all")), { talker: "capability-rerank", near: undefined, far: undefined });
  assert.deepEqual(names(plan("all", who(), { fallback: false })), ["near"]);
});

test("trust, region, lists, price and what was found bar a target for rankings as they do for chats", () => {
  assert.deepEqual(fell(plan("inside")), { far: "trust", near: undefined });
  assert.deepEqual(names(plan("all", who({ region: "us" }))), ["far"]);
  assert.equal(fell(plan("all", who(), { budgeted: true }))["far"], "price-unknown");
  assert.equal(fell(plan("all", who(), { personal: true }))["far"], "personal-data");
  assert.equal(fell(plan("all", who(), { trust: "private" }))["far"], "trust");
  assert.throws(() => plan("far", who(), { trust: "private" }), { code: "no_target" });
  assert.throws(() => plan("near", who({ models: ["far"] })), { code: "model_unknown" });
  console.log("# rerank: 6 reasons that keep a call from a model");
});

test("a query that fills the model's context is refused before it leaves; long documents are not", () => {
  const query = "x".repeat(4 * 512 + 4);
  assert.throws(
    () => plan("near", who(), { query }),
    (fault: Fault) => fault.code === "context_too_long" && fault.detail.param === "query",
  );
  assert.deepEqual(names(plan("all", who(), { query })), ["far"]);
});

test("a model that ranks does not chat, and one that chats does not rank: each says where to go", () => {
  assert.throws(
    () => plan("talker"),
    (fault: Fault) => fault.code === "body_invalid" && fault.message.includes("kind rerank"),
  );
  const chat = { model: "near", messages: [], tools: [], responseFormat: undefined, sampling: {}, maxOutputTokens: 1 };
  assert.throws(
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- refused by its model alone
    () => router().plan({ chat: chat as never, who: who(), budgeted: false, inputBytes: 1, passages: 0 }),
    (fault: Fault) => fault.code === "body_invalid" && fault.message.includes("/v1/rerank"),
  );
});
