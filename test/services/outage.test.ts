import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { startPostgres, type PostgresServer } from "../../tools/suite/postgres.ts";
import { compare, startLoad } from "../e2e/load.ts";
import { oneModel, startWeir, type TestWeir } from "../e2e/server.ts";
import { listRows, type UsageRows } from "../e2e/usage-rows.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";

const LONG = process.env["WEIR_TEST_LONG"] === "1";
const OUTAGE_MS = LONG ? 60_000 : 10_500;
const KILLS = LONG ? 20 : 3;

let postgres: PostgresServer;
let upstream: FakeUpstream;
let weir: TestWeir;
beforeAll(async () => {
  postgres = await startPostgres();
  upstream = await createFakeUpstream();
  const env = { DATABASE_URL: postgres.url, WEIR_SECRET: randomBytes(32).toString("hex") };
  weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl), env });
}, 60_000);
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await postgres.close();
}, 60_000);

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const bodyOf = (name: string) => (n: number) => ({
  model: "m",
  stream: n % 2 === 0,
  max_tokens: 200,
  messages: [{ role: "user", content: `Tell me. parts=${5 + (n % 20)};call=${name}-${n}` }],
});

/** What of a tenant's budget is spent, and what a process holds of it. */
async function budgetOf(slug: string): Promise<{ spent: number; leased: number }> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ committed: string; leased: string }>(
      `SELECT b.committed_micro_usd AS committed, coalesce(sum(l.outstanding_micro_usd), 0) AS leased
       FROM tenants t JOIN budgets b ON b.tenant_id = t.id AND b.key_id = '' LEFT JOIN budget_leases l USING (tenant_id, key_id, period)
       WHERE t.slug = $1 GROUP BY 1`,
      [slug],
    );
    const { committed = 0, leased = 0 } = rows[0] ?? {};
    return { spent: Number(committed) - Number(leased), leased: Number(leased) };
  } finally {
    await client.end();
  }
}

/** The ledger, as soon as the database answers again. */
async function rowsOf(tenant: string): Promise<UsageRows> {
  for (let tries = 0; ; tries++) {
    try {
      return await listRows(weir.url, tenant);
    } catch (error) {
      if (tries === 100) throw error;
      await wait(100);
    }
  }
}

test(
  "with the database stopped under load known keys are served, and afterwards every call is in the ledger once",
  async () => {
    const { key } = await weir.tenant("outage");
    const load = startLoad({ url: () => weir.url, key, workers: 8, body: bodyOf("outage"), pauseMs: 5 });
    await wait(500);
    const before = load.answered.length;
    await postgres.stop();
    const stoppedAt = load.answered.length;
    await wait(OUTAGE_MS);
    const during = load.answered.length - stoppedAt;
    // Whoever is not known yet cannot be looked up: refused, never waved through.
    const stranger = await weir.chat("wk-nobody", bodyOf("stranger")(1));
    const ready = await fetch(`${weir.url}/readyz`);
    await postgres.start();
    await wait(500);
    await load.stop();
    assert.ok(stranger.status === 401 || stranger.status === 503);
    assert.equal(ready.status, 503);
    assert.deepEqual(
      load.refused.map(({ status, body }) => `${status} ${body}`),
      [],
    );
    const { rows, totals } = await rowsOf("outage");
    const verdict = compare(load.answered, rows);
    console.log(
      `# database stopped for ${OUTAGE_MS / 1000} s under load: ${before} calls before, ${during} during, 0 failed; ${totals.calls} rows, ${JSON.stringify(verdict)}`,
    );
    assert.ok(during > 100);
    assert.deepEqual([verdict.lost, verdict.twice, verdict.costOff, verdict.cut], [0, 0, 0, 0]);
    assert.deepEqual([rows.length, totals.calls], [load.sent, load.sent]);
    const audit = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "outage" });
    assert.deepEqual([audit.ok, audit.entries], [true, load.sent]);
    // The control: a row less or a row more is seen.
    const [last, ...others] = rows;
    assert.ok(last);
    assert.equal(compare(load.answered, others).lost, 1);
    assert.equal(compare(load.answered, [...rows, last]).twice, 1);
  },
  OUTAGE_MS + 60_000,
);

/** The feed of changes is read every second, and an answer takes its time. */
const FEED_MS = 1500;

test("within what was leased calls pass without the database; beyond it they are refused", async () => {
  const { key } = await weir.tenant("leased", { budgetUsd: 1 });
  const body = { model: "m", max_tokens: 2000, messages: [{ role: "user", content: "Tell me. parts=1500" }] };
  const first = await weir.chat(key, body);
  assert.equal(first.status, 200);
  const { costMicroUsd } = ((await first.json()) as { weir: { costMicroUsd: number } }).weir;
  await rowsOf("leased");
  const leased = (await budgetOf("leased")).leased;
  assert.ok(leased >= costMicroUsd);
  // A change is read from the feed within a second, and what was cached of the key is forgotten once more: only then it stays known.
  const until = Date.now() + FEED_MS;
  while (Date.now() < until) await weir.call("GET", "/v1/models", undefined, { key });
  await postgres.stop();
  let passed = 0;
  const refused: string[] = [];
  try {
    // Far more than the lease holds: most must be refused.
    for (let n = 0; n < 60; n++) {
      const response = await weir.chat(key, body);
      const text = await response.text();
      if (response.status === 200) passed++;
      else refused.push(`${response.status} ${(JSON.parse(text) as { error: { code: string } }).error.code}`);
    }
  } finally {
    await postgres.start();
  }
  console.log(
    `# database stopped with ${leased} micro-dollars leased: ${passed} calls of ${costMicroUsd} passed, ${refused.length} refused (${[...new Set(refused)].join(", ")})`,
  );
  assert.ok(passed > 0 && refused.length > 0);
  assert.ok(passed * costMicroUsd <= leased, "more was spent than was leased");
  assert.ok(refused.every((each) => /^(429|503) (store_unavailable|insufficient_quota)$/.test(each)));
  const { totals } = await rowsOf("leased");
  assert.deepEqual([totals.calls, totals.costMicroUsd], [passed + 1, (passed + 1) * costMicroUsd]);
  // The database is back, and so is the money: an outage is remembered for a quarter of a second.
  await wait(300);
  assert.equal((await weir.chat(key, body)).status, 200);
}, 120_000);

test(
  "PostgreSQL killed at random points under load: no answered call is lost, none is there twice",
  async () => {
    const { key } = await weir.tenant("killed", { budgetUsd: 100 });
    const load = startLoad({ url: () => weir.url, key, workers: 8, body: bodyOf("killed"), pauseMs: 2 });
    for (let round = 0; round < KILLS; round++) {
      await wait(200 + Math.random() * 800);
      await postgres.kill();
      await wait(Math.random() * 500);
      await postgres.start();
    }
    await wait(300);
    await load.stop();
    const { rows, totals } = await rowsOf("killed");
    const verdict = compare(load.answered, rows);
    console.log(`# kill -9 of PostgreSQL: ${KILLS} rounds, ${load.sent} calls, ${load.refused.length} refused, ${JSON.stringify(verdict)}`);
    assert.ok(verdict.acknowledged > 200);
    const { lost, twice, costOff, cut, died } = verdict;
    assert.deepEqual({ lost, twice, costOff, cut, died }, { lost: 0, twice: 0, costOff: 0, cut: 0, died: 0 });
    assert.equal(totals.calls, verdict.acknowledged);
    const asked = upstream.calls.filter(({ name }) => name?.startsWith("killed-") === true).length;
    assert.equal(totals.calls, asked);
    // Only the want of money may refuse a call while the database is away.
    assert.deepEqual(
      load.refused.filter(({ body }) => !/store_unavailable|insufficient_quota/.test(body)),
      [],
    );
    assert.equal((await budgetOf("killed")).spent, totals.costMicroUsd);
    const audit = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "killed" });
    assert.equal(audit.ok, true);
  },
  KILLS * 20_000 + 60_000,
);
