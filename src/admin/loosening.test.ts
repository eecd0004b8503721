import { test } from "bun:test";
import assert from "node:assert/strict";
import { listLoosened } from "./loosening.ts";

type Settings = Parameters<typeof listLoosened>[0];
type Setting = ReturnType<typeof listLoosened>[number];

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
    const told = listLoosened(before, after);
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
      ([before, after]) => mayMore(before, after) && listLoosened(before, after).every((setting) => setting === forgotten),
    ),
  );
  assert.deepEqual(missed, SETTINGS);
  console.log(`# approvals: ${missed.length} of ${SETTINGS.length} planted gaps found`);
});
