import { test } from "bun:test";
import assert from "node:assert/strict";
import { testPrincipal } from "../admit/testing.ts";
import type { Call, Preference } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { RolloutMark } from "../domain/rollout.ts";
import type { FellReason, Plan } from "../domain/target.ts";
import { testChat } from "../domain/testing.ts";
import { policyIds, promptIds, requestIds, rolloutIds, tenantIds } from "../kernel/ids.ts";
import { PLATFORM_CHAIN } from "../store/decisions.ts";
import type { RolloutRecord } from "../store/rollouts.ts";
import { createCallRollouts, createRolledPlan } from "./call-rollouts.ts";

const NOW = 1_800_000_000_000;
const PROMPT = promptIds.make(NOW);
const ROUTES = policyIds.make(NOW);
let made = 0;
const rollout = (change: Partial<RolloutRecord> = {}): RolloutRecord => ({
  id: rolloutIds.parse(`rol_${String(++made).padStart(26, "0")}`),
  ownerId: PLATFORM_CHAIN,
  tenantId: undefined,
  change: { kind: "model", model: "old", to: "new" },
  unit: "end-user",
  steps: [50, 100],
  step: 0,
  gates: { callsMin: 10, stepSeconds: 0, failuresAbove: 0.02, latencyRatio: 1.5, costRatio: 1.25, scoreBelow: 0.05 },
  state: "running",
  stepAtMs: 0,
  createdAtMs: 0,
  createdBy: "admin-key",
  ...change,
});
/** Everybody has it. */
const forAll = { steps: [100], step: 0 } as const;

function open(inForce: readonly RolloutRecord[]) {
  const counted: [RolloutMark, boolean][] = [];
  const calls = createCallRollouts({
    controller: { inForce, count: (mark, { failed }) => void counted.push([mark, failed]) },
    nowMs: () => NOW,
    promptOf: (version) => (version === PROMPT ? "New words." : undefined),
    hasRoutes: (version) => version === ROUTES,
  });
  return { calls, counted };
}
const who = testPrincipal();
const call = (endUser: string | undefined, change: Partial<Call> = {}): Call => ({
  requestId: requestIds.make(NOW),
  who: { ...who, tenant: { ...who.tenant, systemPrompt: "Old words." } },
  chat: testChat({ model: "old", endUser }),
  feature: undefined,
  startedAtMs: NOW,
  ...change,
});
const NO_WISH: Preference = {
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
const OTHER = tenantIds.make(NOW);
const USERS = Array.from({ length: 200 }, (_, at) => `user ${String(at)}`);

test("a call takes part in the oldest rollout that concerns it and is open, and in none where there is none", () => {
  const [model, prompt] = [rollout(), rollout({ change: { kind: "prompt", version: PROMPT }, tenantId: who.tenant.id })];
  const idOf = (rows: readonly RolloutRecord[], of = call("ann")) => open(rows).calls.enter(of).trial?.mark.id;
  assert.equal(idOf([]), undefined);
  assert.equal(idOf([model, prompt]), model.id);
  assert.equal(idOf([prompt, model]), prompt.id);
  assert.equal(idOf([model, prompt], call("ann", { chat: testChat({ model: "other" }) })), prompt.id);
  assert.equal(idOf([rollout({ state: "paused" })]) === undefined, false, "who is in stays in while it is paused");
  assert.equal(idOf([rollout({ state: "finished" })]), undefined);
  assert.equal(idOf([rollout({ stepAtMs: NOW + 1 })]), undefined, "its first share does not count yet");
  assert.equal(idOf([rollout({ tenantId: tenantIds.make(NOW) })]), undefined, "another tenant's");
  const prefer = { ...NO_WISH, order: ["old"] };
  assert.equal(idOf([model], call("ann", { chat: testChat({ model: "old", prefer }) })), undefined, "it says itself which is first");
  assert.equal(idOf([prompt], call("ann", { chat: testChat({ model: "old", prefer }) })), prompt.id);
  const unloaded = rollout({ change: { kind: "prompt", version: promptIds.make(NOW) } });
  assert.equal(idOf([unloaded]), undefined, "its version could not be loaded");
});

test("a share of the users gets the new prompt, each always the same, and the others keep theirs", () => {
  const { calls } = open([rollout({ change: { kind: "prompt", version: PROMPT } })]);
  const promptOf = (user: string) => calls.enter(call(user)).who.tenant.systemPrompt;
  const got = USERS.map(promptOf);
  assert.deepEqual(got, USERS.map(promptOf));
  const share = got.filter((prompt) => prompt === "New words.").length / got.length;
  assert.ok(share > 0.35 && share < 0.65, String(share));
  assert.ok(got.every((prompt) => prompt === "New words." || prompt === "Old words."));
});

test("what stays together is the end user, the key, or the conversation", () => {
  const variants = (unit: RolloutRecord["unit"], of: readonly Call[]): number => {
    const { calls } = open([rollout({ unit, id: rolloutIds.parse("rol_0000000000000000") })]);
    return new Set(of.map((each) => calls.enter(each).trial?.mark.variant)).size;
  };
  const users = USERS.map((user) => call(user));
  const talks = USERS.map((text) =>
    call("ann", { chat: testChat({ model: "old", endUser: "ann", messages: [{ role: "user", content: text }] }) }),
  );
  assert.deepEqual([variants("end-user", users), variants("principal", users), variants("conversation", talks)], [2, 1, 2]);
  assert.equal(variants("end-user", talks), 1);
  assert.equal(
    variants(
      "end-user",
      USERS.map(() => call(undefined)),
    ),
    1,
    "without an end user it is the key",
  );
});

const planWith = (fell: FellReason | undefined): Plan =>
  ({
    targets: [],
    candidates: [
      { target: { model: "old" }, fell: undefined },
      { target: { model: "new" }, fell },
    ],
    policyHash: "",
  }) as never;

test("where the candidate may not go the call takes no part; where its breaker is open it does", () => {
  const { calls } = open([rollout(forAll)]);
  const { trial } = calls.enter(call("ann"));
  assert.ok(trial !== undefined);
  assert.equal(calls.markOf(trial, planWith(undefined)), trial.mark);
  assert.equal(calls.markOf(trial, planWith("breaker-open")), trial.mark);
  for (const fell of ["personal-data", "trust", "region", "tenant-models", "context", "price-unknown", "caller"] as const)
    assert.equal(calls.markOf(trial, planWith(fell)), undefined, fell);
  for (const service of ["reduced", "emergency"] as const)
    assert.equal(calls.markOf(trial, { ...planWith(undefined), service }), undefined, "other models answer both variants");
});

test("a model that others have taken the place of for good goes on doing so, the tenant's own word before the platform's", () => {
  const done = (to: string, tenantId?: RolloutRecord["tenantId"]) =>
    rollout({ state: "finished", change: { kind: "model", model: "old", to }, tenantId });
  const ahead = (rows: readonly RolloutRecord[], of = call("ann")) => open(rows).calls.aheadOf(open(rows).calls.enter(of), of.chat.model);
  assert.deepEqual(ahead([]), []);
  assert.deepEqual(ahead([done("one"), done("two")]), [{ model: "two", use: true }]);
  assert.deepEqual(ahead([done("own", who.tenant.id), done("two")]), [{ model: "own", use: true }]);
  assert.deepEqual(ahead([done("one")], call("ann", { chat: testChat({ model: "other" }) })), []);
  assert.deepEqual(ahead([done("one"), rollout(forAll)]), [
    { model: "new", use: true },
    { model: "one", use: true },
  ]);
});

test("a call has failed where its first attempt did, where another answered for the candidate, and not where its caller left", () => {
  const one = rollout(forAll);
  const { calls, counted } = open([one]);
  const mark = (variant: RolloutMark["variant"]): RolloutMark => ({ id: one.id, variant, share: 100 });
  const ended = (variant: RolloutMark["variant"], outcome: CallEvent["outcome"], ...attempts: readonly (readonly [string, string])[]) => {
    calls.closed({
      rollout: mark(variant),
      outcome,
      attempts: attempts.map(([model, how]) => ({ model, outcome: how })),
      latencyMs: 1,
      costMicroUsd: 1,
    } as never);
    return counted.splice(0).map(([, failed]) => failed);
  };
  assert.deepEqual(ended("candidate", "finished", ["new", "finished"]), [false]);
  assert.deepEqual(ended("candidate", "finished", ["new", "failed"], ["old", "finished"]), [true]);
  assert.deepEqual(ended("candidate", "finished", ["old", "finished"]), [true], "it was not even asked");
  assert.deepEqual(ended("baseline", "finished", ["old", "finished"]), [false]);
  assert.deepEqual(ended("baseline", "finished", ["old", "failed"], ["new", "finished"]), [true]);
  assert.deepEqual(ended("candidate", "failed", ["new", "finished"]), [true], "a rule on answers refused it");
  assert.deepEqual(ended("candidate", "aborted", ["new", "aborted"]), []);
  calls.closed({ outcome: "finished", attempts: [] } as never);
  assert.equal(counted.length, 0, "it took no part");
});

test("a share of the calls is planned by the new routes, and what they refuse tells against them", () => {
  const { calls, counted } = open([rollout({ change: { kind: "policy", version: ROUTES }, steps: [50, 100] })]);
  const router = { plan: () => ({ ...planWith(undefined), policyHash: "old" }) };
  let refuses = false;
  const fresh = {
    plan() {
      if (refuses) throw new TypeError("no target");
      return { ...planWith(undefined), policyHash: "new" };
    },
  };
  let routers = 0;
  const plan = createRolledPlan({ calls, routesOf: () => ({}) }, router, () => {
    routers++;
    return fresh;
  });
  const wantedOf = (user: string) => calls.enter(call(user)) as never;
  const byUser = new Map(USERS.map((user) => [user, plan(wantedOf(user))]));
  for (const { policyHash, rollout: mark } of byUser.values()) assert.equal(policyHash, mark?.variant === "candidate" ? "new" : "old");
  assert.equal(new Set([...byUser.values()].map(({ policyHash }) => policyHash)).size, 2);
  assert.equal(routers, 1, "made once");
  refuses = true;
  const refused = USERS.filter((user) => {
    try {
      plan(wantedOf(user));
      return false;
    } catch {
      return true;
    }
  });
  assert.equal(counted.length, refused.length);
  assert.ok(counted.every(([{ variant }, failed]) => failed && variant === "candidate") && refused.length > 50);
});

test("a call looks through no other tenant's rollouts, and sees at once what the next look brings", () => {
  let read = 0;
  const others = Array.from({ length: 1000 }, () => ({
    ...rollout(),
    get tenantId() {
      read++;
      return OTHER;
    },
  }));
  const controller: { inForce: readonly RolloutRecord[]; count(): void } = { inForce: others, count: () => undefined };
  const calls = createCallRollouts({ controller, nowMs: () => NOW, promptOf: () => undefined, hasRoutes: () => false });
  const ids = () => [calls.enter(call("ann")).trial?.mark.id, calls.aheadOf(call("ann"), "old").length];
  assert.deepEqual(ids(), [undefined, 0]);
  const once = read;
  for (let time = 0; time < 100; time++) ids();
  assert.equal(read, once, "no call after the first reads them");
  const mine = rollout({ tenantId: who.tenant.id });
  controller.inForce = [...others, mine];
  assert.equal(ids()[0], mine.id);
  controller.inForce = others;
  assert.equal(ids()[0], undefined);
});
