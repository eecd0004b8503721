import assert from "node:assert/strict";
import { test } from "bun:test";
import { POLICY_BODIES } from "../contract/policy.ts";
import { listIssues } from "./body-issues.ts";

const routes = (...rules: unknown[]) => ({ routes: { auto: rules } });
const told = (value: unknown, kind: keyof typeof POLICY_BODIES = "routes") =>
  listIssues(value, POLICY_BODIES[kind]).map(({ path, message }) => `${path.join("/")}: ${message}`);

test("everything that is wrong with a body is told at its place, with the nearest known name", () => {
  const cases: readonly (readonly [unknown, readonly string[]])[] = [
    [routes({ use: ["m"] }), []],
    [
      routes({ us: ["m"], wen: "tools" }, { use: ["m"], trust: "privat", explore: 3 }),
      [
        "routes/auto/0/use: is missing; expected array.",
        'routes/auto/0/us: is not known here. Did you mean "use"?',
        'routes/auto/0/wen: is not known here. Did you mean "when"?',
        'routes/auto/1/trust: expected one of "private" | "external". Did you mean "private"?',
        "routes/auto/1/explore: expected number to be at most 0.5.",
      ],
    ],
    [{}, ["routes: is missing; expected record."]],
    ["auto", [": expected object, received string."]],
  ];
  for (const [value, expected] of cases) assert.deepEqual(told(value), expected, JSON.stringify(value));
  assert.match(told(routes({ use: ["m"], gate: { kind: "jugde" } }))[0] ?? "", /^routes\/auto\/0\/gate\/kind: /);
  assert.match(told({ routes: { "bad name": [{ use: ["m"] }] } })[0] ?? "", /^routes\/bad name: expected a name of letters/);
  assert.deepEqual(told({ rpm: 0, budgetUSD: 5 }, "tenant"), [
    "rpm: expected number to be at least 1.",
    'budgetUSD: is not known here. Did you mean "budgetUsd"?',
  ]);
  console.log(`# ${cases.length + 3} bodies`);
});
