import { test } from "bun:test";
import assert from "node:assert/strict";
import { GUARD_DEFAULT, type GuardChange } from "../domain/guard-policy.ts";
import { isGuardLoosened } from "./guard-loosening.ts";
import { listLoosened } from "./loosening.ts";

type Settings = Parameters<typeof listLoosened>[0];
type Setting = ReturnType<typeof listLoosened>[number];

/** Rules for content, written down once more. */
const LAX_TO_STRICT = {
  pii: ["off", "detect", "mask", "private-only", "block"],
  canary: ["false", "true"],
  outputLinks: ["off", "detect", "defang", "block"],
};
const NO_LIMIT = 1_000_000;
/** A few values of each setting, the unset one among them. */
const VALUES: { readonly [S in Setting]: readonly Settings[S][] } = {
  tier: [undefined, "gold", "iron"],
  region: [undefined, "eu", "us"],
  contentPolicy: ["none", "scrubbed-sample", "scrubbed", "full"],
  models: [undefined, ["a"], ["a", "b"], ["b"], []],
  rpm: [undefined, 10, 50],
  tpm: [undefined, 10, 50],
  budgetUsd: [undefined, 0, 5],
  context: ["refuse", undefined, "trim"],
  guard: [undefined, { pii: "block" }, { pii: "off", canary: true }, { outputLinks: "off", linkHosts: ["a.example"] }],
};
const SETTINGS = Object.keys(VALUES) as Setting[];

/** What weir.yaml may say of the two tiers: nothing here knows, so a change loosens where it would under any of these. */
const TIERS = [undefined, 5, 20, 100].flatMap((gold) => [undefined, 5, 20, 100].map((iron) => ({ gold, iron })));

/** Everything that a call may do, written down apart from the rule under test: so many requests, tokens and dollars, and these names. */
function* liberties(one: Settings, tiers: (typeof TIERS)[number]): Generator<string | readonly [string, number]> {
  const ofTier = one.tier === "gold" ? tiers.gold : one.tier === "iron" ? tiers.iron : undefined;
  yield ["rpm", one.rpm ?? ofTier ?? NO_LIMIT];
  yield ["tpm", one.tpm ?? ofTier ?? NO_LIMIT];
  yield ["budget", one.budgetUsd ?? NO_LIMIT];
  for (const [rule, ranks] of Object.entries(LAX_TO_STRICT))
    yield [rule, -ranks.indexOf(String({ ...GUARD_DEFAULT, ...one.guard }[rule as keyof typeof LAX_TO_STRICT]))];
  for (const host of one.guard?.linkHosts ?? []) yield `link ${host}`;
  yield ["trims", VALUES.context.indexOf(one.context)];
  yield ["kept", VALUES.contentPolicy.indexOf(one.contentPolicy)];
  for (const model of ["a", "b", "c"]) if (one.models === undefined || one.models.includes(model)) yield `model ${model}`;
  for (const region of ["eu", "us", "none"]) if (one.region === undefined || one.region === region) yield `region ${region}`;
}
const mayMore = (before: Settings, after: Settings): boolean =>
  TIERS.some((tiers) => {
    const had = [...liberties(before, tiers)];
    return [...liberties(after, tiers)].some((liberty) =>
      typeof liberty === "string"
        ? !had.includes(liberty)
        : had.some((old) => typeof old !== "string" && old[0] === liberty[0] && liberty[1] > old[1]),
    );
  });

/** Two settings at a time, each from every value to every value, the others as they are in either of two tenants. */
function* changes(): Generator<readonly [Settings, Settings]> {
  const bases: Settings[] = [0, 1].map((at) => Object.fromEntries(SETTINGS.map((name) => [name, VALUES[name][at]])) as Settings);
  const twos = SETTINGS.flatMap((one, at) => SETTINGS.slice(at + 1).map((other) => [one, other] as const));
  for (const base of bases)
    for (const [one, other] of twos)
      for (const [a, b] of pairs(VALUES[one]))
        for (const [c, d] of pairs(VALUES[other]))
          yield [
            { ...base, [one]: a, [other]: c },
            { ...base, [one]: b, [other]: d },
          ];
}
const pairs = (values: readonly unknown[]): (readonly [unknown, unknown])[] => values.flatMap((a) => values.map((b) => [a, b] as const));

test("whatever lets a tenant do more is told, and what does not is let through but for tiers that nobody can compare", () => {
  let count = 0;
  let careful = 0;
  for (const [before, after] of changes()) {
    count++;
    const told = listLoosened(before, after, GUARD_DEFAULT);
    if (mayMore(before, after)) assert.ok(told.length > 0, JSON.stringify([before, after]));
    else if (told.length > 0) {
      careful++;
      assert.ok(before.tier !== undefined, JSON.stringify([before, after, told]));
    }
  }
  console.log(`# approvals: ${count} changes of settings, none that loosens let through; ${careful} refused because of a tier`);
});

test("a rule that forgets any one of the settings lets something through", () => {
  const missed = SETTINGS.filter((forgotten) =>
    [...changes()].some(
      ([before, after]) => mayMore(before, after) && listLoosened(before, after, GUARD_DEFAULT).every((setting) => setting === forgotten),
    ),
  );
  assert.deepEqual(missed, SETTINGS);
  console.log(`# approvals: ${missed.length} of ${SETTINGS.length} planted gaps found`);
});

/** Each rule from lax to strict. */
const STEPS: readonly (readonly GuardChange[])[] = [
  ["off", "detect", "mask", "private-only", "block"].map((pii) => ({ pii }) as GuardChange),
  ["off", "detect", "mask", "private-only", "block"].map((tool) => ({ pii: "block", fields: { tool } }) as GuardChange),
  [{ images: "allow" }, { images: "private-only" }],
  ["off", "detect", "block"].map((injection) => ({ injection }) as GuardChange),
  [{ canary: false }, { canary: true }],
  ["off", "detect", "mask", "block"].map((outputPii) => ({ outputPii }) as GuardChange),
  ["off", "detect", "defang", "block"].map((outputLinks) => ({ outputLinks }) as GuardChange),
  [{ linkHosts: ["a.example", "b.example"] }, { linkHosts: ["a.example"] }, { linkHosts: [] }],
  ["off", "detect", "block"].map((outputToxicity) => ({ outputToxicity }) as GuardChange),
];

test("each rule for content is loosened by a step towards lax, and by none towards strict; left out it is what everybody has", () => {
  let steps = 0;
  for (const rules of STEPS)
    for (const [at, before] of rules.entries())
      for (const [next, after] of rules.entries()) {
        steps++;
        assert.equal(isGuardLoosened(GUARD_DEFAULT, before, after), next < at, JSON.stringify([before, after]));
      }
  assert.equal(isGuardLoosened(GUARD_DEFAULT, { pii: "block" }, undefined), true);
  assert.equal(isGuardLoosened({ ...GUARD_DEFAULT, pii: "block" }, undefined, { pii: "mask" }), true);
  assert.equal(isGuardLoosened(GUARD_DEFAULT, undefined, { pii: GUARD_DEFAULT.pii }), false);
  console.log(`# approvals: ${steps} steps of ${STEPS.length} rules for content`);
});
