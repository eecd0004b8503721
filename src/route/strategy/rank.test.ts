import assert from "node:assert/strict";
import { test } from "bun:test";
import { STRATEGIES, type Ranking } from "../../domain/ranking.ts";
import type { HealthView, TargetHealth } from "../../domain/target-health.ts";
import type { Target } from "../../domain/target.ts";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { EXTRACTIVE } from "../targets.ts";
import { rank } from "./rank.ts";

const target = (model: string, change: Partial<Target> = {}): Target => ({
  ...EXTRACTIVE,
  model,
  provider: `at-${model}`,
  kind: "openai",
  ...change,
});
const a = target("a", { price: { inputPerMTok: 3, outputPerMTok: 15 } });
const b = target("b", { price: { inputPerMTok: 0.5, outputPerMTok: 1 } });
const c = target("c", { price: undefined });
const d = target("d", { price: { inputPerMTok: 0, outputPerMTok: 0 } });
const ALL = [a, b, c, d];

const CALM: TargetHealth = { state: "closed", inFlight: 0, latencyMs: undefined, queueDepth: undefined };
const viewOf = (by: Readonly<Record<string, Partial<TargetHealth>>>): HealthView => ({ of: ({ model }) => ({ ...CALM, ...by[model] }) });
const calm = viewOf({});
const names = ({ targets }: { readonly targets: readonly Target[] }): string => targets.map(({ model }) => model).join("");
const run = (how: Ranking, view = calm, seed = 1, targets: readonly Target[] = ALL) => rank(targets, how, view, createSeededRandom(seed));

test("priority keeps the order, and nothing is left to chance", () => {
  assert.deepEqual([names(run({ strategy: "priority" })), run({ strategy: "priority" }).chance], ["abcd", 1]);
});

test("cheapest goes by price; one that is not known is not free", () => {
  assert.equal(names(run({ strategy: "cheapest" })), "dbac");
});

test("least busy counts calls here and calls that wait there, and goes by the providers' own word where all give one", () => {
  const busy = viewOf({ a: { inFlight: 4 }, b: { inFlight: 1, queueDepth: 9 }, c: { inFlight: 2, queueDepth: 1 }, d: { inFlight: 20 } });
  assert.equal(names(run({ strategy: "least-busy" }, busy)), "cabd");
  const told = viewOf({ a: { startsInMs: 900 }, b: { startsInMs: 0, inFlight: 50 }, c: { startsInMs: 400 }, d: { startsInMs: 100 } });
  assert.equal(names(run({ strategy: "least-busy" }, told)), "bdca");
  // Between two readings of the providers all may say that they are free: then the calls under way decide.
  const free = viewOf({
    a: { startsInMs: 0, inFlight: 3 },
    b: { startsInMs: 0, inFlight: 1 },
    c: { startsInMs: 0, inFlight: 2 },
    d: { startsInMs: 0, inFlight: 0 },
  });
  assert.equal(names(run({ strategy: "least-busy" }, free)), "dbca");
});

test("of two drawn the faster one is first; the slowest never is; who has many calls under way counts as slower", () => {
  const view = viewOf({ a: { latencyMs: 100 }, b: { latencyMs: 200 }, c: { latencyMs: 50, inFlight: 9 }, d: { latencyMs: 300 } });
  const firsts = new Map<string, number>();
  for (let seed = 0; seed < 6000; seed++) {
    const [first] = run({ strategy: "latency" }, view, seed).targets;
    firsts.set(first?.model ?? "", (firsts.get(first?.model ?? "") ?? 0) + 1);
  }
  assert.equal(firsts.get("c"), undefined);
  for (const [model, share] of [
    ["a", 3 / 6],
    ["b", 2 / 6],
    ["d", 1 / 6],
  ] as const)
    assert.ok(Math.abs((firsts.get(model) ?? 0) / 6000 - share) < 0.03, model);
});

test("a target that is not known yet counts as the fastest known, times its calls under way", () => {
  const view = viewOf({ a: { latencyMs: 100 }, b: { inFlight: 5 } });
  assert.equal(names(run({ strategy: "latency" }, view, 1, [a, b])), "ab");
  assert.equal(names(run({ strategy: "latency" }, viewOf({ a: { latencyMs: 100, inFlight: 1 } }), 1, [a, b])), "ba");
});

test("the same key meets the same target; when one leaves, only its keys move", () => {
  const how = (key: string): Ranking => ({ strategy: "sticky", stickyKey: key });
  const keys = Array.from({ length: 4000 }, (_, at) => `conversation ${at}`);
  const counts = new Map<string, number>();
  let moved = 0;
  for (const key of keys) {
    const first = run(how(key)).targets[0]?.model ?? "";
    counts.set(first, (counts.get(first) ?? 0) + 1);
    assert.equal(run(how(key), calm, 99, ALL.toReversed()).targets[0]?.model, first);
    const without = run(how(key), calm, 1, [a, b, d]).targets[0]?.model;
    if (first !== "c") assert.equal(without, first);
    else moved++;
  }
  for (const model of "abcd") assert.ok(Math.abs((counts.get(model) ?? 0) / keys.length - 0.25) < 0.03, model);
  assert.equal(moved, counts.get("c"));
  const heavy = keys.filter((key) => run({ ...how(key), weights: { a: 7, d: 0 } }).targets[0] === a).length;
  assert.ok(Math.abs(heavy / keys.length - 7 / 9) < 0.03);
  assert.equal(names(run({ strategy: "sticky" })), "abcd", "without a key the order stays");
});

test("a weight of nothing comes last, and broken weights are none", () => {
  for (let seed = 0; seed < 200; seed++) {
    const order = names(run({ strategy: "weighted", weights: { a: 0, b: Number.NaN, c: -1 } }, calm, seed));
    assert.equal(order, "dabc");
  }
});

test("slow outliers come last under every strategy, but never more than half of the targets", () => {
  const view = viewOf({ a: { ejected: true }, b: { ejected: true }, c: { ejected: true } });
  for (const strategy of STRATEGIES) {
    const order = names(run({ strategy, stickyKey: "k" }, view));
    assert.deepEqual(order.slice(2).split("").toSorted(), ["a", "b"], strategy);
  }
});

/** The first target's share over many throws against the chances told, by chi-square's terms. */
function wrongsOf(how: Ranking, view: HealthView, ranked: typeof rank): string[] {
  const dice = createSeededRandom(7);
  const throws = 8000;
  const seen = new Map<string, { count: number; chance: number }>();
  const wrongs: string[] = [];
  for (let time = 0; time < throws; time++) {
    const { targets, chance } = ranked(ALL, how, view, dice);
    if (new Set(targets).size !== ALL.length) wrongs.push("a target is missing or twice there");
    const first = targets[0]?.model ?? "";
    const known = seen.get(first) ?? { count: 0, chance };
    if (Math.abs(known.chance - chance) > 1e-9) wrongs.push("two chances for the same target");
    seen.set(first, { ...known, count: known.count + 1 });
  }
  let sum = 0;
  for (const { count, chance } of seen.values()) {
    sum += chance;
    if (Math.abs(count / throws - chance) > 4 * Math.sqrt((chance * (1 - chance)) / throws) + 1e-9)
      wrongs.push(`chance ${chance}, share ${count / throws}`);
  }
  if (sum > 1 + 1e-9) wrongs.push(`chances add up to ${sum}`);
  return [...new Set(wrongs)];
}

test("the chance told is the share with which a target comes first, under every strategy, exploring and keeping warm; a wrong one is caught", () => {
  const view = viewOf({
    a: { latencyMs: 100, inFlight: 1 },
    b: { latencyMs: 90, inFlight: 1 },
    c: { latencyMs: 500, inFlight: 3 },
    d: { ejected: true },
  });
  let cases = 0;
  for (const strategy of STRATEGIES)
    for (const { explore, warm } of [
      {},
      { explore: 0.2 },
      { warm: 0.1 },
      { explore: 0.2, warm: 0.1 },
      { explore: 1 },
      { explore: 0.7, warm: 0.9 },
    ] as Pick<Ranking, "explore" | "warm">[])
      for (const seen of [calm, view]) {
        const how: Ranking = { strategy, explore, warm, weights: { a: 5, b: 2, d: 0 }, stickyKey: "k" };
        assert.deepEqual(wrongsOf(how, seen, rank), [], JSON.stringify(how));
        cases++;
      }
  const lying: typeof rank = (...given) => ({ ...rank(...given), chance: 1 });
  assert.ok(wrongsOf({ strategy: "weighted" }, calm, lying).length > 0);
  assert.ok(wrongsOf({ strategy: "priority", warm: 0.1 }, calm, lying).length > 0);
  console.log(`# strategies: ${cases} cases of 8000 throws, every chance as told`);
});

test("one target, or none, is an order too", () => {
  for (const strategy of STRATEGIES) {
    assert.deepEqual(run({ strategy, explore: 0.5, warm: 0.5 }, calm, 1, [a]), { targets: [a], chance: 1 });
    assert.deepEqual(run({ strategy }, calm, 1, []).targets, []);
  }
});
