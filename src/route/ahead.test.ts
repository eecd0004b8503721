import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Preference } from "../domain/chat.ts";
import type { Candidate, Target } from "../domain/target.ts";
import { putFirst, withAhead } from "./ahead.ts";
import { EXTRACTIVE } from "./targets.ts";

const named = (model: string, change: Partial<Target> = {}): Target => ({ ...EXTRACTIVE, kind: "openai", model, ...change });
const [one, two, three, fresh] = [named("one"), named("two"), named("three"), named("fresh")];
const last = EXTRACTIVE;
const vectors = named("vectors", { capabilities: { ...one.capabilities, embeddings: true } });
const TARGETS = new Map([one, two, three, fresh, vectors].map((target) => [target.model, target]));
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
const names = (targets: readonly Target[]): string[] => targets.map(({ model }) => model);
const eligible = (targets: readonly Target[]): Candidate[] => targets.map((target) => ({ target, fell: undefined }));

test("what stands ahead comes first, once, and what only asks is set aside; what is unknown or makes embeddings is neither", () => {
  const told = (...ahead: Parameters<typeof withAhead>[1] & object) => {
    const { listed, first, aside } = withAhead([one, two], ahead, TARGETS);
    return [names(listed), names(first), names(aside)];
  };
  assert.deepEqual(told(), [["one", "two"], [], []]);
  assert.deepEqual(told({ model: "fresh", use: true }), [["fresh", "one", "two"], ["fresh"], []]);
  assert.deepEqual(told({ model: "two", use: true }), [["two", "one"], ["two"], []]);
  assert.deepEqual(told({ model: "fresh", use: false }), [["one", "two"], [], ["fresh"]]);
  assert.deepEqual(told({ model: "two", use: false }), [["one", "two"], [], []], "it is the rule's own anyway");
  assert.deepEqual(told({ model: "fresh", use: false }, { model: "three", use: true }), [["three", "one", "two"], ["three"], ["fresh"]]);
  assert.deepEqual(told({ model: "gone", use: true }, { model: "vectors", use: true }), [["one", "two"], [], []]);
});

test("nothing stands before no model, and what keeps calls in is external only beside an external one", () => {
  const outside = named("outside", { trust: "external" });
  const all = new Map([...TARGETS, ["outside", outside]]);
  const inside = (own: readonly Target[], ...ahead: Parameters<typeof withAhead>[1] & object) => names(withAhead(own, ahead, all).listed);
  for (const use of [true, false]) {
    const { listed, first, aside } = withAhead([], [{ model: "fresh", use }], TARGETS);
    assert.deepEqual([listed, first, aside], [[], [], []]);
  }
  const kept = { model: "outside", use: true, keepsIn: true } as const;
  assert.deepEqual(inside([one], kept, { model: "fresh", use: true, keepsIn: true }), ["fresh", "one"]);
  assert.deepEqual(inside([one, { ...two, trust: "external" }], kept), ["outside", "one", "two"]);
  // What a rollout names goes before them all the same.
  assert.deepEqual(inside([one], { model: "outside", use: true }), ["outside", "one"]);
});

test("it is asked first where it is eligible, within the limit of attempts, and the last resort stays the last", () => {
  const plan = { targets: [one, two, last], chance: 0.25 };
  const all = eligible([fresh, one, two, last]);
  assert.deepEqual(names(putFirst(plan, [fresh], all, { fallback: true }).targets), ["fresh", "one", "extractive"]);
  assert.equal(putFirst(plan, [fresh], all, { fallback: true }).chance, 1);
  assert.deepEqual(names(putFirst({ targets: [one, last], chance: 1 }, [fresh], all, { fallback: false }).targets), [
    "fresh",
    "extractive",
  ]);
  const barred = [...eligible([one, two, last]), { target: fresh, fell: "trust" } as const];
  assert.deepEqual(putFirst(plan, [fresh], barred, { fallback: true }), plan);
});

test("a caller who wants no fallback has one attempt, and the model that it names first is asked first", () => {
  const plan = { targets: [one], chance: 1 };
  const all = eligible([fresh, one, two]);
  const asked = (change: Partial<Preference>) =>
    names(putFirst(plan, [fresh], all, { fallback: true, prefer: { ...NO_WISH, ...change } }).targets);
  assert.deepEqual(asked({ fallback: false }), ["fresh"]);
  assert.deepEqual(asked({ fallback: false, order: ["one"] }), ["one"]);
  assert.deepEqual(asked({ order: ["one"] }), ["one", "fresh"]);
  assert.deepEqual(asked({}), ["fresh", "one"]);
});
