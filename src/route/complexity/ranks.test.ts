import assert from "node:assert/strict";
import { test } from "bun:test";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { createComplexityRanks, priorRank, type ComplexityRanks } from "./ranks.ts";

/** Share of the later half of 4,000 calls that rank among the hardest fifth. */
function hardestFifth({ rankOf }: ComplexityRanks, score: (dice: number) => number): number {
  const dice = createSeededRandom(7);
  let hard = 0;
  for (let call = 0; call < 4_000; call++) {
    const rank = rankOf("ten_a", score(dice()));
    if (call >= 2_000 && rank > 0.8) hard++;
  }
  return hard / 2_000;
}

/** Tenants of easy, ordinary and hard requests, of a narrow range, and of two kinds. */
const TENANTS: readonly ((dice: number) => number)[] = [
  (dice) => dice * 0.3,
  (dice) => dice,
  (dice) => 0.7 + dice * 0.3,
  (dice) => 0.5 + dice * 0.02,
  (dice) => (dice < 0.5 ? dice * 0.2 : 0.8 + dice * 0.2),
];

test("the hardest fifth of a tenant's calls is a fifth of them, whatever they are; ranks by the prior alone are not", () => {
  console.log(`# ranks: ${TENANTS.length} tenants of 4,000 calls`);
  for (const score of TENANTS) {
    const share = hardestFifth(createComplexityRanks(), score);
    assert.ok(share > 0.17 && share < 0.23, String(share));
  }
  const planted: ComplexityRanks = { rankOf: (_tenant, score) => priorRank(score) };
  assert.ok(TENANTS.some((score) => Math.abs(hardestFifth(planted, score) - 0.2) > 0.1));
});

test("a new tenant's first call is ranked among ordinary requests, and after a few hundred among its own", () => {
  const { rankOf } = createComplexityRanks();
  assert.equal(rankOf("ten_new", 0.95), priorRank(0.95));
  assert.ok(priorRank(0.95) > 0.8 && priorRank(0.05) < 0.2);
  for (let call = 0; call < 500; call++) rankOf("ten_new", 0.96 + call / 20_000);
  assert.ok(rankOf("ten_new", 0.955) < 0.3);
});

test("what was long ago is forgotten", () => {
  const { rankOf } = createComplexityRanks({ recentCalls: 200 });
  for (let call = 0; call < 1_000; call++) rankOf("ten_a", 0.1);
  assert.ok(rankOf("ten_a", 0.5) > 0.9);
  for (let call = 0; call < 1_000; call++) rankOf("ten_a", 0.9);
  assert.ok(rankOf("ten_a", 0.5) < 0.2);
});

test("ranks stay right over so many calls that weights are rescaled", () => {
  const { rankOf } = createComplexityRanks({ recentCalls: 10 });
  for (let call = 0; call < 2_000; call++) {
    const rank = rankOf("ten_a", call % 2 === 0 ? 0.2 : 0.8);
    assert.ok(Number.isFinite(rank) && rank >= 0 && rank <= 1);
  }
  assert.ok(rankOf("ten_a", 0.95) > rankOf("ten_a", 0.5));
});

test("tenants beyond the bound push out the one that was not asked for longest", () => {
  const { rankOf } = createComplexityRanks({ tenantsMax: 2 });
  const teach = (tenant: string) => {
    for (let call = 0; call < 300; call++) rankOf(tenant, 0.9);
  };
  const own = (tenant: string) => rankOf(tenant, 0.85, false) < priorRank(0.85) - 0.2;
  teach("ten_a");
  teach("ten_b");
  assert.ok(own("ten_a") && own("ten_b"));
  rankOf("ten_a", 0.9);
  teach("ten_c");
  assert.deepEqual([own("ten_a"), own("ten_b"), own("ten_c")], [true, false, true]);
});

test("a dry run is not counted, and scores beyond the range are ranked at its ends", () => {
  const { rankOf } = createComplexityRanks();
  for (let call = 0; call < 300; call++) rankOf("ten_a", 0.5, false);
  assert.equal(rankOf("ten_a", 0.5, false), priorRank(0.5));
  assert.equal(rankOf("ten_a", 2), 1);
  assert.equal(rankOf("ten_b", -1), 0);
});

test("a higher score never has a lower rank", () => {
  const { rankOf } = createComplexityRanks();
  const dice = createSeededRandom(3);
  for (let call = 0; call < 500; call++) rankOf("ten_a", dice());
  let before = 0;
  for (let step = 0; step <= 1_000; step++) {
    const rank = rankOf("ten_a", step / 1_000, false);
    assert.ok(rank >= before, String(step));
    before = rank;
  }
});
