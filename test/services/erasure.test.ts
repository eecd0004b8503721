import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { createServerDatabase, openPostgresAsOwner } from "../../src/store/testing.ts";
import { plantCalls, readFiles, readRows, wordOf } from "../e2e/erasure-world.ts";
import { oneModel, startWeir, type TestWeir } from "../e2e/server.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";

let upstream: FakeUpstream;
let database: Awaited<ReturnType<typeof createServerDatabase>>;
let one: TestWeir;
let two: TestWeir;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  database = await createServerDatabase();
  const options = { yaml: oneModel(upstream.openaiBaseUrl), env: { DATABASE_URL: database.url, WEIR_SECRET: "8".repeat(64) } };
  one = await startWeir(options);
  two = await startWeir(options);
}, 60_000);
afterAll(async () => {
  await upstream.close();
  await database.drop();
});

type Job = {
  state: string;
  error?: string | null;
  certificate?: { body: string };
  processes: { processId: string; done: boolean; linesBefore: number; linesAfter: number }[];
};
type Facts = {
  stores: { store: string; before: number; after: number }[];
  processes: { done: boolean; linesBefore: number; linesAfter: number }[];
  chains: { calls: { ok: boolean; entries: number }; decisions: { ok: boolean } };
  pages: { database: string; note?: string };
};

const PLANTED = ["feature", "message"] as const;
/** That `plantCalls` makes on a server. */
const CALLS = 2;

test("a tenant is erased on PostgreSQL while two replicas serve it: both forget it, both journals are clean, no row is left", async () => {
  const { key } = await one.tenant("acme", { budgetUsd: 10 });
  const other = await one.tenant("globex");
  const { id } = await one.call<{ id: string }>("GET", "/admin/v1/tenants/acme");
  for (const weir of [one, two]) {
    await plantCalls(weir, key, (place) => wordOf("acme", place), PLANTED);
    await plantCalls(weir, other.key, (place) => wordOf("globex", place), PLANTED);
  }
  // What the other replica answered is in the chain within a second.
  const verify = () => two.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "acme" });
  let verdict = await verify();
  while (verdict.entries < 2 * CALLS) verdict = await verify();
  assert.equal(verdict.ok, true);
  const journals = async (weir: TestWeir): Promise<string> =>
    (await readFiles(weir.dataDir))
      .filter(({ path }) => path.startsWith("journal"))
      .map(({ text }) => text)
      .join("\n");
  for (const weir of [one, two]) assert.ok((await journals(weir)).includes(wordOf("acme", "feature")));

  const { jobId } = await one.call<{ jobId: string }>("DELETE", "/admin/v1/tenants/acme", undefined, { expect: 202 });
  assert.equal((await one.chat(key, { model: "m", messages: [{ role: "user", content: "hi" }] })).status, 401);
  let job: Job;
  do {
    await new Promise((resolve) => setTimeout(resolve, 50));
    job = await two.call<Job>("GET", `/admin/v1/erasures/${jobId}`);
  } while (job.state !== "done");
  assert.equal((await two.chat(key, { model: "m", messages: [{ role: "user", content: "hi" }] })).status, 401);

  const facts = JSON.parse(job.certificate?.body ?? "") as Facts;
  assert.equal(facts.processes.length, 2);
  for (const { done, linesBefore, linesAfter } of facts.processes) assert.deepEqual([done, linesBefore > 0, linesAfter], [true, true, 0]);
  assert.ok(facts.stores.every(({ after }) => after === 0));
  assert.deepEqual([facts.chains.calls.ok, facts.chains.calls.entries, facts.chains.decisions.ok], [true, verdict.entries, true]);
  assert.deepEqual([facts.pages.database, facts.pages.note?.includes("VACUUM FULL")], ["server", true]);
  for (const weir of [one, two]) {
    const text = await journals(weir);
    assert.ok(!text.includes(id) && !text.includes("zqacme"));
  }

  const db = openPostgresAsOwner(database.url);
  const rows = await readRows(db);
  await db.close();
  assert.deepEqual(
    rows.filter(({ text }) => text.includes("zqacme")),
    [],
  );
  assert.ok(rows.some(({ text }) => text.includes("zqglobex")));
  const named = new Set(rows.filter(({ text }) => text.includes(id)).map(({ table }) => table));
  const remaining = [
    "audit_anchors",
    "audit_heads",
    "changes",
    "decision_anchors",
    "decision_heads",
    "erasures",
    "usage_days",
    "usage_hours",
    "usage_open_days",
  ];
  assert.deepEqual(
    [...named].filter((table) => !remaining.includes(table)),
    [],
  );
  assert.equal((await one.call<{ ok: boolean }>("POST", "/admin/v1/audit/verify", { tenant: "globex" })).ok, true);

  // An end user, erased through one replica, has another digest in both.
  const digest = async (weir: TestWeir): Promise<string | undefined> => {
    const answered = await weir.chat(other.key, { model: "m", user: "ada@x.example", messages: [{ role: "user", content: "hi" }] });
    await answered.text();
    const requestId = answered.headers.get("x-weir-request-id") ?? "";
    const { event } = await weir.call<{ event: { endUserDigest?: string } }>("GET", `/v1/receipts/${requestId}`, undefined, {
      key: other.key,
    });
    return event.endUserDigest;
  };
  const before = await digest(one);
  assert.ok(before !== undefined && before === (await digest(two)));
  const subject = await one.call<{ jobId: string }>("DELETE", "/admin/v1/subjects/ada%40x.example?tenant=globex", undefined, {
    expect: 202,
  });
  do job = await one.call<Job>("GET", `/admin/v1/erasures/${subject.jobId}`);
  while (job.state !== "done");
  const after = await digest(two);
  assert.ok(after !== undefined && after !== before && after === (await digest(one)));
  console.log(
    `# erasure on PostgreSQL: ${facts.processes.length} replicas, ${facts.stores.length} stores, 0 left in ${rows.length} rows, chain of ${verdict.entries} whole`,
  );
  for (const weir of [one, two]) {
    await weir.stop();
    await rm(weir.dataDir, { recursive: true, force: true });
  }
}, 120_000);
