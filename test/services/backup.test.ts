import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import { restore } from "../../src/operate/index.ts";
import { createServerDatabase } from "../../src/store/testing.ts";
import { startLoad } from "../e2e/load.ts";
import { ADMIN_KEY, oneModel, startWeir } from "../e2e/server.ts";
import { listRows } from "../e2e/usage-rows.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";

const secret = randomBytes(32);
const deps = { clock: systemClock, log: { warn: () => undefined }, pid: process.pid };
let folder: string;
let upstream: FakeUpstream;
let databases: readonly Awaited<ReturnType<typeof createServerDatabase>>[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-backup-services-"));
  upstream = await createFakeUpstream();
  databases = [await createServerDatabase(), await createServerDatabase()];
}, 60_000);
afterAll(async () => {
  await upstream.close();
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function* readBackup(url: string): AsyncGenerator<Uint8Array> {
  const response = await fetch(`${url}/admin/v1/backup`, { method: "POST", headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  assert.equal(response.status, 200);
  const reader = response.body?.getReader();
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) yield piece.value;
}

test("PostgreSQL under load is backed up as of one moment, and restores into PostgreSQL and into an embedded database alike", async () => {
  const yaml = oneModel(upstream.openaiBaseUrl);
  const envOf = (at: number) => ({ DATABASE_URL: databases[at]?.url ?? "", WEIR_SECRET: secret.toString("hex") });
  const weir = await startWeir({ yaml, env: envOf(0) });
  const { key } = await weir.tenant("acme", { budgetUsd: 100 });
  const load = startLoad({
    url: () => weir.url,
    key,
    workers: 6,
    pauseMs: 5,
    body: (n) => ({ model: "m", stream: n % 2 === 1, max_tokens: 50, messages: [{ role: "user", content: `Tell me. parts=5;call=${n}` }] }),
  });
  while (load.answered.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
  const before = load.answered.filter(({ acknowledged }) => acknowledged).map(({ requestId }) => requestId);
  const pieces = await Array.fromAsync(readBackup(weir.url));
  await load.stop();
  const failed = load.sent - load.answered.filter(({ acknowledged }) => acknowledged).length;

  const sourceOf = async function* (): AsyncGenerator<Uint8Array> {
    yield* pieces;
  };
  const toServer = await restore(deps, { source: sourceOf(), dataDir: join(folder, "server"), databaseUrl: databases[1]?.url, secret });
  const toFolder = await restore(deps, { source: sourceOf(), dataDir: join(folder, "embedded"), databaseUrl: undefined, secret });
  assert.deepEqual(toServer.sums, toFolder.sums);
  await assert.rejects(
    restore(deps, { source: sourceOf(), dataDir: join(folder, "third"), databaseUrl: databases[1]?.url, secret }),
    /in use already/,
  );

  for (const [dataDir, env] of [
    [join(folder, "server"), envOf(1)],
    [join(folder, "embedded"), { WEIR_SECRET: secret.toString("hex") }],
  ] as const) {
    const copy = await startWeir({ yaml, dataDir, env });
    const ids = new Set((await listRows(copy.url, "acme")).rows.map(({ requestId }) => requestId));
    assert.deepEqual(
      before.filter((id) => !ids.has(id)),
      [],
    );
    assert.equal((await copy.call("POST", "/admin/v1/audit/verify", { tenant: "acme" }))["ok"], true);
    await copy.stop();
  }
  console.log(
    `# backup of PostgreSQL under load: ${before.length} calls answered before it, 0 missing in both copies, ${toServer.sums["events"]?.rows} events, checksums equal; ${load.sent} calls meanwhile, ${failed} failed`,
  );
  assert.equal(failed, 0);
  await weir.close();
}, 120_000);
