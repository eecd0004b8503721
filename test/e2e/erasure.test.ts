import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "bun:test";
import { sha256Hex } from "../../src/kernel/hash.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { PLACES, plant, plantCalls, readFiles, readObjects, readRows, SECRET, withDatabase, wordOf, wordsIn } from "./erasure-world.ts";
import { eventually } from "./eventually.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

type Certificate = { body: string; hash: string; signature: string; publicKey: string };
type Job = {
  state: string;
  error?: string | null;
  round: number;
  certificate?: Certificate;
  stores: { store: string; before: number; after: number | null; kept: number }[];
};
type Facts = {
  what: string;
  tenantId: string;
  askedBy: string;
  digests?: string[];
  stores: { store: string; before: number; deleted: number; after: number; kept?: { count: number } }[];
  processes: { done: boolean; linesBefore: number; linesAfter: number }[];
  chains: { calls: { ok: boolean; entries: number }; decisions: { ok: boolean; entries: number } };
  pages: { logReplaced: boolean; rewritten: string[] };
  outside: { what: string; todo: string }[];
};

const untilDone = (weir: TestWeir, jobId: string): Promise<Job> =>
  eventually(async () => {
    const job = await weir.call<Job>("GET", `/admin/v1/erasures/${jobId}`);
    assert.equal(job.state, "done", `the erasure is not done: ${JSON.stringify(job)}`);
    return job;
  });

function readCertificate(job: Job): Facts {
  const { body, hash, signature, publicKey } = job.certificate ?? assert.fail("there is no certificate");
  assert.equal(sha256Hex(body), hash);
  assert.ok(verify(null, Buffer.from(hash), createPublicKey(publicKey), Buffer.from(signature, "base64")));
  assert.ok(
    !verify(null, Buffer.from(sha256Hex(body.replace("before", "befor3"))), createPublicKey(publicKey), Buffer.from(signature, "base64")),
  );
  return JSON.parse(body) as Facts;
}

/** What may stay of an erased tenant, and only under its id. */
const REMAINING = new Set([
  "audit_heads",
  "audit_anchors",
  "decision_heads",
  "decision_anchors",
  "usage_hours",
  "usage_days",
  "usage_open_days",
  "changes",
  "erasures",
]);

/** A table that nobody told the erasure of. */
const NEW_TABLE = `CREATE TABLE notes (tenant_id text NOT NULL REFERENCES tenants (id), id text NOT NULL, body text, PRIMARY KEY (tenant_id, id));
  SELECT weir_guard('notes', tenant => 'select', operator => 'select,delete')`;

const others = ["globex", "initech"] as const;

test("of an erased tenant's 40 words none is left in any store or file; other tenants have all of theirs; the chains verify", async () => {
  const upstream = await createFakeUpstream({
    say: ({ body }) => {
      const text = JSON.stringify(body);
      const tenant = ["acme", ...others].find((each) => text.includes(`zq${each}`)) ?? "nobody";
      return [wordOf(tenant, text.includes('"stream":true') ? "stream" : "answer")];
    },
  });
  const yaml = oneModel(upstream.openaiBaseUrl);
  const options = { yaml, env: { WEIR_SECRET: SECRET } };
  let weir = await startWeir(options);
  const { dataDir } = weir;
  const again = { ...options, dataDir };
  const logged: string[] = [];
  try {
    const acme = await plant(weir, "acme");
    const kept = [await plant(weir, "globex"), await plant(weir, "initech")];
    logged.push(...weir.logged);
    await weir.stop();

    // Everything that the server itself would not plant; then each word is shown to be somewhere.
    for (const folder of ["quarantine", join("damaged", "proc_0123456789abcdefghij")])
      await mkdir(join(dataDir, "journal", folder), { recursive: true });
    const line = (id: string, word: string): string => `${"0".repeat(64)} {"tenantId":"${id}","feature":"${word}"}\n`;
    const planted = [acme, ...kept].map(({ tenant, id }) => ({ tenant, id }));
    const linesOf = (place: "quarantine" | "damaged"): string => planted.map(({ tenant, id }) => line(id, wordOf(tenant, place))).join("");
    await writeFile(join(dataDir, "journal/quarantine/proc_0123456789abcdefghij.log"), linesOf("quarantine"));
    await writeFile(join(dataDir, "journal/damaged/proc_0123456789abcdefghij/000001.log"), linesOf("damaged"));
    const before = await withDatabase(dataDir, async (db) => {
      await db.asOwner(async (owner) => {
        await owner.script(NEW_TABLE);
        for (const { tenant, id } of planted) {
          await owner.query("INSERT INTO notes VALUES ($1, 'n1', $2)", [id, wordOf(tenant, "newtable")]);
          await owner.query("INSERT INTO holds VALUES ($1, 'x', '{}', $2, now() - interval '1 day', now(), 'admin-key')", [
            id,
            wordOf(tenant, "hold"),
          ]);
        }
      });
      return await readRows(db);
    });
    const rowsOf = (rows: typeof before, id: string) => rows.filter(({ table, text }) => text.includes(id) && table !== "decisions").length;
    for (const { tenant, id } of planted) {
      const everywhere = [
        ...before.map(({ text }) => text),
        ...(await readObjects(dataDir, id)),
        linesOf("quarantine"),
        linesOf("damaged"),
      ];
      const there = wordsIn(everywhere.join("\n"), tenant);
      assert.deepEqual(
        PLACES.filter((place) => !there.includes(place)),
        ["journalled"],
        `${tenant}: every word was planted`,
      );
    }

    weir = await startWeir(again);
    // In the journal of the process that erases, shipped and not rotated.
    for (const { tenant, key } of [acme, ...kept])
      await plantCalls(weir, key, (place) => wordOf(tenant, place === "feature" ? "journalled" : place), ["feature", "message"]);
    const calls = await weir.call<{ entries: number; ok: boolean }>("POST", "/admin/v1/audit/verify", { tenant: acme.slug });
    assert.equal(calls.ok, true);
    assert.ok(
      (await readFiles(dataDir)).some(({ path, text }) => path.startsWith("journal/proc") && wordsIn(text, "acme").includes("journalled")),
    );
    const countsBefore = await countsOf(weir, kept);

    // A hold stands against it; then nothing does.
    await weir.call("PUT", `/admin/v1/tenants/${acme.slug}/hold`, { reason: "case 7", until: "2999-01-01" });
    const refused = await weir.call<{ error: { message: string } }>("DELETE", `/admin/v1/tenants/${acme.slug}`, undefined, { expect: 409 });
    assert.match(refused.error.message, /A legal hold of \d{4}-.*until 2999-01-01/);
    assert.ok(!refused.error.message.includes("case 7"));
    await weir.call("DELETE", `/admin/v1/tenants/${acme.slug}/hold`);
    const { jobId } = await weir.call<{ jobId: string }>("DELETE", `/admin/v1/tenants/${acme.slug}`, undefined, { expect: 202 });
    await weir.call("GET", "/v1/models", undefined, { key: acme.key, expect: 401 });
    const facts = readCertificate(await untilDone(weir, jobId));

    // The certificate: each store with its count, found empty by the second pass.
    assert.deepEqual([facts.what, facts.tenantId, facts.askedBy], ["tenant", acme.id, "admin-key"]);
    for (const { store, before: had, deleted, after } of facts.stores) assert.deepEqual([had, after], [deleted, 0], store);
    const hadOf = (store: string): number => facts.stores.find((one) => one.store === store)?.before ?? -1;
    const filled = [
      "api_keys",
      "prompts",
      "files",
      "collections",
      "collection_files",
      "documents",
      "chunks",
      "postings",
      "events",
      "decisions",
      "budgets",
      "subjects",
      "notes",
      "holds",
    ];
    for (const table of filled) assert.ok(hadOf(`table ${table}`) > 0, `${table}: ${hadOf(`table ${table}`)}`);
    assert.deepEqual([hadOf("table tenants"), hadOf("data keys"), hadOf("objects files"), hadOf("objects chat-logs")], [1, 1, 2, 2]);
    assert.ok(facts.processes.every(({ done, linesAfter }) => done && linesAfter === 0));
    assert.ok(facts.processes.some(({ linesBefore }) => linesBefore >= 6));
    assert.deepEqual([facts.chains.calls.ok, facts.chains.calls.entries, facts.chains.decisions.ok], [true, calls.entries, true]);
    assert.equal(facts.pages.logReplaced, true);
    assert.ok(facts.outside.length >= 5 && facts.outside.some(({ what }) => what.includes("backups")));

    // What remains still verifies, by the id; the slug is free for another.
    const verdict = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: acme.id });
    assert.deepEqual([verdict.ok, verdict.entries], [true, calls.entries]);
    await weir.call("GET", `/admin/v1/tenants/${acme.slug}`, undefined, { expect: 404 });
    for (const { slug, key, store } of kept) {
      assert.equal((await weir.call<{ ok: boolean }>("POST", "/admin/v1/audit/verify", { tenant: slug })).ok, true);
      const found = await weir.call<{ data: unknown[] }>("POST", `/v1/vector_stores/${store}/search`, { query: "days" }, { key });
      assert.equal(found.data.length, 1);
    }
    assert.deepEqual(await countsOf(weir, kept), countsBefore);
    logged.push(...weir.logged);
    await weir.stop();

    // Every row and every byte.
    const after = await withDatabase(dataDir, readRows);
    const words = after.filter(({ text }) => wordsIn(text, "acme").length > 0);
    assert.deepEqual(words, []);
    const named = new Set(after.filter(({ text }) => text.includes(acme.id)).map(({ table }) => table));
    assert.deepEqual(
      [...named].filter((table) => !REMAINING.has(table)),
      [],
    );
    const files = await readFiles(dataDir);
    assert.deepEqual(
      files.flatMap(({ path, text }) => wordsIn(text, "acme").map((place) => `${path}: ${place}`)),
      [],
    );
    assert.deepEqual(new Set(await readdir(join(dataDir, "objects/data-keys"))), new Set(kept.map(({ id }) => id)));
    const naming = files.filter(({ path, text }) => (path + text).includes(acme.id)).map(({ path }) => path.split("/")[0]);
    assert.deepEqual(new Set(naming), new Set(["audit-checkpoints", "postgres"]));
    for (const { tenant, id } of kept) {
      const everywhere = [
        ...after.map(({ text }) => text),
        ...(await readObjects(dataDir, id)),
        ...files.filter(({ path }) => path.startsWith("journal")).map(({ text }) => text),
      ];
      // What was journalled is in the ledger, and its journal went with the server's orderly end.
      assert.deepEqual(wordsIn(everywhere.join("\n"), tenant), [...PLACES], tenant);
      assert.ok(rowsOf(after, id) >= rowsOf(before, id), `${tenant}: ${rowsOf(before, id)} rows and ${rowsOf(after, id)}`);
    }
    assert.deepEqual(wordsIn(logged.join("\n"), "acme"), []);
    const sum = facts.stores.reduce((total, { deleted }) => total + deleted, 0);
    console.log(
      `# erasure: ${PLACES.length} of ${PLACES.length} words planted, 0 left in ${after.length} rows and ${files.length} files; ${facts.stores.length} stores, ${sum} deleted; chain of ${verdict.entries} whole; 2 other tenants untouched`,
    );
  } finally {
    await weir.stop().catch(() => undefined);
    await upstream.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);

/** How many calls, keys and files each tenant has. */
const countsOf = (weir: TestWeir, kept: readonly { slug: string; key: string }[]): Promise<readonly number[]> =>
  Promise.all(
    kept.flatMap(({ slug, key }) => [
      weir.call<{ totals: { calls: number } }>("GET", `/admin/v1/usage?tenant=${slug}`).then(({ totals }) => totals.calls),
      weir.call<{ data: unknown[] }>("GET", `/admin/v1/tenants/${slug}/keys`).then(({ data }) => data.length),
      weir.call<{ data: unknown[] }>("GET", "/v1/files", undefined, { key }).then(({ data }) => data.length),
    ]),
  );
