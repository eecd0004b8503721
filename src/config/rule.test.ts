import assert from "node:assert/strict";
import { test } from "bun:test";
import { findRouteProblem } from "./route-check.ts";
import { loadIn, problemsOf } from "./testing.ts";

const file = (rules: string, top = "") => `providers: { local: { kind: openai, baseUrl: "http://127.0.0.1:9/v1", trust: private } }
models: { own: { provider: local, upstream: own }, small: { provider: local, upstream: small } }
${top}routes:
  auto:
${rules}
    - { use: [own] }
`;
const problems = (rules: string) => problemsOf({ yaml: file(rules) });

test("what is wrong with a condition is told with the line and column of the word that is wrong, however it was written", async () => {
  const cases = [
    '    - { when: "tools && complxity > 0.8", use: [own] }',
    "    - { when: tools && complxity > 0.8, use: [own] }",
    "    - { when: 'team == ''a'' && complxity > 0.8', use: [own] }",
    '    - { when: "team == \\"a\\" && complxity > 0.8", use: [own] }',
    '    - { when: "team == \\u0022a\\x22 && complxity > 0.8", use: [own] }',
    "    - when: |\n        tools &&\n          complxity > 0.8\n      use: [own]",
  ];
  const told = (place: string) => [`weir.yaml:${place} routes.auto[0].when: there is no signal "complxity". Did you mean "complexity"?`];
  for (const rule of cases) {
    const before = file(rule).split("complxity")[0]?.split("\n") ?? [];
    assert.deepEqual(await problems(rule), told(`${before.length}:${(before.at(-1)?.length ?? 0) + 1}`));
  }
  const folded = "    - when: >\n        tools &&\n        complxity > 0.8\n      use: [own]";
  assert.deepEqual(await problems(folded), told("5:13"));
  console.log(`# ${cases.length + 1} ways to write a condition`);
});

test("a model that a condition names must exist, and the message says where it is named", async () => {
  assert.deepEqual(await problems("    - { when: 'tools && queueDepth(\"onw\") > 3', use: [own] }"), [
    'weir.yaml:5:36 routes.auto[0].when: there is no model "onw". Did you mean "own"?',
  ]);
  assert.deepEqual(await problems("    - { when: 'healthy(\"auto\")', use: [own] }"), [
    'weir.yaml:5:24 routes.auto[0].when: "auto" is a route. A rule uses models.',
  ]);
});

test("a rule's order is read as it is written, and what does nothing is said", async () => {
  const config = await loadIn({
    yaml: file("    - { when: tools, use: [own, small], strategy: weighted, weights: { own: 3 }, explore: 0.05, warm: 0.01 }"),
  });
  assert.deepEqual(config.routes["auto"]?.[0], {
    when: "tools",
    use: ["own", "small"],
    trust: undefined,
    strategy: "weighted",
    weights: { own: 3 },
    explore: 0.05,
    warm: 0.01,
  });
  assert.deepEqual(config.warnings, []);
  const idle = await loadIn({ yaml: file("    - { when: tools, use: [own], weights: { own: 3 }, sticky: prefix }") });
  assert.deepEqual(idle.warnings, [
    "weir.yaml:5:34 routes.auto[0].weights: does nothing without strategy: weighted or sticky.",
    "weir.yaml:5:55 routes.auto[0].sticky: does nothing without strategy: sticky.",
  ]);
  assert.deepEqual(await problems("    - { when: tools, use: [own], strategy: weighted, weights: { onw: 3 } }"), [
    'weir.yaml:5:65 routes.auto[0].weights.onw: the rule does not use "onw". Did you mean "own"?',
  ]);
  assert.deepEqual(await problems("    - { when: tools, use: [own], strategy: fastest }"), [
    "weir.yaml:5:44 routes.auto[0].strategy: expected one of priority, weighted, least-busy, latency, cheapest, sticky, cascade.",
  ]);
});

test("a rule after one that always applies is not reached, and one with any condition is", async () => {
  const config = await loadIn({ yaml: file('    - { when: "complexity > 0.8", use: [small], trust: private }') });
  assert.deepEqual(config.warnings, []);
  const never = await loadIn({ yaml: file("    - { use: [small] }") });
  assert.deepEqual(never.warnings, [
    "weir.yaml:6:7 routes.auto[1]: this rule and any after it are not reached: the one before it always applies.",
  ]);
});

test("settings that are no text can come from the environment, and a missing variable is an error", async () => {
  const yaml = file(
    "    - { when: requestsToday < routingThreshold, use: [small] }",
    "routingThreshold: env:ROUTING_THRESHOLD\nfallback: env:ENABLE_FALLBACK\n",
  );
  const config = await loadIn({ yaml, env: { ROUTING_THRESHOLD: "3000", ENABLE_FALLBACK: "no" } });
  assert.deepEqual([config.routingThreshold, config.fallback, config.warnings], [3000, false, []]);
  assert.deepEqual(await problemsOf({ yaml, env: { ROUTING_THRESHOLD: "many" } }), [
    "weir.yaml:3:19 routingThreshold: expected a whole number from 0 to 1000000000 (calls a day), got text.",
    "weir.yaml:4:11 fallback: expected true or false, got text.",
  ]);
});

test("rules of the admin API are checked alike, with the place in their body", async () => {
  const config = await loadIn({ yaml: file("    - { when: tools, use: [own] }") });
  assert.deepEqual(findRouteProblem(config, { auto: [{ use: ["own"] }, { when: "tools && complxity > 1", use: ["own"] }] }), {
    param: "routes.auto[1].when",
    say: 'routes.auto[1].when: character 10: there is no signal "complxity". Did you mean "complexity"?',
  });
  assert.equal(findRouteProblem(config, { auto: [{ when: 'healthy("gone")', use: ["own"] }] })?.param, "routes.auto[0].when");
  assert.equal(findRouteProblem(config, { auto: [{ when: 'healthy("own") && complexity > 0.5', use: ["own"] }] }), undefined);
});

test("a cascade needs a gate, a gate a cascade, and a judge must be a model that chats", async () => {
  assert.deepEqual(await problems("    - { when: tools, use: [small, own], strategy: cascade }"), [
    "weir.yaml:5:51 routes.auto[0].strategy: cascade needs a gate, by which an answer is judged: gate: { kind: form }, logprobs or judge.",
  ]);
  const judged = (model: string) =>
    `    - { when: tools, use: [small, own], strategy: cascade, gate: { kind: judge, min: 0.7, model: ${model} } }`;
  assert.deepEqual(await problems(judged("onw")), [
    'weir.yaml:5:98 routes.auto[0].gate.model: there is no model "onw". Did you mean "own"?',
  ]);
  assert.deepEqual(await problems(judged("extractive")), [
    "weir.yaml:5:98 routes.auto[0].gate.model: extractive is no model that can be asked.",
  ]);
  const good = await loadIn({ yaml: file(judged("own")) });
  assert.deepEqual([good.routes["auto"]?.[0]?.gate, good.warnings], [{ kind: "judge", min: 0.7, model: "own" }, []]);
  const idle = await loadIn({ yaml: file("    - { when: tools, use: [own], gate: { kind: form } }") });
  assert.deepEqual(idle.warnings, ["weir.yaml:5:34 routes.auto[0].gate: does nothing without strategy: cascade."]);
  const odd = await loadIn({ yaml: file("    - { when: tools, use: [own], strategy: cascade, gate: { kind: form }, warm: 0.1 }") });
  assert.deepEqual(odd.warnings, [
    "weir.yaml:5:27 routes.auto[0].use: a cascade of one model has nobody to ask next: its answer is always given.",
    "weir.yaml:5:75 routes.auto[0].warm: does nothing in a cascade, which begins with its first model.",
  ]);
  assert.equal(
    (await problems("    - { when: tools, use: [small, own], strategy: cascade, gate: { kind: logprobs, min: 0.1 } }")).length,
    1,
  );
  const approved = (gate?: { kind: "judge"; model: string; min: number }) =>
    findRouteProblem(good, { auto: [{ use: ["small", "own"], strategy: "cascade", ...(gate === undefined ? {} : { gate }) }] })?.param;
  assert.deepEqual(
    [approved(), approved({ kind: "judge", model: "onw", min: 0.5 }), approved({ kind: "judge", model: "own", min: 0.5 })],
    ["routes.auto[0].gate", "routes.auto[0].gate.model", undefined],
  );
});

test("who gets copies must be a model that chats, here and in what was approved", async () => {
  const copied = (model: string) => `    - { when: tools, use: [small], shadow: { model: ${model}, share: 0.05 } }`;
  const good = await loadIn({ yaml: file(copied("own")) });
  assert.deepEqual([good.routes["auto"]?.[0]?.shadow, good.warnings], [{ model: "own", share: 0.05 }, []]);
  assert.deepEqual(await problems(copied("onw")), [
    'weir.yaml:5:53 routes.auto[0].shadow.model: there is no model "onw". Did you mean "own"?',
  ]);
  assert.equal((await problems(copied("extractive"))).length, 1);
  assert.equal((await problems("    - { when: tools, use: [small], shadow: { model: own, share: 1.01 } }")).length, 1);
  const problem = findRouteProblem(good, { auto: [{ use: ["small"], shadow: { model: "onw", share: 0.1 } }] });
  assert.equal(problem?.param, "routes.auto[0].shadow.model");
});
