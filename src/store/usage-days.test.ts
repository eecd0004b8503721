import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { tenantIds } from "../kernel/ids.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { type Database, LEDGER, OPERATOR, type Scope, tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { appendEvents, type EventRow, lockHeads } from "./events.ts";
import { openMark } from "./ledger-marks.ts";
import { createEventPartitions } from "./ledger-partitions.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";
import { sumUsage } from "./ledger-usage.ts";
import { closeDay, listOpenDays } from "./usage-days.ts";
import { listCells, listSeries } from "./usage-series.ts";
import { DAY_MS, HOUR_MS, USAGE_WORDS, type UsageWord } from "./usage-sums.ts";

const START_MS = Date.UTC(2026, 9, 1);
const DAYS = 12;
const ACME = tenantIds.make(START_MS);
const GLOBEX = tenantIds.make(START_MS + 1);

type Hour = Record<UsageWord, string> & { tenant: string; at: number; calls: number; cost: number };

const random = createSeededRandom(34);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const hours: Hour[] = [];
const seen = new Set<string>();
for (let n = 0; n < 3000; n++) {
  const words = { key: pick(["k1", "k2", "k3"]), team: pick(["", "red"]), feature: pick(["", "chat", "sum"]), model: pick(["", "m", "n"]) };
  const hour = { tenant: pick([ACME, GLOBEX]), at: START_MS + Math.floor(random() * DAYS * 24) * HOUR_MS };
  const one = { ...hour, ...words, provider: pick(["p", "q"]), outcome: pick(["finished", "failed"]), calls: 1 + (n % 3), cost: n };
  const name = JSON.stringify([one.tenant, one.at, ...USAGE_WORDS.map((word) => one[word])]);
  if (!seen.has(name)) hours.push(one);
  seen.add(name);
}

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      await db.asOwner(async (owner) => {
        for (const id of [ACME, GLOBEX]) await owner.query("INSERT INTO audit_heads VALUES ($1, 1, '\\x00', '\\x00')", [id]);
        await owner.query(
          `INSERT INTO usage_hours (tenant_id, hour_at, key_id, team, feature, model, provider, outcome, calls, refused, input_tokens, output_tokens, cached_tokens, cost_micro_usd)
           SELECT tenant, to_timestamp(at / 1000.0), key, team, feature, model, provider, outcome, calls, 0, calls * 10, calls, 0, cost
           FROM json_to_recordset($1::json) AS h (tenant text, at bigint, key text, team text, feature text, model text, provider text, outcome text, calls bigint, cost bigint)`,
          [JSON.stringify(hours)],
        );
        await owner.query("INSERT INTO usage_open_days SELECT DISTINCT tenant_id, date_trunc('day', hour_at, 'UTC') FROM usage_hours");
      });
    });
    afterAll(() => db.close());

    type Ask = {
      words: Partial<Record<UsageWord, string>>;
      group: UsageWord | "tenant" | "none";
      fromMs: number;
      toMs: number;
      scope: Scope;
    };
    const tenantOf = (scope: Scope) => (scope.kind === "tenant" ? scope.tenantId : undefined);
    /** What the hours themselves add up to. */
    const truth = ({ words, group, fromMs, toMs, scope }: Ask, bucketMs: number): Map<string, number> => {
      const sums = new Map<string, number>();
      for (const hour of hours) {
        if (hour.at < fromMs || hour.at >= toMs || ![undefined, hour.tenant].includes(tenantOf(scope))) continue;
        if (USAGE_WORDS.some((word) => words[word] !== undefined && words[word] !== hour[word])) continue;
        const value = group === "none" ? "" : hour[group];
        const name = `${value} ${Math.floor(hour.at / bucketMs) * bucketMs}`;
        sums.set(name, (sums.get(name) ?? 0) + hour.cost);
      }
      return sums;
    };
    const randomAsk = (): Ask => {
      const fromMs = START_MS + Math.floor(random() * DAYS * 24 - 12) * HOUR_MS;
      const words = Object.fromEntries(USAGE_WORDS.flatMap((word) => (random() < 0.25 ? [[word, pick(hours)[word]]] : [])));
      const group = pick([...USAGE_WORDS, "tenant", "none"] as const);
      return { words, group, fromMs, toMs: fromMs + Math.ceil(random() * 150) * HOUR_MS, scope: pick([OPERATOR, tenantScope(ACME)]) };
    };
    const differences = async (asks: number): Promise<number> => {
      let wrong = 0;
      for (let n = 0; n < asks; n++) {
        const ask = randomAsk();
        const bucket = pick(["day", "hour"] as const);
        const spans = [{ fromMs: ask.fromMs, toMs: ask.toMs, recent: true }];
        const cells = await listCells(db, ask.scope, { ...ask, tenantId: tenantOf(ask.scope), spans, bucket, byHour: bucket === "hour" });
        const told = new Map(cells.map(({ value, atMs, costMicroUsd }) => [`${value} ${atMs}`, costMicroUsd]));
        const right = truth(ask, bucket === "hour" ? HOUR_MS : DAY_MS);
        const total = await sumUsage(db, ask.scope, { tenantId: tenantOf(ask.scope), fromMs: ask.fromMs, toMs: ask.toMs }, ask.words);
        const sum = [...right.values()].reduce((a, b) => a + b, 0);
        if (total.costMicroUsd !== sum || told.size !== right.size || [...right].some(([name, cost]) => told.get(name) !== cost)) wrong++;
      }
      return wrong;
    };

    test("sums are the same whether days are open, half of them closed, or all, by whatever words they are told apart", async () => {
      assert.equal(await differences(20), 0);
      const days = await listOpenDays(db, Number.MAX_SAFE_INTEGER / 1e3, 1000);
      assert.equal(days.length, 2 * DAYS);
      for (const day of days.filter((_, at) => at % 2 === 0)) await closeDay(db, day);
      assert.equal(await differences(40), 0);
      for (const day of days) await closeDay(db, day);
      assert.deepEqual(await listOpenDays(db, Date.UTC(2030, 0), 10), []);
      assert.equal(await differences(40), 0);
      // Planted: a sum that is off by one is seen.
      await db.asOwner((owner) => owner.query("UPDATE usage_days SET cost_micro_usd = cost_micro_usd + 1"));
      assert.ok((await differences(8)) > 4);
      await db.asOwner((owner) => owner.query("UPDATE usage_days SET cost_micro_usd = cost_micro_usd - 1"));
      console.log(`# usage days on ${engine}: ${hours.length} hours, 100 questions, 0 differ from the hours; a planted difference is seen`);
    });

    test("the top is told each for itself, the others together, and beside it the span before", async () => {
      const [fromMs, toMs] = [START_MS + 5 * DAY_MS, START_MS + 9 * DAY_MS];
      const spans = [
        { fromMs, toMs, recent: true },
        { fromMs: START_MS + DAY_MS, toMs: fromMs, recent: false },
      ];
      const ask = { tenantId: undefined, spans, words: {}, group: "key", bucket: "day", byHour: false, top: 2, order: "cost" } as const;
      const rows = await listSeries(db, OPERATOR, ask);
      const own = (key: (key: string) => boolean, since: number, until: number): number =>
        hours.reduce((sum, hour) => (key(hour.key) && hour.at >= since && hour.at < until ? sum + hour.cost : sum), 0);
      const ranked = ["k1", "k2", "k3"].toSorted((a, b) => own((key) => key === b, fromMs, toMs) - own((key) => key === a, fromMs, toMs));
      const sumOf = (value: string | null, recent: boolean): number =>
        rows.reduce((sum, row) => (row.value === value && (row.atMs !== undefined) === recent ? sum + row.costMicroUsd : sum), 0);
      for (const [at, value] of [ranked[0], ranked[1], null].entries()) {
        const isOne = (key: string): boolean => key === ranked[at];
        assert.equal(sumOf(value ?? null, true), own(isOne, fromMs, toMs));
        assert.equal(sumOf(value ?? null, false), own(isOne, START_MS + DAY_MS, fromMs));
      }
      assert.ok(rows.every(({ values }) => values === 3));
    });

    test("a day that was closed and is opened again is read from its hours", async () => {
      await db.asOwner(async (owner) => {
        await owner.query("INSERT INTO usage_open_days VALUES ($1, $2)", [ACME, new Date(START_MS)]);
        await owner.query("UPDATE usage_hours SET cost_micro_usd = cost_micro_usd + 5 WHERE tenant_id = $1 AND hour_at < $2", [
          ACME,
          new Date(START_MS + DAY_MS),
        ]);
      });
      for (const hour of hours) if (hour.tenant === ACME && hour.at < START_MS + DAY_MS) hour.cost += 5;
      assert.equal(await differences(15), 0);
      await closeDay(db, { tenantId: ACME, dayMs: START_MS });
      assert.equal(await differences(15), 0);
    });

    // One connection does one transaction after the other by itself.
    if (engine === "postgres")
      test("a day is not closed over a batch that is on its way into it; without the lock on the chain it would be", async () => {
        const dayMs = START_MS + 40 * DAY_MS;
        await db.asOwner((owner) => createEventPartitions(owner, ["2026-11"]));
        await openMark(db, "p");
        const columns = { tenantId: ACME, keyId: "k1", outcome: "finished", model: "m", provider: "p", team: "", feature: "" };
        const toRow = (seq: number): EventRow => ({
          columns: {
            ...columns,
            createdAtMs: dayMs + seq,
            requestId: `req_${String(seq)}`,
            inputTokens: 1,
            outputTokens: 1,
            cachedTokens: 0,
            costMicroUsd: 7,
            count: 1,
          },
          seq: 1000 + seq,
          eventHash: "00",
          chainHash: "00",
          suspect: false,
          body: "{}",
        });
        const toFirst = (tenantId: string) => ({ tenantId, seq: 0, chainHash: "00", mac: "00" });
        /** A batch whose transaction stays open until `before` has had its chance. */
        const ship = async (seq: number, before: () => Promise<void>): Promise<void> => {
          await db.transaction(LEDGER, async (tx) => {
            await lockHeads(tx, [ACME], toFirst);
            const [from, to] = [
              { file: 1, offset: seq },
              { file: 1, offset: seq + 1 },
            ];
            await appendEvents(tx, { rows: [toRow(seq)], heads: [{ ...toFirst(ACME), seq: 1000 + seq }], processId: "p", from, to });
            await before();
          });
        };
        const told = async (): Promise<number> =>
          (await sumUsage(db, OPERATOR, { tenantId: ACME, fromMs: dayMs, toMs: dayMs + DAY_MS })).calls;
        const lockless: Database = {
          ...db,
          transaction: (scope, body) =>
            db.transaction(scope, (tx) =>
              body({ query: (text, params) => (text.includes("FOR UPDATE") ? Promise.resolve([]) : tx.query(text, params)) }),
            ),
        };
        await ship(0, async () => undefined);
        let closing: Promise<void> | undefined;
        await ship(1, async () => {
          closing = closeDay(db, { tenantId: ACME, dayMs });
          const isWaiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted) AS waits";
          while ((await db.query<{ waits: boolean }>(OPERATOR, isWaiting))[0]?.waits !== true);
        });
        await closing;
        assert.equal(await told(), 2);
        // Planted: the day is open, is closed before the batch is there, and the batch believes it to be open.
        await db.query(LEDGER, "INSERT INTO usage_open_days VALUES ($1, $2)", [ACME, new Date(dayMs)]);
        await ship(2, () => closeDay(lockless, { tenantId: ACME, dayMs }));
        assert.equal(await told(), 2);
        console.log("# usage days: a call of a batch under way is counted when its day is closed under it; without the lock it is lost");
      });
  });
