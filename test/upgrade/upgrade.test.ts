import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { systemClock } from "../../src/kernel/clock.ts";
import { restore, unseal } from "../../src/operate/index.ts";
import { readMigrations } from "../../src/store/migrate.ts";
import { openPglite } from "../../src/store/pglite.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir } from "../e2e/server.ts";

/** Made by the version that had the migrations 0001 to 0004: two tenants, 60 calls, one document. Its secret is in it, and of no other use. */
const FIXTURE = join(import.meta.dirname, "0004.backup");
const ACME_KEY = "weir-4jnb3197tauueibrngmkleumm18age1v";
const log = { warn: () => undefined };

const folder = await mkdtemp(join(tmpdir(), "weir-upgrade-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A data folder as that version left it. */
async function makeOldFolder(dataDir: string): Promise<void> {
  const source = Readable.from(unseal(createReadStream(FIXTURE), undefined), { objectMode: false }).pipe(createGunzip());
  const { keys } = await restore(
    { clock: systemClock, log, pid: process.pid },
    { source, dataDir, databaseUrl: undefined, secret: undefined, upgrade: false },
  );
  await writeFile(join(dataDir, "secret"), Buffer.from(keys.secret).toString("hex"), { mode: 0o600 });
}

const migrationsOf = async (dir: string): Promise<unknown[]> => {
  const db = await openPglite({ clock: systemClock, log }, { kind: "folder", dir });
  const rows = await db.asOwner((owner) => owner.query("SELECT name FROM weir_migrations ORDER BY name"));
  await db.close();
  return rows.map(({ name }) => name);
};

test("a data folder of the version before is upgraded: keys, sums, chains and documents stay, and the database as it was is kept beside", async () => {
  const dataDir = join(folder, "data");
  await makeOldFolder(dataDir);
  const known = readMigrations().map(({ name }) => name);
  assert.deepEqual(await migrationsOf(join(dataDir, "postgres")), known.slice(0, 4));

  const upstream = await createFakeUpstream();
  const weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl), dataDir });
  const { totals } = await weir.call<{ totals: Record<string, number> }>("GET", "/admin/v1/usage?tenant=acme");
  assert.deepEqual([totals["calls"], totals["inputTokens"], totals["outputTokens"], totals["costMicroUsd"]], [40, 1000, 120, 1240]);
  for (const tenant of ["acme", "globex"]) {
    const verdict = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant });
    assert.equal(verdict.ok, true);
  }
  const rag = { enabled: true, collection: "woods" };
  const messages = [{ role: "user", content: "How many doors has the badger's sett?" }];
  assert.match(await (await weir.chat(ACME_KEY, { model: "extractive", messages, rag })).text(), /seven doors/);
  assert.equal(
    (await weir.chat(ACME_KEY, { model: "m", max_tokens: 20, messages: [{ role: "user", content: "Tell me. parts=3" }] })).status,
    200,
  );
  await weir.stop();
  await upstream.close();

  assert.deepEqual(await migrationsOf(join(dataDir, "postgres")), known);
  const kept = (await readdir(dataDir)).filter((name) => name.startsWith("postgres.before-"));
  if (known.length > 4) {
    assert.deepEqual(kept, [`postgres.before-${known[4]?.replace(".sql", "") ?? ""}`]);
    assert.deepEqual(await migrationsOf(join(dataDir, kept[0] ?? "")), known.slice(0, 4));
  }
  console.log(`# upgrade: 4 → ${known.length} migrations, ${totals["calls"]} calls of acme, chains whole, copy kept: ${kept.join(", ")}`);
}, 120_000);
