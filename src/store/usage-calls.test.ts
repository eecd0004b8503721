import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { tenantIds } from "../kernel/ids.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { OPERATOR, type Scope, tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { createEventPartitions } from "./ledger-partitions.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";
import { listCalls } from "./usage-calls.ts";
import { closeDay, listOpenDays } from "./usage-days.ts";
import { DAY_MS, USAGE_WORDS, type UsageWord, type UsageWords } from "./usage-sums.ts";

const START_MS = Date.UTC(2026, 9, 28);
const DAYS = 9;
const EVENTS = 900;
const TENANTS = [tenantIds.make(START_MS), tenantIds.make(START_MS + 1)] as const;

const random = createSeededRandom(35);
const pick = <T>(from: readonly T[]): T => {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
};
/** Quotation marks and backslashes stand escaped in a body, and a word may look like another field. */
const FEATURES = ["", "chat", 'a "b" \\ c', '","team":"red', "ü 漢"];

const events = Array.from({ length: EVENTS }, (_, n) => {
  const atMs = START_MS + Math.floor(random() * DAYS * DAY_MS);
  const words = {
    key: pick(["k1", "k2"]),
    team: pick(["", "red", "blue"]),
    feature: pick(FEATURES),
    model: pick(["", "m", "n"]),
    provider: pick(["", "p"]),
    outcome: n % 40 === 0 ? "failed" : "finished",
  };
  // Dear calls are rare, and of one day only.
  const isDear = n % 90 === 0 && atMs < START_MS + 2 * DAY_MS;
  const body = JSON.stringify({
    tags: "x",
    ...(words.team === "" ? {} : { team: words.team }),
    ...(words.feature === "" ? {} : { feature: words.feature }),
  });
  return { id: `req_${String(n).padStart(4, "0")}`, tenant: pick(TENANTS), atMs, words, cost: isDear ? 5000 + n : n % 50, body };
}).toSorted((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1));

const FILL_EVENTS = `INSERT INTO events (tenant_id, created_at, request_id, seq, key_id, outcome, model, provider, input_tokens, output_tokens, cached_tokens,
    cost_micro_usd, count, event_hash, chain_hash, suspect, body)
  SELECT tenant, to_timestamp(at / 1000.0), id, row_number() OVER (), key, outcome, nullif(model, ''), nullif(provider, ''), 1, 1, 0, cost, 1, '\\x00', '\\x00', false, body
  FROM json_to_recordset($1::json) AS e (tenant text, at bigint, id text, key text, outcome text, model text, provider text, cost bigint, body text)`;
const FILL_HOURS = `INSERT INTO usage_hours (tenant_id, hour_at, key_id, outcome, model, provider, team, feature, calls, refused, input_tokens, output_tokens,
    cached_tokens, cost_micro_usd)
  SELECT tenant_id, date_trunc('hour', created_at, 'UTC'), key_id, outcome, coalesce(model, ''), coalesce(provider, ''), coalesce(body::json ->> 'team', ''),
    coalesce(body::json ->> 'feature', ''), count(*), 0, 1, 1, 0, sum(cost_micro_usd) FROM events GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`;

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      await db.asOwner(async (owner) => {
        await createEventPartitions(owner, ["2026-10", "2026-11"]);
        for (const id of TENANTS) await owner.query("INSERT INTO audit_heads VALUES ($1, 1, '\\x00', '\\x00')", [id]);
        const rows = events.map(({ id, tenant, atMs, words, cost, body }) => ({ id, tenant, at: atMs, ...words, cost, body }));
        await owner.query(FILL_EVENTS, [JSON.stringify(rows)]);
        await owner.query(FILL_HOURS);
        await owner.query("INSERT INTO usage_open_days SELECT DISTINCT tenant_id, date_trunc('day', hour_at, 'UTC') FROM usage_hours");
      });
    });
    afterAll(() => db.close());

    type Ask = { words: UsageWords; costMin: number | undefined; fromMs: number; toMs: number; scope: Scope };
    const truth = ({ words, costMin = 0, fromMs, toMs, scope }: Ask): string[] =>
      events
        .filter(
          ({ tenant, atMs, cost }) =>
            (scope.kind !== "tenant" || scope.tenantId === tenant) && atMs >= fromMs && atMs < toMs && cost >= costMin,
        )
        .filter((event) => USAGE_WORDS.every((word) => words[word] === undefined || words[word] === event.words[word]))
        .map(({ id }) => id);
    const found = async ({ words, costMin, fromMs, toMs, scope }: Ask, limit: number): Promise<string[]> => {
      const filter = { tenantId: scope.kind === "tenant" ? scope.tenantId : undefined, fromMs, toMs, words, costMinMicroUsd: costMin };
      const ids: string[] = [];
      for (let before: { createdAtMs: number; requestId: string } | undefined; ;) {
        const rows = await listCalls(db, scope, filter, { before, limit });
        const at = new Map(events.map((event) => [`${String(event.atMs)} ${event.body} ${event.tenant}`, event.id]));
        const page = rows.map((row) => at.get(`${String(row.createdAtMs)} ${row.body} ${row.tenant}`) ?? "unknown");
        ids.push(...page);
        const [last, id] = [rows.at(-1), page.at(-1)];
        if (last === undefined || id === undefined || rows.length < limit) return ids;
        before = { createdAtMs: last.createdAtMs, requestId: id };
      }
    };
    const randomAsk = (): Ask => {
      const words: Partial<Record<UsageWord, string>> = {};
      for (const word of USAGE_WORDS) if (random() < 0.3) words[word] = pick(events).words[word];
      const costMin = random() < 0.4 ? pick([0, 20, 45, 5000, 90_000]) : undefined;
      const fromMs = START_MS + Math.floor(random() * DAYS * DAY_MS * 0.6);
      return {
        words,
        costMin,
        fromMs,
        toMs: fromMs + Math.floor(random() * DAYS * DAY_MS),
        scope: pick([OPERATOR, tenantScope(TENANTS[0])]),
      };
    };
    const differences = async (asks: number, fixed: Partial<Ask> = {}): Promise<number> => {
      let wrong = 0;
      for (let n = 0; n < asks; n++) {
        const ask = { ...randomAsk(), ...fixed };
        if (JSON.stringify(await found(ask, pick([7, 60, 200]))) !== JSON.stringify(truth(ask))) wrong++;
      }
      return wrong;
    };

    test("calls are found by whatever filter, page by page, whether days are open, half of them closed, or all", async () => {
      assert.equal(await differences(10), 0);
      const days = await listOpenDays(db, Date.UTC(2030, 0), 100);
      for (const day of days.filter((_, at) => at % 2 === 0)) await closeDay(db, day);
      assert.equal(await differences(10), 0);
      for (const day of days) await closeDay(db, day);
      assert.equal(await differences(10), 0);
      // Planted: without its dearest call a day is passed by, and what is dear in it is not found.
      const dear = { words: {}, costMin: 5000, fromMs: START_MS, toMs: START_MS + DAYS * DAY_MS, scope: OPERATOR };
      assert.ok(truth(dear).length > 0);
      assert.equal(await differences(1, dear), 0);
      await db.asOwner((owner) => owner.query("UPDATE usage_days SET dearest_micro_usd = 0"));
      assert.equal(await differences(1, dear), 1);
      console.log(
        `# usage calls on ${engine}: 31 questions over ${String(EVENTS)} events, 0 differ from a reading of all; a planted one is seen`,
      );
    });
  });
