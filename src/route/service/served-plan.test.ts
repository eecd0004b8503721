import assert from "node:assert/strict";
import { test } from "bun:test";
import type { RuleConfig } from "../../config/index.ts";
import type { ChatCall } from "../../domain/chat.ts";
import type { TenantPrincipal } from "../../domain/principal.ts";
import type { ServiceLevel } from "../../domain/service-level.ts";
import type { Plan, Target } from "../../domain/target.ts";
import { testChat } from "../../domain/testing.ts";
import { Fault } from "../../kernel/fault.ts";
import { createRouter, type Router } from "../plan.ts";
import { EXTRACTIVE } from "../targets.ts";
import { testParts } from "../testing.ts";
import { createServedPlan } from "./served-plan.ts";

const big: Target = { ...EXTRACTIVE, model: "big", kind: "openai" };
type Wanted = Parameters<Router["plan"]>[0];
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these fields are read
const wanted = (model: string) => ({ chat: testChat({ model }) }) as unknown as Wanted;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
const WHO = { tenant: { id: "ten_a", slug: "acme" }, key: { id: "key_a", role: "member" } } as unknown as TenantPrincipal;

function run(level: ServiceLevel, model: string, targets: readonly Target[]) {
  const asked: Wanted[] = [];
  const plan = (given: Wanted): Plan => {
    asked.push(given);
    return { targets, candidates: [], policyHash: "" };
  };
  const served = createServedPlan({ level: () => level, reduced: ["small", "tiny"], isRoute: (name) => name === "auto" }, { plan });
  const { service, targets: planned } = served.plan(wanted(model));
  return { service, targets: planned.map((target) => target.model), ahead: asked[0]?.ahead?.map((each) => each.model) };
}

test("full service plans as ever, and so does a call that names its model, at every level", () => {
  assert.deepEqual(run("full", "auto", [big]), { service: undefined, targets: ["big"], ahead: undefined });
  assert.deepEqual(run("emergency", "big", [big, EXTRACTIVE]), { service: undefined, targets: ["big", "extractive"], ahead: undefined });
});

test("reduced puts the smaller models first, and the call says so", () => {
  assert.deepEqual(run("reduced", "auto", [big, EXTRACTIVE]), {
    service: "reduced",
    targets: ["big", "extractive"],
    ahead: ["small", "tiny"],
  });
});

test("below full service no answer is judged and no call copied", () => {
  const plan = (): Plan => ({ targets: [big], candidates: [], policyHash: "", gate: { kind: "form" }, shadow: "other" });
  const at = (level: ServiceLevel) => {
    const { gate, shadow } = createServedPlan({ level: () => level, reduced: [], isRoute: () => true }, { plan }).plan(wanted("auto"));
    return [gate?.kind, shadow];
  };
  assert.deepEqual(
    [at("full"), at("reduced"), at("emergency")],
    [
      ["form", "other"],
      [undefined, undefined],
      [undefined, undefined],
    ],
  );
});

test("in an emergency the documents answer where they are asked, and the smaller models where not", () => {
  assert.deepEqual(run("emergency", "auto", [big, EXTRACTIVE]).targets, ["extractive"]);
  assert.deepEqual(run("emergency", "auto", [big]).targets, ["big"]);
});

const haiku: Target = { ...big, model: "haiku", provider: "claude", trust: "external" };

/** Where a call of route `auto` with this rule goes at a level that puts `haiku` first; undefined: nowhere. */
function goes(level: ServiceLevel, rule: Partial<RuleConfig>, chat: Partial<ChatCall> = {}): readonly string[] | undefined {
  const router = createRouter({
    targets: new Map([big, haiku].map((target) => [target.model, target])),
    extractive: EXTRACTIVE,
    routes: { auto: [{ when: undefined, use: ["big"], trust: undefined, ...rule }] },
    fallback: true,
    ...testParts(),
  });
  const served = createServedPlan({ level: () => level, reduced: ["haiku"], isRoute: () => true }, router);
  const asked = { ...wanted("auto"), chat: testChat({ model: "auto", ...chat }), who: WHO, inputBytes: 10, passages: 0, budgeted: false };
  try {
    return served.plan(asked).targets.map(({ model }) => model);
  } catch (error) {
    assert.equal(Fault.from(error).code, "no_target");
    return undefined;
  }
}

test("less than full service opens no way that is shut at full service", () => {
  const rag = { enabled: true, collection: "handbook", topK: 8 };
  const cases = [
    ["no rule takes it", { when: "tools" }, {}, undefined],
    ["its rule has no model", { use: [] }, {}, undefined],
    ["its rule has the documents alone", { use: [] }, { rag }, ["extractive"]],
    ["its rule's models are private", { use: ["big"] }, {}, ["big"]],
    ["its rule keeps it in", { use: ["big", "haiku"], trust: "private" }, {}, ["big"]],
  ] as const;
  for (const [which, rule, chat, expected] of cases)
    for (const level of ["full", "reduced", "emergency"] as const)
      assert.deepEqual(goes(level, rule, chat), expected, `${which} at ${level}`);
  console.log(`# service: ${String(cases.length)} calls at each level`);
  assert.deepEqual(goes("full", { use: ["big", "haiku"] }), ["big", "haiku"]);
  assert.deepEqual(goes("reduced", { use: ["big", "haiku"] }), ["haiku", "big"], "where it may, it goes first");
});
