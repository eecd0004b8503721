import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ChatCall } from "../domain/chat.ts";
import type { Standing } from "../domain/guard-policy.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { createRouter, type RouterOptions } from "./plan.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const own: Target = {
  ...EXTRACTIVE,
  model: "own",
  provider: "local",
  kind: "openai",
  capabilities: { tools: true, jsonSchema: true, images: false, manyChoices: true },
  contextTokens: 8192,
};
const api: Target = {
  ...own,
  model: "api",
  provider: "claude",
  kind: "anthropic",
  trust: "external",
  region: "us",
  contextTokens: undefined,
  price: { inputPerMTok: 3, outputPerMTok: 15 },
  capabilities: { tools: true, jsonSchema: true, images: true, manyChoices: false },
};
const third: Target = { ...api, model: "third", price: undefined };

function router(change: Partial<RouterOptions> = {}) {
  return createRouter({
    targets: new Map([own, api, third].map((target) => [target.model, target])),
    extractive: EXTRACTIVE,
    routes: { auto: [{ when: undefined, use: ["own", "api", "third"], trust: undefined }] },
    fallback: true,
    ...testParts(),
    ...change,
  });
}
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
const who = (tenant = {}, key = {}) => ({ tenant, key }) as unknown as TenantPrincipal;
const chat = (change: Partial<ChatCall> = {}) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  ({ model: "auto", messages: [], tools: [], sampling: {}, maxOutputTokens: 100, maxOutputAsked: true, ...change }) as unknown as ChatCall;
const wanted = (change: Partial<ChatCall> = {}, by = who(), more = {}) => ({
  chat: chat(change),
  who: by,
  inputBytes: 400,
  passages: 0,
  budgeted: false,
  ...more,
});
const names = (targets: readonly Target[]) => targets.map((target) => target.model);
const fell = (plan: ReturnType<ReturnType<typeof router>["plan"]>) =>
  Object.fromEntries(plan.candidates.map((each) => [each.target.model, each.fell]));
const rag = { enabled: true, collection: "handbook", topK: 8 };

test("eligible targets come in the order of the rule, and every candidate says why it fell", () => {
  const plan = router().plan(wanted({}, who({ region: "us" })));
  assert.deepEqual(names(plan.targets), ["api", "third"]);
  assert.deepEqual(fell(plan), { own: "region", api: undefined, third: undefined, extractive: "no-passages" });
});

test("the extractive answer is the last resort of a call over documents, and keeps a place among three attempts", () => {
  assert.deepEqual(names(router().plan(wanted({ rag })).targets), ["own", "api", "extractive"]);
  assert.deepEqual(names(router().plan(wanted({ rag, model: "api" })).targets), ["api", "extractive"]);
  assert.deepEqual(names(router({ fallback: false }).plan(wanted({ rag })).targets), ["own", "extractive"]);
});

test("without documents there are at most three attempts, and one where fallback is off", () => {
  assert.equal(router().plan(wanted()).targets.length, 3);
  assert.deepEqual(names(router({ fallback: false }).plan(wanted()).targets), ["own"]);
});

test("a rule that narrows trust applies although its condition cannot be evaluated, and any other conditional rule does not", () => {
  const routes = {
    auto: [
      { when: "complexity > 0.8", use: ["api"], trust: undefined },
      { when: "pii.found", use: ["own", "api"], trust: "private" as const },
      { when: undefined, use: ["api"], trust: undefined },
    ],
  };
  const plan = router({ routes }).plan(wanted());
  assert.deepEqual(names(plan.targets), ["own"]);
  assert.equal(fell(plan)["api"], "trust");
});

test("capability, context and unknown price drop a target; the price only under a budget", () => {
  const images = [{ role: "user" as const, content: [{ type: "image" as const, url: "data:," }] }];
  assert.equal(fell(router().plan(wanted({ messages: images })))["own"], "capability-images");
  assert.equal(fell(router().plan(wanted({ sampling: { n: 2 } })))["api"], "capability-choices");
  assert.equal(fell(router().plan(wanted({}, who(), { budgeted: true })))["third"], "price-unknown");
  assert.equal(fell(router().plan(wanted()))["third"], undefined);
});

test("a prompt that just fits the context is eligible and one past it is not", () => {
  const room = (8192 - 100) * 4;
  assert.equal(fell(router().plan(wanted({}, who(), { inputBytes: room })))["own"], undefined);
  assert.equal(fell(router().plan(wanted({}, who(), { inputBytes: room + 1 })))["own"], "context");
  const unasked = { maxOutputAsked: false, maxOutputTokens: 4096 };
  assert.equal(fell(router().plan(wanted(unasked, who(), { inputBytes: (8192 - 16) * 4 })))["own"], undefined);
});

test("a model that the tenant or key may not use is the same as one that does not exist", () => {
  const refusal = (ask: Parameters<ReturnType<typeof router>["plan"]>[0]) => {
    try {
      router().plan(ask);
    } catch (error) {
      return Fault.from(error);
    }
    throw new assert.AssertionError({ message: "expected a refusal" });
  };
  const limited = refusal(wanted({ model: "api" }, who({ models: ["own"] })));
  const keyed = refusal(wanted({ model: "api" }, who({}, { models: ["own"] })));
  assert.equal(limited.code, "model_unknown");
  assert.equal(keyed.message, limited.message);
  assert.equal(refusal(wanted({ model: "nothing" })).message, limited.message.replace("api", "nothing"));
  assert.deepEqual(names(router().plan(wanted({}, who({ models: ["own"] }))).targets), ["own"]);
});

test("no eligible target is refused with each candidate's reason, and without any model it says how to get one", () => {
  assert.throws(() => router().plan(wanted({}, who({ region: "mars" }))), /own \(region\), api \(region\), third \(region\)/);
  const empty = router({ targets: new Map(), routes: { auto: [] } });
  assert.throws(() => empty.plan(wanted()), /ANTHROPIC_API_KEY/);
  assert.deepEqual(names(empty.plan(wanted({ rag })).targets), ["extractive"]);
});

const content = (change: Partial<Standing> = {}): Standing => ({ personal: false, mode: "mask", unread: undefined, ...change });

test("a rule on personal data takes the calls in which some was found, and the other rules take the rest", () => {
  const routes = {
    auto: [
      { when: "pii.found", use: ["own", "api"], trust: "private" as const },
      { when: "!pii.found", use: ["api"], trust: undefined },
    ],
  };
  const plan = (found: Standing) => names(router({ routes }).plan(wanted({}, who(), { content: found })).targets);
  assert.deepEqual(plan(content({ personal: true })), ["own"]);
  assert.deepEqual(plan(content()), ["api"]);
});

test("what holds personal data stays on own hardware where the policy or the rule says so, and says why the others fell", () => {
  const routes = (pii?: "mask" | "private-only" | "block") => ({
    auto: [{ when: undefined, use: ["own", "api"], trust: undefined, ...(pii && { pii }) }],
  });
  const plan = (found: Standing, pii?: "mask" | "private-only" | "block") =>
    router({ routes: routes(pii) }).plan(wanted({}, who(), { content: found }));
  assert.deepEqual(names(plan(content({ personal: true })).targets), ["own", "api"]);
  assert.equal(plan(content({ personal: true }), "mask").pii, "mask");
  for (const kept of [plan(content({ personal: true, mode: "private-only" })), plan(content({ personal: true }), "private-only")]) {
    assert.deepEqual(names(kept.targets), ["own"]);
    assert.equal(kept.candidates.find(({ target }) => target.model === "api")?.fell, "personal-data");
  }
  assert.deepEqual(names(plan(content({ mode: "private-only" }), "private-only").targets), ["own", "api"]);
  const unread = plan(content({ unread: "mask" }));
  assert.deepEqual(names(unread.targets), ["own"]);
  assert.equal(unread.candidates.find(({ target }) => target.model === "api")?.fell, "unreadable-content");
  assert.throws(() => plan(content({ personal: true }), "block"), { code: "personal_data_blocked" });
  assert.throws(() => plan(content({ personal: true, mode: "block" })), { code: "personal_data_blocked" });
});

test("personal data that may go nowhere is a refusal that a client does not repeat", () => {
  const routes = { auto: [{ when: undefined, use: ["api"], trust: undefined }] };
  const plan = () => router({ routes }).plan(wanted({}, who(), { content: content({ personal: true, mode: "private-only" }) }));
  assert.throws(
    plan,
    (fault: Fault) => fault.code === "personal_data_blocked" && fault.status === 400 && fault.message.includes("private"),
  );
});

test("what could not be read stays in where the policy or the rule would mask, and goes out where both let it", () => {
  const plan = (unread: "off" | "detect" | "mask", pii?: "mask" | "private-only") =>
    names(
      router({ routes: { auto: [{ when: undefined, use: ["own", "api"], trust: undefined, ...(pii && { pii }) }] } }).plan(
        wanted({}, who(), { content: content({ mode: "off", unread }) }),
      ).targets,
    );
  assert.deepEqual(plan("detect"), ["own", "api"]);
  assert.deepEqual(plan("mask"), ["own"]);
  assert.deepEqual(plan("off", "mask"), ["own"]);
  assert.deepEqual(plan("off", "private-only"), ["own"]);
});

test("a rule about personal data takes no call that nobody has looked at", () => {
  const notLooked: Standing = { personal: false, mode: "off", unread: undefined, looked: false };
  const by = (pii: "detect" | "mask" | "private-only" | "block") =>
    router({ routes: { auto: [{ when: undefined, use: ["own", "api"], trust: undefined, pii }] } });
  for (const pii of ["mask", "private-only", "block"] as const) {
    assert.throws(() => by(pii).plan(wanted({}, who(), { content: notLooked })), { code: "guard_failed" }, pii);
    // A planted fault: what was looked at and found empty goes, so it is the looking that counts.
    assert.deepEqual(names(by(pii).plan(wanted({}, who(), { content: { ...notLooked, looked: undefined } })).targets), ["own", "api"]);
  }
  assert.deepEqual(names(by("detect").plan(wanted({}, who(), { content: notLooked })).targets), ["own", "api"]);
});
