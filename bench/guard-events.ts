/**
 * What listings and sums of what the rules for content did cost on many calls, embedded: `bun bench/guard-events.ts [--events 1000000]`. Ten tenants, 90
 * days; rules found something in a fifth of the calls, and one rule in one of 50,000. Prints also what shipping pays: inserts of 1000 with and without
 * findings.
 */
import { parseArgs } from "node:util";
import { GUARD_RULES, type GuardRule } from "../src/domain/guard-event.ts";
import { tenantIds } from "../src/kernel/ids.ts";
import { createGuardEventsReader } from "../src/record/guard-events.ts";
import { LEDGER } from "../src/store/database.ts";
import { createEventPartitions } from "../src/store/ledger-partitions.ts";
import { openTestDatabase } from "../src/store/testing.ts";

const { values } = parseArgs({ options: { events: { type: "string", default: "1000000" } } });
const EVENTS = Number(values.events);
const DAYS = 90;
const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2026, 10, 21);
const FROM_MS = END_MS - DAYS * DAY_MS;
const BATCH = 5000;
const ASKED = 30;
const tenants = Array.from({ length: 10 }, (_, at) => tenantIds.make(FROM_MS + at));

const db = await openTestDatabase({ storage: "folder" });
await db.asOwner((owner) =>
  createEventPartitions(owner, ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]),
);
for (const id of tenants)
  await db.query(LEDGER, "INSERT INTO audit_heads (tenant_id, seq, chain_hash, mac) VALUES ($1, 0, '\\x00', '\\x00')", [id]);

/** Bodies as long as those of calls. `$4`: of how many one has findings; 0: of none. */
const INSERT = `INSERT INTO events (tenant_id, created_at, request_id, seq, key_id, outcome, input_tokens, output_tokens, cached_tokens, cost_micro_usd, count,
    event_hash, chain_hash, body)
  SELECT ($1::text[])[1 + n % 10], to_timestamp($2::float8 / 1000 + n::float8 * $5::float8 / 1000), 'req_' || lpad(n::text, 26, '0'), n, 'key_x', 'finished', 1, 1, 0, 1, 1,
    '\\x00', '\\x00', '{"v":1,"type":"call","outcome":"finished","padding":"' || repeat('x', 900) || '"' || CASE
      WHEN n % 50000 = 7 THEN ',"code":"canary_leaked","guard":{"answer":{"canary":1}}'
      WHEN $4::int = 0 OR n % $4::int > 0 THEN ''
      WHEN n % 3 = 0 THEN ',"guard":{"found":{"EMAIL":2,"PERSON":1},"masked":true}'
      WHEN n % 3 = 1 THEN ',"guard":{"injection":0.75,"answer":{"link":1}}'
      ELSE ',"guard":{"found":{"PERSON":1}}' END || '}'
  FROM generate_series($3::int, $6::int) n`;
const fill = (from: number, to: number, share: number): Promise<unknown> =>
  db.query(LEDGER, INSERT, [tenants, FROM_MS, from, share, (DAYS * DAY_MS) / EVENTS, to]);

for (let from = 0; from < EVENTS; from += BATCH) {
  await fill(from, Math.min(from + BATCH, EVENTS) - 1, 5);
  process.stderr.write(`\r${String(from + BATCH)} calls`);
}
process.stderr.write("\n");

const reader = createGuardEventsReader({ db, flush: () => Promise.resolve() });
const all = { tenantId: undefined, fromMs: FROM_MS, toMs: END_MS };
const one = { ...all, tenantId: tenants[3] };
const page = (rule?: GuardRule) => ({ rule, cursor: undefined, limit: 50 });
const asks: Record<string, () => Promise<unknown>> = {
  "days, all tenants, 90 days": () => reader.readGuardDays(all),
  "days, one tenant, 90 days": () => reader.readGuardDays(one),
  "events, all tenants": () => reader.readGuardEvents({ ...all, ...page() }),
  "events, one tenant": () => reader.readGuardEvents({ ...one, ...page() }),
};
for (const rule of GUARD_RULES) asks[`events of ${rule}, all tenants`] = () => reader.readGuardEvents({ ...all, ...page(rule) });

let worst = 0;
for (const [name, ask] of Object.entries(asks)) {
  const times: number[] = [];
  for (let n = 0; n < ASKED; n++) {
    const startMs = performance.now();
    await ask();
    times.push(performance.now() - startMs);
  }
  const sorted = times.toSorted((a, b) => a - b);
  worst = Math.max(worst, sorted.at(-1) ?? 0);
  console.log(`${name.padEnd(44)} p50 ${sorted[ASKED / 2]?.toFixed(1)} ms, most ${sorted.at(-1)?.toFixed(1)} ms`);
}

/** Microseconds a call; batches of both kinds take turns, so that what else the machine does is the same for both. */
const times: Record<number, number[]> = { 0: [], 1: [], 5: [] };
for (let n = 0; n < 60; n++) {
  const share = [0, 5, 1][n % 3] ?? 0;
  const from = EVENTS + n * 1000;
  const startMs = performance.now();
  await fill(from, from + 999, share);
  times[share]?.push(performance.now() - startMs);
}
for (const [share, own] of Object.entries(times)) {
  const sorted = own.toSorted((a, b) => a - b);
  const kind = share === "0" ? "without findings" : share === "1" ? "all with findings" : "a fifth with findings";
  console.log(`inserted, ${kind.padEnd(24)} ${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1)} µs a call`);
}
await db.close();
console.log(`# guard events: ${EVENTS} calls, the slowest of ${Object.keys(asks).length * ASKED} questions ${worst.toFixed(0)} ms`);
