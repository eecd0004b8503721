import assert from "node:assert/strict";
import { test } from "bun:test";
import { findRouteProblem, listRouteProblems, type RulesToCheck } from "./route-check.ts";
import { listRouteWarnings, type KnownModel } from "./route-warnings.ts";
import { loadIn } from "./testing.ts";

const config = await loadIn({
  yaml: `
providers: { up: { kind: openai, baseUrl: "http://127.0.0.1:9/v1", trust: private } }
models: { own: { provider: up, upstream: a }, small: { provider: up, upstream: b } }
routes: { auto: [{ use: [own] }], quick: [{ use: [small] }] }
`,
});
const at = (path: readonly (string | number)[]): string => path.join("/");

test("every problem of every rule is told with its place, not only the first", () => {
  const rules: RulesToCheck = {
    auto: [
      { when: "tools && complxity > 0.8", use: ["own"] },
      undefined,
      { use: ["onw", "quick"], strategy: "cascade", shadow: { model: "smal", share: 0.1 } },
    ],
    own: [{ use: ["own"], when: 'queueDepth("smal") > 2', gate: { kind: "judge", model: "nobody", min: 0.5 } }],
  };
  const found = listRouteProblems(config, rules);
  assert.deepEqual(
    found.map(({ path, offset }) => [at(path), offset]),
    [
      ["routes/auto/0/when", 9],
      ["routes/auto/2/shadow/model", undefined],
      ["routes/auto/2/gate", undefined],
      ["routes/auto/2/use/0", undefined],
      ["routes/auto/2/use/1", undefined],
      ["routes/own", undefined],
      ["routes/own/0/gate/model", undefined],
      ["routes/own/0/when", 11],
    ],
  );
  const told = found.map(({ message }) => message).join("\n");
  for (const near of ["complexity", "small", "own"]) assert.ok(told.includes(`Did you mean "${near}"?`), near);
  assert.ok(told.includes('"quick" is a route. A rule uses models.'));
  console.log(`# ${found.length} problems in two routes`);
});

test("whatever is listed is refused, and what is not listed is taken", () => {
  const cases: readonly (readonly [Parameters<typeof findRouteProblem>[1], string | undefined])[] = [
    [{ auto: [{ use: ["own", "extractive"] }], fresh: [{ use: ["small"], when: "tools" }] }, undefined],
    [{ auto: [{ use: ["own"] }, { use: ["own", "gone"] }] }, "routes.auto[1].use[1]"],
    [{ extractive: [{ use: ["own"] }] }, "routes.extractive"],
  ];
  for (const [routes, param] of cases) {
    assert.equal(findRouteProblem(config, routes)?.param, param);
    assert.equal(listRouteProblems(config, routes).length > 0, param !== undefined);
  }
});

const model = (name: string, more: Partial<KnownModel> = {}): KnownModel => ({
  name,
  provider: "p",
  trust: "private",
  region: undefined,
  priced: true,
  chats: true,
  ...more,
});
const MODELS = [
  model("own"),
  model("away", { trust: "external" }),
  model("unpriced", { trust: "external", priced: false }),
  model("vectors", { chats: false }),
];

test("what a rule does and probably should not is a warning at its place, and a rule that means it has none", () => {
  const warned: readonly (readonly [RulesToCheck[string][number], string, RegExp])[] = [
    [{ use: ["own", "unpriced"] }, "use/1", /no known price/],
    [{ use: ["vectors"] }, "use/0", /does not chat/],
    [{ use: ["away"], trust: "private" }, "use/0", /never takes part/],
    [{ use: ["own"], weights: { onw: 2 }, strategy: "weighted" }, "weights/onw", /Did you mean "own"/],
    [{ use: ["own"], weights: { own: 2 } }, "weights", /does nothing without strategy: weighted or sticky/],
    [{ use: ["own"], sticky: "prefix" }, "sticky", /does nothing/],
    [{ use: ["own"], gate: { kind: "form" } }, "gate", /does nothing/],
    [{ use: ["own"], gate: { kind: "form" }, strategy: "cascade" }, "use", /nobody to ask next/],
    [{ use: ["own", "away"], when: "pii.found" }, "when", /personal data to away/],
    [{ use: ["away"], when: '"IBAN" in pii.types', pii: "detect" }, "when", /personal data/],
  ];
  for (const [rule, where, message] of warned) {
    const found = listRouteWarnings(MODELS, { auto: [rule] });
    assert.deepEqual(
      found.map(({ path }) => at(path)),
      [`routes/auto/0/${where}`],
      JSON.stringify(rule),
    );
    assert.match(found[0]?.message ?? "", message);
  }
  const meant: readonly RulesToCheck[string][number][] = [
    { use: ["own", "away"] },
    { use: ["own"], when: "pii.found" },
    { use: ["away"], when: "!pii.found && tools" },
    { use: ["away"], when: "pii.found", pii: "mask" },
    { use: ["own", "away"], strategy: "weighted", weights: { own: 3 } },
  ];
  for (const rule of meant) assert.deepEqual(listRouteWarnings(MODELS, { auto: [rule] }), [], JSON.stringify(rule));
  console.log(`# ${warned.length} rules with a warning, ${meant.length} without`);
});

test("every rule after one that takes every call is never reached, and one after a condition is", () => {
  const found = listRouteWarnings(MODELS, {
    auto: [{ use: ["own"], when: "tools" }, { use: ["own"] }, { use: ["away"], when: "rag" }, { use: ["own"] }],
    other: [{ use: ["own"], when: "tools" }, { use: ["own"] }],
  });
  assert.deepEqual(
    found.map(({ path, message }) => [at(path), message]),
    [
      ["routes/auto/2", "is never reached: rule 2 of this route takes every call."],
      ["routes/auto/3", "is never reached: rule 2 of this route takes every call."],
    ],
  );
});
