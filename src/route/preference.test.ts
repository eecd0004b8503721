import assert from "node:assert/strict";
import { test } from "bun:test";
import { testChat } from "../domain/testing.ts";
import type { Preference } from "../domain/chat.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { createRouter } from "./plan.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const own: Target = {
  ...EXTRACTIVE,
  model: "own",
  provider: "local",
  kind: "openai",
  capabilities: { tools: true, jsonSchema: true, images: true, manyChoices: true },
};
const priced = (model: string, provider: string, price: number | undefined, more: Partial<Target> = {}): Target => ({
  ...own,
  model,
  provider,
  trust: "external",
  price: price === undefined ? undefined : { inputPerMTok: price, outputPerMTok: 5 * price },
  ...more,
});
const sonnet = priced("sonnet", "claude", 3, { dataCollection: "deny" });
const haiku = priced("haiku", "claude", 1, { dataCollection: "zero-retention" });
const gpt = priced("gpt", "openai", 2);
const odd = priced("odd", "elsewhere", undefined);
const ALL = [own, sonnet, haiku, gpt, odd];

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
const whoOf = (tenant = {}, key = {}) =>
  ({ tenant: { id: "ten_a", ...tenant }, key: { id: "key_a", ...key } }) as unknown as TenantPrincipal;
const NOTHING: Preference = {
  order: [],
  only: undefined,
  ignore: [],
  fallback: true,
  keeps: "anything",
  sort: undefined,
  inputPerMTokMax: undefined,
  outputPerMTokMax: undefined,
  externalOnly: false,
};
const rule = { when: undefined, use: ALL.map(({ model }) => model), trust: undefined };
const router = createRouter({
  targets: new Map(ALL.map((target) => [target.model, target])),
  extractive: EXTRACTIVE,
  routes: { auto: [rule], inside: [{ ...rule, trust: "private" }] },
  fallback: true,
  ...testParts(),
});
const plan = (prefer: Partial<Preference> | undefined, model = "auto", who = whoOf()) =>
  router.plan({
    chat: testChat({ model, prefer: prefer && { ...NOTHING, ...prefer } }),
    who,
    inputBytes: 400,
    passages: 0,
    budgeted: false,
    content: { personal: false, mode: "mask", unread: undefined },
  });
const names = (prefer: Partial<Preference>, model?: string) => plan(prefer, model).targets.map((target) => target.model);

test("what the caller leaves out falls by the caller's word, and the rest stays as it is", () => {
  assert.deepEqual(names({ only: ["claude"] }), ["sonnet", "haiku"]);
  assert.deepEqual(names({ only: ["gpt", "local"] }), ["own", "gpt"]);
  assert.deepEqual(names({ ignore: ["local", "haiku"] }), ["sonnet", "gpt", "odd"]);
  assert.deepEqual(names({ externalOnly: true }), ["sonnet", "haiku", "gpt"]);
  assert.deepEqual(names({ keeps: "no-learning" }), ["own", "sonnet", "haiku"]);
  assert.deepEqual(names({ keeps: "nothing" }), ["own", "haiku"]);
  assert.deepEqual(names({ inputPerMTokMax: 2 }), ["own", "haiku", "gpt"]);
  assert.deepEqual(names({ outputPerMTokMax: 9.99 }), ["own", "haiku"]);
  assert.deepEqual(names({ outputPerMTokMax: 10 }), ["own", "haiku", "gpt"]);
  assert.equal(plan({ only: ["claude"] }).candidates.find(({ target }) => target.model === "own")?.fell, "caller");
});

test("the caller's order and sort go before the rule's, and one attempt is all where it wants no fallback", () => {
  assert.deepEqual(names({ order: ["gpt", "claude"] }), ["gpt", "sonnet", "haiku"]);
  assert.deepEqual(names({ order: ["gpt"], fallback: false }), ["gpt"]);
  assert.deepEqual(names({ sort: "price", ignore: ["local"] }), ["haiku", "gpt", "sonnet"]);
  assert.deepEqual(names({ fallback: false }), ["own"]);
});

test("a name that is neither a provider nor a model is an error, also that of a model that the key may not use", () => {
  for (const prefer of [{ only: ["claud"] }, { ignore: ["local", "nowhere"] }, { order: ["constructor"] }])
    assert.throws(() => plan(prefer), { code: "body_invalid" });
  assert.throws(() => plan({ ignore: ["local", "nowhere"] }), /provider\.ignore\[1\]/);
  assert.throws(() => plan({ only: ["gpt"] }, "auto", whoOf({}, { models: ["own"] })), { code: "body_invalid" });
  assert.throws(() => plan({ only: ["gpt"] }, "inside"), /gpt \(trust\)/);
});

test("nothing that a caller can ask for makes a target eligible that was not", () => {
  const random = createSeededRandom(7);
  const some = <T>(list: readonly T[]): T[] => list.filter(() => random() < 0.3);
  const words = ["local", "claude", "openai", "elsewhere", "own", "sonnet", "haiku", "gpt", "odd"];
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  let [planned, widened] = [0, 0];
  for (let at = 0; at < 2000; at++) {
    const only = some(words);
    const prefer: Preference = {
      order: some(words),
      only: random() < 0.5 || only.length === 0 ? undefined : only,
      ignore: some(words),
      fallback: random() < 0.5,
      keeps: pick(["anything", "no-learning", "nothing"] as const) ?? "anything",
      sort: pick(["price", "latency", "throughput", undefined] as const),
      inputPerMTokMax: random() < 0.3 ? 4 * random() : undefined,
      outputPerMTokMax: random() < 0.3 ? 20 * random() : undefined,
      externalOnly: random() < 0.2,
    };
    const [model, who] = [
      pick(["auto", "inside"]) ?? "auto",
      pick([whoOf(), whoOf({ region: "mars" }), whoOf({ models: ["own", "gpt", ...words] })]) ?? whoOf(),
    ];
    const eligible = new Set(
      safely(() => plan(undefined, model, who).candidates.filter(({ fell }) => fell === undefined)).map(({ target }) => target),
    );
    const targets = safely(() => plan(prefer, model, who).targets);
    planned += targets.length;
    assert.ok(targets.every((target) => eligible.has(target)));
    // Planted: the same wish, taken to lift the region and the rule's trust.
    if (!safely(() => plan(prefer).targets).every((target) => eligible.has(target))) widened++;
    assert.ok(new Set(targets).size === targets.length);
  }
  console.log(`# 2000 preferences, ${planned} targets planned, 0 that the route would not have; ${widened} planted ones seen`);
  assert.ok(widened > 50);
  assert.ok(planned > 500);
});

function safely<T>(make: () => readonly T[]): readonly T[] {
  try {
    return make();
  } catch {
    return [];
  }
}
