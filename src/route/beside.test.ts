import { test } from "bun:test";
import assert from "node:assert/strict";
import type { RuleConfig } from "../config/index.ts";
import type { ChatCall } from "../domain/chat.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { HealthView } from "../domain/target-health.ts";
import type { Plan, Target } from "../domain/target.ts";
import { testChat } from "../domain/testing.ts";
import { createRouter, type Router } from "./plan.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const target = (model: string, change: Partial<Target> = {}): Target => ({
  ...EXTRACTIVE,
  model,
  provider: "p",
  kind: "openai",
  capabilities: { tools: true, jsonSchema: true, images: true, manyChoices: true },
  ...change,
});
const SMALL = target("small");
const LARGE = target("large");
const FAR = target("far", { trust: "external", region: "us" });
const rule = (change: Partial<RuleConfig>): RuleConfig => ({ when: undefined, use: ["small", "large"], trust: undefined, ...change });

const who = (tenant: Partial<TenantPrincipal["tenant"]> = {}): TenantPrincipal =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these fields are read
  ({
    kind: "tenant",
    role: "member",
    tenant: { id: "ten_1", slug: "acme", ...tenant },
    key: { id: "key_1" },
  }) as unknown as TenantPrincipal;

function router(rules: readonly RuleConfig[], dice = 0.5, health?: HealthView): Router {
  const targets = new Map([SMALL, LARGE, FAR].map((each) => [each.model, each]));
  return createRouter({
    targets,
    extractive: EXTRACTIVE,
    routes: { auto: rules },
    fallback: true,
    health,
    ...testParts(),
    dice: () => dice,
  });
}
type Wanted = Parameters<Router["plan"]>[0];
const wanted = (chat: Partial<ChatCall> = {}, change: Partial<Wanted> = {}): Wanted => ({
  chat: testChat({ model: "auto", ...chat }),
  who: who(),
  inputBytes: 40,
  passages: 0,
  budgeted: false,
  content: { personal: false, mode: "off", unread: undefined },
  ...change,
});

test("a cascade keeps its order as written, with its gate; a caller that wants another order has none", () => {
  const cascade = router([rule({ strategy: "cascade", gate: { kind: "form" } })]);
  const plan = cascade.plan(wanted());
  assert.deepEqual([plan.targets.map(({ model }) => model), plan.gate, plan.chance], [["small", "large"], { kind: "form" }, 1]);
  const none = {
    order: [],
    only: undefined,
    ignore: [],
    fallback: true,
    keeps: "anything",
    sort: undefined,
    inputPerMTokMax: undefined,
    outputPerMTokMax: undefined,
    externalOnly: false,
  } as const;
  assert.equal(cascade.plan(wanted({ prefer: { ...none, order: ["large"] } })).gate, undefined);
  assert.equal(cascade.plan(wanted({ prefer: { ...none, sort: "price" } })).gate, undefined);
  assert.deepEqual(cascade.plan(wanted({ prefer: none })).gate, { kind: "form" });
  assert.equal(router([rule({})]).plan(wanted()).gate, undefined);
});

test("a shadow is planned for its share of calls, by the dice", () => {
  const shadow = { model: "far", share: 0.25 };
  const at = (dice: number) => router([rule({ shadow })], dice).plan(wanted()).shadow;
  assert.deepEqual([at(0), at(0.249), at(0.25), at(0.99)], ["far", "far", undefined, undefined]);
  assert.equal(router([rule({})], 0).plan(wanted()).shadow, undefined);
});

test("what is asked beside a call passes the call's own check, and whatever is wrong it is not asked", () => {
  const open: HealthView = { of: () => ({ state: "open", inFlight: 0, latencyMs: undefined, queueDepth: undefined }) };
  const free: Pick<Plan, "trust" | "pii"> = {};
  const found = (change: Partial<Wanted> = {}, narrowed = free, chat: Partial<ChatCall> = {}, health?: HealthView): string | undefined =>
    router([rule({})], 0.5, health).beside("far", wanted(chat, change), narrowed)?.model;
  const personal = (mode: "mask" | "private-only" | "block") => ({ content: { personal: true, mode, unread: undefined } }) as const;
  assert.equal(found(), "far");
  assert.equal(found(personal("mask")), "far", "it leaves masked");
  const barred: Readonly<Record<string, string | undefined>> = {
    "the rule keeps calls in": found({}, { trust: "private" }),
    "personal data stays": found(personal("private-only")),
    "personal data stays by the rule": found(personal("mask"), { pii: "private-only" }),
    "personal data goes nowhere": found(personal("block")),
    "nobody could read it": found({ content: { personal: false, mode: "off", unread: "mask" } }),
    region: found({ who: who({ region: "eu" }) }),
    "the tenant's list": found({ who: who({ models: ["small"] }) }),
    "the caller's own wish": found({}, free, {
      prefer: {
        order: [],
        only: undefined,
        ignore: ["far"],
        fallback: true,
        keeps: "anything",
        sort: undefined,
        inputPerMTokMax: undefined,
        outputPerMTokMax: undefined,
        externalOnly: false,
      },
    }),
    "an open breaker": found({}, free, {}, open),
    "no such model": router([rule({})]).beside("none", wanted(), free)?.model,
  };
  for (const [why, model] of Object.entries(barred)) assert.equal(model, undefined, why);
  console.log(`# beside: ${Object.keys(barred).length} ways to be barred`);
});
