import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres, type PostgresServer } from "../../tools/suite/postgres.ts";
import { journalsAdopted, makeTenant, startChild, type WeirChild } from "../e2e/child.ts";
import { compare, startLoad, type Answered } from "../e2e/load.ts";
import { oneModel } from "../e2e/server.ts";
import { listRows } from "../e2e/usage-rows.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";

const ROUNDS = process.env["WEIR_TEST_LONG"] === "1" ? 30 : 4;

let postgres: PostgresServer;
let upstream: FakeUpstream;
let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  postgres = await startPostgres();
  upstream = await createFakeUpstream();
  dataDir = await mkdtemp(join(tmpdir(), "weir-kill-services-"));
  await writeFile(join(dataDir, "weir.yaml"), oneModel(upstream.openaiBaseUrl));
  env = { DATABASE_URL: postgres.url, WEIR_SECRET: randomBytes(32).toString("hex") };
}, 60_000);
afterAll(async () => {
  await upstream.close();
  await postgres.close();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const start = (): Promise<WeirChild> => startChild(dataDir, join(dataDir, "weir.yaml"), env);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const WORDS = ["parts=10", "parts=30;pace=200", "parts=3", "parts=15;usage=none"];
const bodyOf = (n: number) => ({
  model: "m",
  stream: n % 2 === 1,
  max_tokens: 200,
  messages: [{ role: "user", content: `Tell me. ${WORDS[n % WORDS.length]};call=kill-${n}` }],
});

/** Spent of the budget, and what is still lent to anybody. */
async function readBudget(): Promise<{ spent: number; leased: number }> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ committed: string; leased: string }>(
      `SELECT max(b.committed_micro_usd) AS committed, coalesce(sum(l.outstanding_micro_usd), 0) AS leased
       FROM budgets b LEFT JOIN budget_leases l USING (tenant_id, key_id, period) WHERE b.key_id = '' AND b.tenant_id <> ''`,
    );
    const { committed = 0, leased = 0 } = rows[0] ?? {};
    return { spent: Number(committed) - Number(leased), leased: Number(leased) };
  } finally {
    await client.end();
  }
}

test(
  "gateway and PostgreSQL killed by turns and together: nothing answered is lost, and the budget is what the ledger says",
  async () => {
    let child = await start();
    const key = await makeTenant(child.url, "acme", { budgetUsd: 50 });
    const answered: Answered[] = [];
    let sent = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { url } = child;
      const from = sent;
      const load = startLoad({ url: () => url, key, workers: 10, body: (n) => bodyOf(from + n) });
      await wait(200 + Math.random() * 600);
      const both = round % 2 === 1;
      if (both) {
        await postgres.kill();
        // Calls go on from what was leased and journalled, and then their process dies as well.
        await wait(Math.random() * 400);
      }
      child.signal("SIGKILL");
      await child.exited;
      await load.stop();
      answered.push(...load.answered);
      sent += load.sent;
      assert.deepEqual(
        load.refused.filter(({ body }) => !(both && /store_unavailable|insufficient_quota/.test(body))).map(({ body }) => body),
        [],
      );
      if (both) await postgres.start();
      child = await start();
    }
    await journalsAdopted(dataDir);
    const rows = await listRows(child.url, "acme");
    const verdict = compare(answered, rows.rows);
    console.log(`# kill -9 of gateway, and of both: ${ROUNDS} rounds, ${sent} calls, ${JSON.stringify(verdict)}`);
    const { lost, twice, unbilled, costOff, diedUnbilled } = verdict;
    assert.deepEqual({ lost, twice, unbilled, costOff, diedUnbilled }, { lost: 0, twice: 0, unbilled: 0, costOff: 0, diedUnbilled: 0 });
    assert.ok(verdict.acknowledged > 100 && verdict.died > 0);
    assert.ok(rows.totals.calls >= upstream.calls.length);
    child.signal("SIGTERM");
    assert.equal(await child.exited, 0, child.errors());
    // Dead processes' leases went back with their journals, the living one's with its end.
    assert.deepEqual(await readBudget(), { spent: rows.totals.costMicroUsd, leased: 0 });
  },
  ROUNDS * 20_000 + 60_000,
);
