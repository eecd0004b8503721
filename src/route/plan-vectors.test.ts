import assert from "node:assert/strict";
import { test } from "bun:test";
import type { EmbeddingWish } from "../domain/embedding.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import type { Fault } from "../kernel/fault.ts";
import { createRouter } from "./plan.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const base: Target = { ...EXTRACTIVE, kind: "openai", capabilities: { ...EXTRACTIVE.capabilities, embeddings: true } };
const near: Target = { ...base, model: "near", provider: "near", upstream: "bge-m3", contextTokens: 512 };
const far: Target = { ...base, model: "far", provider: "far", upstream: "bge-m3", trust: "external", region: "us", price: undefined };
const other: Target = { ...base, model: "other", provider: "far", upstream: "ada", trust: "external" };
const talker: Target = { ...base, model: "talker", provider: "near", upstream: "llama", capabilities: EXTRACTIVE.capabilities };

const ROUTES = {
  auto: [{ when: undefined, use: ["talker"], trust: undefined }],
  all: [{ when: undefined, use: ["talker", "near", "other", "far"], trust: undefined }],
  inside: [{ when: undefined, use: ["far", "near"], trust: "private" as const }],
};
const router = (fallback = true) =>
  createRouter({
    targets: new Map([near, far, other, talker].map((target) => [target.model, target])),
    extractive: EXTRACTIVE,
    routes: ROUTES,
    fallback,
    ...testParts(),
  });
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
const who = (tenant = {}, key = {}) => ({ tenant, key }) as unknown as TenantPrincipal;
const wish = (model: string, inputs: EmbeddingWish["inputs"] = ["words"]): EmbeddingWish => ({
  model,
  inputs,
  dimensions: undefined,
  endUser: undefined,
  inputBytes: 5,
});
const plan = (model: string, by = who(), more: { inputs?: EmbeddingWish["inputs"]; budgeted?: boolean; fallback?: boolean } = {}) =>
  router(more.fallback).planEmbedding({ wish: wish(model, more.inputs), who: by, budgeted: more.budgeted ?? false });
const tokens = (length: number) => Array.from({ length }, () => 1);
const names = (planned: ReturnType<typeof plan>) => planned.targets.map((target) => target.model);
const fell = (planned: ReturnType<typeof plan>) => Object.fromEntries(planned.candidates.map((each) => [each.target.model, each.fell]));

test("a call for vectors moves on only to where the same upstream model is served", () => {
  const planned = plan("all");
  assert.deepEqual(names(planned), ["near", "far"]);
  assert.deepEqual(fell(planned), { talker: "capability-embeddings", near: undefined, other: "other-vectors", far: undefined });
  assert.deepEqual(names(plan("all", who(), { fallback: false })), ["near"]);
});

test("trust, region, lists and price bar a target for vectors as they do for chats", () => {
  assert.deepEqual(fell(plan("inside")), { far: "trust", near: undefined });
  assert.deepEqual(names(plan("all", who({ region: "us" }))), ["far"]);
  assert.deepEqual(names(plan("all", who({ models: ["other"] }))), ["other"]);
  assert.equal(fell(plan("all", who(), { budgeted: true }))["far"], "price-unknown");
  assert.throws(() => plan("near", who({ models: ["far"] })), { code: "model_unknown" });
  assert.throws(() => plan("near", who({}, { models: ["far"] })), { code: "model_unknown" });
});

test("an input as long as the context is eligible, and one past it is not", () => {
  assert.deepEqual(names(plan("near", who(), { inputs: ["x".repeat(4 * 512), tokens(512)] })), ["near"]);
  for (const long of ["x".repeat(4 * 512 + 1), tokens(513)])
    assert.throws(() => plan("near", who(), { inputs: ["x", long] }), { code: "context_too_long" });
});

test("each kind of model refuses the other kind's calls, and says where to go", () => {
  assert.throws(() => plan("talker"), { code: "body_invalid" });
  assert.throws(() => plan("extractive"), { code: "body_invalid" });
  assert.throws(() => plan("auto"), { code: "body_invalid" });
  const chat = { model: "near", messages: [], tools: [], sampling: {}, maxOutputTokens: 1, maxOutputAsked: true };
  assert.throws(
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
    () => router().plan({ chat: chat as never, who: who(), inputBytes: 1, passages: 3, budgeted: false }),
    (fault: Fault) => fault.code === "body_invalid" && fault.message.includes("/v1/embeddings"),
  );
});
