import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { tenantIds } from "../kernel/ids.ts";
import { type Database, LEDGER, OPERATOR, type Param, type Scope, tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { type GuardEventRow, listGuardEvents, sumGuardDays } from "./guard-events.ts";
import { createEventPartitions } from "./ledger-partitions.ts";
import { explainUses, listTestEngines, openTestDatabase } from "./testing.ts";

const AT_MS = Date.UTC(2026, 10, 21, 10);
const ACME = tenantIds.make(AT_MS);
const GLOBEX = tenantIds.make(AT_MS + 1);
const FILTER = { tenantId: ACME, fromMs: AT_MS, toMs: AT_MS + 86_400_000 };
const PAGE = { rule: undefined, before: undefined, limit: 100 };

type Written = { readonly body: object; readonly rows: readonly string[] };
/** An event's body, and what the listing must make of it: rule, outcome, count, types, score. */
const CASES: Readonly<Record<string, Written>> = {
  plain: { body: { type: "call", outcome: "finished" }, rows: [] },
  found: {
    body: { outcome: "finished", guard: { found: { EMAIL: 2, PERSON: 1 } } },
    rows: ['personal-data found 1 {"EMAIL":2,"PERSON":1} null'],
  },
  masked: {
    body: { outcome: "finished", guard: { found: { IBAN: 1 }, masked: true } },
    rows: ['personal-data masked 1 {"IBAN":1} null'],
  },
  seen: { body: { outcome: "finished", guard: { injection: 0.75 } }, rows: ["injection found 1 null 0.75"] },
  withheld: { body: { outcome: "finished", guard: { injection: 0.91, withheld: 2 } }, rows: ["injection withheld 1 null 0.91"] },
  answered: {
    body: { outcome: "finished", guard: { answer: { link: 3, "personal-data": 1 } } },
    rows: ["answer-link found 1 null null", "answer-personal-data found 1 null null"],
  },
  leaked: {
    body: { outcome: "failed", code: "canary_leaked", guard: { answer: { canary: 1 } } },
    rows: ["answer-canary stopped 1 null null"],
  },
  stopped: {
    body: { outcome: "failed", code: "output_blocked", guard: { found: { PHONE: 1 }, answer: { toxicity: 1 } } },
    rows: ["answer-toxicity stopped 1 null null", 'personal-data found 1 {"PHONE":1} null'],
  },
  attack: { body: { type: "refusal", outcome: "refused", code: "injection_blocked", count: 7 }, rows: ["injection refused 7 null null"] },
  blocked: {
    body: { type: "refusal", outcome: "refused", code: "personal_data_blocked", count: 2 },
    rows: ["personal-data refused 2 null null"],
  },
  rated: { body: { type: "refusal", outcome: "refused", code: "rate_limited", count: 9 }, rows: [] },
  judged: { body: { outcome: "finished", operation: "moderations", guard: { injection: 0.99 } }, rows: [] },
  copied: { body: { outcome: "finished", operation: "shadow", guard: { found: { EMAIL: 1 } } }, rows: [] },
  // A name that somebody chose: its quotation marks are escaped in the body.
  named: { body: { outcome: "finished", feature: '"guard":{"found":{"EMAIL":1}}', code: '"code":"injection_blocked"' }, rows: [] },
};

const keep = (db: Database, tenantId: string, names: readonly string[], at: (place: number) => number): Promise<unknown> =>
  db.query(
    LEDGER,
    `INSERT INTO events (tenant_id, created_at, request_id, seq, key_id, outcome, input_tokens, output_tokens, cached_tokens, cost_micro_usd,
       count, event_hash, chain_hash, body)
     SELECT $1, to_timestamp(at / 1000.0), id, n, 'key_x', (body::json ->> 'outcome'), 0, 0, 0, 0, coalesce((body::json ->> 'count')::int, 1), '\\x00', '\\x00', body
     FROM unnest($2::text[], $3::float8[], $4::int[], $5::text[]) AS e (id, at, n, body)`,
    [
      tenantId,
      [...names],
      names.map((_, place) => at(place)),
      names.map((_, place) => place + 1),
      names.map((name) => JSON.stringify(CASES[name]?.body)),
    ],
  );

const told = ({ rule, outcome, count, types, score }: GuardEventRow): string =>
  `${rule} ${outcome} ${count} ${types === null ? "null" : JSON.stringify(Object.fromEntries(Object.entries(types).toSorted(([a], [b]) => (a < b ? -1 : 1))))} ${score}`;

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    const names = Object.keys(CASES);
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      await db.asOwner((owner) => createEventPartitions(owner, ["2026-11"]));
      for (const id of [ACME, GLOBEX])
        await db.query(LEDGER, "INSERT INTO audit_heads (tenant_id, seq, chain_hash, mac) VALUES ($1, 0, '\\x00', '\\x00')", [id]);
      await keep(db, ACME, names, (place) => AT_MS + place * 1000);
      await keep(db, GLOBEX, ["attack"], () => AT_MS);
    });
    afterAll(() => db.close());

    test("each event is listed under the rules that its body tells of, and sums say the same", async () => {
      const rows = await listGuardEvents(db, tenantScope(ACME), FILTER, PAGE);
      for (const [name, { rows: wanted }] of Object.entries(CASES))
        assert.deepEqual(
          rows
            .filter(({ requestId }) => requestId === name)
            .map(told)
            .toSorted(),
          wanted.toSorted(),
          name,
        );
      const sums = new Map<string, number>();
      for (const { rule, outcome, count } of rows) sums.set(`${rule} ${outcome}`, (sums.get(`${rule} ${outcome}`) ?? 0) + count);
      const days = await sumGuardDays(db, tenantScope(ACME), FILTER);
      assert.deepEqual(
        new Map(days.map(({ rule, outcome, calls }) => [`${rule} ${outcome}`, calls])),
        new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      );
      assert.ok(days.every(({ day }) => day === "2026-11-21"));
      console.log(`# guard events: ${names.length} kinds of events, ${rows.length} rows, each as its body has it (${engine})`);
    });

    test("a tenant sees its own; the platform all, newest first and page by page; a rule alone gives its rows alone", async () => {
      assert.deepEqual((await listGuardEvents(db, tenantScope(GLOBEX), { ...FILTER, tenantId: ACME }, PAGE)).length, 0);
      const all = await listGuardEvents(db, OPERATOR, { ...FILTER, tenantId: undefined }, PAGE);
      assert.equal(all.filter(({ tenant }) => tenant === GLOBEX).length, 1);
      const paged: GuardEventRow[] = [];
      for (let before: GuardEventRow | undefined; ;) {
        const page = await listGuardEvents(db, OPERATOR, { ...FILTER, tenantId: undefined }, { ...PAGE, before, limit: 2 });
        paged.push(...page);
        before = page.at(-1);
        if (page.length < 2) break;
      }
      assert.deepEqual(paged, all);
      for (const rule of new Set(all.map((row) => row.rule))) {
        const some = await listGuardEvents(db, OPERATOR, { ...FILTER, tenantId: undefined }, { ...PAGE, rule });
        assert.deepEqual(
          some,
          all.filter((row) => row.rule === rule),
        );
      }
    });

    test("the same event again counts once, and a row goes with its event", async () => {
      const before = await sumGuardDays(db, tenantScope(GLOBEX), { ...FILTER, tenantId: GLOBEX });
      await assert.rejects(keep(db, GLOBEX, ["attack"], () => AT_MS));
      assert.deepEqual(await sumGuardDays(db, tenantScope(GLOBEX), { ...FILTER, tenantId: GLOBEX }), before);
      await db.query(OPERATOR, "DELETE FROM events WHERE tenant_id = $1 AND request_id = 'stopped'", [ACME]);
      const left = await listGuardEvents(db, tenantScope(ACME), FILTER, PAGE);
      assert.ok(left.length > 5 && left.every(({ requestId }) => requestId !== "stopped"));
    });

    test("listings enter an index by the tenant, and by the rule where one is asked for", async () => {
      const explain = async (rule: string | undefined): Promise<readonly string[]> => {
        const asked: { readonly scope: Scope; readonly text: string; readonly params: readonly Param[] }[] = [];
        const spy: Database = {
          ...db,
          query: (scope, text, params = []) => (asked.push({ scope, text, params }), db.query(scope, text, params)),
        };
        await listGuardEvents(spy, OPERATOR, { ...FILTER, tenantId: undefined }, { ...PAGE, rule });
        const [first] = asked;
        assert.ok(first !== undefined);
        const { indexes, sequential } = await explainUses(db, first.scope, first.text, first.params);
        assert.ok(!sequential.includes("guard_events"));
        return indexes.map(({ index, condition }) => `${index} ${condition}`);
      };
      await db.asOwner((owner) =>
        owner.query(
          `INSERT INTO guard_events SELECT $1, $2::timestamptz + n * interval '1 second', 'req_' || n, 'personal-data', 'key_x', 'found', 1 FROM generate_series(1, 5000) n`,
          [ACME, new Date(AT_MS)],
        ),
      );
      assert.ok((await explain(undefined)).some((use) => /guard_events_pkey .*tenant_id = /.test(use)));
      assert.ok((await explain("injection")).some((use) => /guard_events_by_rule .*tenant_id = .*rule = /.test(use)));
    });
  });
