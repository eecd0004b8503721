import assert from "node:assert/strict";
import { test } from "bun:test";
import { readCondition } from "../config/index.ts";
import type { ChatCall } from "../domain/chat.ts";
import { testChat } from "../domain/testing.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { TargetHealth } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";
import { createRouter, type RouterOptions } from "./plan.ts";
import type { SignalSources } from "./signals.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const own: Target = {
  ...EXTRACTIVE,
  model: "own",
  provider: "local",
  kind: "openai",
  capabilities: { tools: true, jsonSchema: true, images: true, manyChoices: true },
};
const small: Target = { ...own, model: "small" };
const api: Target = { ...own, model: "api", provider: "claude", trust: "external", price: { inputPerMTok: 3, outputPerMTok: 15 } };

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
const who = { tenant: { id: "ten_a", slug: "acme" }, key: { id: "key_a", role: "member" } } as unknown as TenantPrincipal;

type Change = Partial<Omit<RouterOptions, "signals">> & { readonly signals?: Partial<SignalSources> };
const router = ({ signals, ...change }: Change) =>
  createRouter({
    targets: new Map([own, small, api].map((target) => [target.model, target])),
    extractive: EXTRACTIVE,
    routes: {},
    fallback: true,
    ...testParts(signals),
    ...change,
  });
const wanted = (change: Partial<ChatCall> = {}, more = {}) => ({
  chat: testChat({ model: "auto", ...change }),
  who,
  inputBytes: 400,
  passages: 0,
  budgeted: false,
  content: { personal: false, mode: "mask" as const, unread: undefined },
  ...more,
});
const names = (targets: readonly Target[]) => targets.map(({ model }) => model);
const rule = (when: string | undefined, use: readonly string[], more = {}) => ({ when, use, trust: undefined, ...more });
const ROUTE = {
  auto: [
    rule("pii.found", ["own"], { trust: "private" }),
    rule("complexity > 0.8", ["api", "own"]),
    rule("complexity < 0.3", ["small"]),
    rule(undefined, ["own"]),
  ],
};

test("the first rule whose condition holds takes the call, and the plan says which and by what", () => {
  const at = (complexity: number, personal = false) =>
    router({ routes: ROUTE, signals: { complexity: () => complexity } }).plan(
      wanted({}, { content: { personal, mode: "mask", unread: undefined } }),
    );
  assert.deepEqual(names(at(0.9).targets), ["api", "own"]);
  assert.deepEqual(at(0.9).rule, { route: "auto", at: 1 });
  assert.deepEqual(at(0.9).signals, { "pii.found": false, complexity: 0.9 });
  assert.deepEqual(names(at(0.8).targets), ["own"]);
  assert.deepEqual(names(at(0.2).targets), ["small"]);
  assert.deepEqual(names(at(0.3).targets), ["own"]);
  assert.deepEqual(at(0.9, true).signals, { "pii.found": true });
  assert.deepEqual(names(at(0.9, true).targets), ["own"]);
  assert.equal(router({ routes: ROUTE }).plan(wanted({ model: "own" })).rule, undefined);
});

test("each signal is found out once, and only where a rule asks", () => {
  const asked: string[] = [];
  const signals: Partial<SignalSources> = {
    complexity: () => (asked.push("complexity"), 0.5),
    complexityRank: () => (asked.push("rank"), 0.5),
    language: () => (asked.push("language"), "en"),
    requestsToday: () => (asked.push("today"), 1),
  };
  const routes = {
    auto: [rule("complexity > 0.9", ["api"]), rule("complexity > 0.8 || complexityRank > 0.9", ["api"]), rule(undefined, ["own"])],
  };
  router({ routes, signals }).plan(wanted());
  assert.deepEqual(asked, ["complexity", "rank"]);
  asked.length = 0;
  router({ routes: { auto: [rule(undefined, ["own"])] }, signals }).plan(wanted());
  assert.deepEqual(asked, []);
});

test("a condition that fails at a call fails closed: what keeps calls in applies, anything else does not, and it is told", () => {
  const told: string[] = [];
  const conditionFailed = (route: string, at: number): void => void told.push(`${route} ${at}`);
  const signals: Partial<SignalSources> = {
    complexity: () => {
      throw new Error("no scorer");
    },
  };
  const planned = (...rules: ReturnType<typeof rule>[]) => {
    const plan = router({ routes: { auto: [...rules, rule(undefined, ["api"])] }, signals, conditionFailed }).plan(wanted());
    return names(plan.targets);
  };
  assert.deepEqual(planned(rule("complexity > 0.8", ["own"])), ["api"]);
  assert.deepEqual(planned(rule("complexity > 0.8", ["own", "api"], { trust: "private" })), ["own"]);
  assert.deepEqual(planned(rule("complexity > 0.8", ["small"], { pii: "mask" })), ["small"]);
  assert.deepEqual(planned(rule("complexity > 0.8", ["small"], { pii: "detect" })), ["api"]);
  assert.deepEqual(planned(rule("complexity >", ["small"], { trust: "private" })), ["small"]);
  assert.deepEqual(planned(rule('healthy("gone")', ["small"])), ["api"]);
  assert.deepEqual(told, ["auto 0", "auto 0", "auto 0", "auto 0", "auto 0", "auto 0"]);
});

test("a reader that took what cannot be told for false would let out what must stay, and would be seen", () => {
  const read: RouterOptions["read"] = (when) => {
    const condition = readCondition(when);
    if (!condition.ok) return condition;
    const holds: typeof condition.holds = (signals) => {
      try {
        return condition.holds(signals);
      } catch {
        return false;
      }
    };
    return { ...condition, holds };
  };
  const routes = { auto: [rule("1 / (hour - hour) > 0", ["own"], { trust: "private" }), rule(undefined, ["api"])] };
  const planned = (options: Change) => names(router({ routes, ...options }).plan(wanted()).targets);
  assert.deepEqual([planned({}), planned({ read })], [["own"], ["api"]]);
});

test("where nobody has looked for personal data, a rule on it that narrows applies", () => {
  const plan = router({ routes: ROUTE }).plan(wanted({}, { content: undefined }));
  assert.deepEqual(names(plan.targets), ["own"]);
  assert.equal(plan.rule?.at, 0);
  const content = { personal: false, mode: "off", unread: undefined, looked: false } as const;
  assert.equal(router({ routes: ROUTE }).plan(wanted({}, { content })).rule?.at, 0);
});

test("the signals say what the call is", () => {
  const facts: Record<string, unknown> = {
    inputTokens: 100,
    outputTokens: 100,
    tools: true,
    schema: true,
    images: true,
    stream: true,
    rag: true,
    team: '""',
    feature: '"search"',
    budgetLeft: 0.125,
    hour: 13,
    weekday: '"mon"',
    "tenant.slug": '"acme"',
    "key.role": '"member"',
    "pii.types": '["EMAIL", "IBAN"]',
  };
  const chat: Partial<ChatCall> = {
    messages: [{ role: "user", content: [{ type: "image", url: "data:," }] }],
    tools: [{ name: "look" }],
    responseFormat: { type: "json-object" },
    stream: true,
    rag: { enabled: true, collection: "c", topK: 1 },
  };
  for (const [name, value] of Object.entries(facts)) {
    const routes = { auto: [rule(`${name} == ${String(value)}`, ["own"]), rule(undefined, ["api"])] };
    const plan = router({ routes }).plan(wanted(chat, { feature: "search", budgetLeft: 0.125, findingTypes: () => ["EMAIL", "IBAN"] }));
    assert.equal(plan.rule?.at, 0, name);
  }
  console.log(`# ${Object.keys(facts).length} signals of a call`);
});

test("health, queues and calls under way are those of the model that the condition names", () => {
  const of = (change: Partial<TargetHealth>): TargetHealth => ({
    state: "closed",
    inFlight: 0,
    latencyMs: undefined,
    queueDepth: undefined,
    ...change,
  });
  const health = { of: (target: Target) => (target.model === "own" ? of({ queueDepth: 9, inFlight: 3, state: "half-open" }) : of({})) };
  const plan = (when: string) => router({ routes: { auto: [rule(when, ["small"]), rule(undefined, ["api"])] }, health }).plan(wanted());
  assert.deepEqual(names(plan('queueDepth("own") > 8').targets), ["small"]);
  assert.deepEqual(names(plan('queueDepth("api") > 8').targets), ["api"]);
  assert.deepEqual(plan('inFlight("own") > 2 && !healthy("own") && healthy("api")').signals, {
    "inFlight(own)": 3,
    "healthy(own)": false,
    "healthy(api)": true,
  });
});

test("eligible targets come in the order of the rule's strategy, with the chance of the first", () => {
  const draws = [0.9, 0.1];
  const routes = { auto: [rule(undefined, ["own", "small"], { strategy: "weighted", weights: { own: 3, small: 1 } })] };
  const plans = draws.map((draw) => router({ routes, dice: () => draw }).plan(wanted()));
  assert.deepEqual(
    plans.map(({ targets, chance }) => [targets[0]?.model, chance]),
    [
      ["small", 0.25],
      ["own", 0.75],
    ],
  );
  const cheap = router({ routes: { auto: [rule(undefined, ["api", "own"], { strategy: "cheapest" })] } }).plan(wanted());
  assert.deepEqual(names(cheap.targets), ["own", "api"]);
  const kept = router({ routes: { auto: [rule(undefined, ["api", "own"], { strategy: "cheapest", trust: "private" })] } }).plan(wanted());
  assert.deepEqual(names(kept.targets), ["own"]);
});

test("one conversation stays at one target as it grows, and conversations spread", () => {
  const routes = { auto: [rule(undefined, ["own", "small"], { strategy: "sticky" })] };
  const sticky = router({ routes });
  const first = (...said: string[]) =>
    sticky.plan(
      wanted({ messages: said.map((content, at) => (at % 2 === 0 ? { role: "user", content } : { role: "assistant", content })) }),
    ).targets[0]?.model;
  const met = new Set<string>();
  for (let at = 0; at < 50; at++) {
    met.add(first(`question ${at}`) ?? "");
    assert.equal(first(`question ${at}`), first(`question ${at}`, "answer", "and then?"));
  }
  assert.deepEqual(met, new Set(["own", "small"]));
});

test("the reasoning tells of every rule, also of those after the one that took the call, and of a refusal", () => {
  const reasoned = router({ routes: ROUTE, signals: { complexity: () => 0.9 } }).explain(wanted());
  assert.deepEqual(
    reasoned.rules.map(({ outcome }) => outcome),
    ["fails", "holds", "fails", "always"],
  );
  assert.equal(reasoned.took, 1);
  assert.deepEqual(names(reasoned.plan?.targets ?? []), ["api", "own"]);
  const refused = router({ routes: { auto: [rule(undefined, ["api"], { trust: "private" })] } }).explain(wanted());
  assert.equal(refused.plan, undefined);
  assert.equal(refused.candidates[0]?.fell, "trust");
  assert.match(String(refused.fault), /api \(trust\)/);
});
