import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { Fault } from "../kernel/fault.ts";
import { keyIds } from "../kernel/ids.ts";
import { makeEvent, makeReservation, NOON_MS } from "../record/testing.ts";
import { OPERATOR } from "../store/database.ts";
import { setErasureCheck, type ErasureJob } from "../store/erasures.ts";
import type { Engine } from "../store/engine.ts";
import { ADA, admin, openErasureWorld } from "./testing.ts";

const LONG = process.env["WEIR_TEST_LONG"] === "1";
const KILLS = LONG ? 60 : 2;

const { db, logged, open, fill, jobOf, countLeft, close } = await openErasureWorld();
afterAll(close);

type Line = { store: string; before: number; deleted: number; after: number; kept?: { count: number } };
const linesOf = ({ certificate }: ErasureJob): Map<string, Line> => {
  const { stores } = JSON.parse(certificate?.body ?? assert.fail("no certificate")) as { stores: Line[] };
  return new Map(stores.map((line) => [line.store, line]));
};

/** A database that is gone for good after so many questions, as for a process that was killed. */
function killedAfter(questions: number): { engine: Engine; dead(): boolean } {
  let left = questions;
  const ask = (): void => {
    if (left-- <= 0) throw new Fault("store_unavailable");
  };
  const engine: Engine = {
    ...db,
    async query(...asked) {
      ask();
      return await db.query(...asked);
    },
    async transaction(...asked) {
      ask();
      return await db.transaction(...asked);
    },
    async batch(...asked) {
      ask();
      return await db.batch(...asked);
    },
    async asOwner(body) {
      ask();
      return await db.asOwner(body);
    },
  };
  return { engine, dead: () => left < 0 };
}

test(
  "killed anywhere and taken up again, an erasure leaves nothing, and its certificate counts what there was",
  async () => {
    const first = open(db);
    const dice = { at: 17 };
    const random = (max: number): number => (dice.at = (dice.at * 1_103_515_245 + 12_345) % 2_147_483_648) % max;
    let killed = 0;
    let tries = 0;
    for (let round = 0; round < KILLS; round++) {
      const { slug, tenantId } = await fill(first);
      const { jobId } = await first.erasure.requests.eraseTenant(admin, slug);
      let job = await jobOf(jobId);
      for (let lives = 0; job.state !== "done" && lives < 40; lives++, tries++) {
        // A later life is longer, so that each job comes to its end.
        const { engine, dead } = killedAfter(10 + random(100) + lives * 40);
        const parts = open(engine);
        parts.erasure.jobs.kick();
        await parts.erasure.jobs.idle();
        if (dead()) killed++;
        parts.record.journal.source.discard();
        job = await jobOf(jobId);
      }
      assert.equal(job.state, "done");
      assert.equal(await countLeft(tenantId), 0);
      const lines = linesOf(job);
      for (const line of lines.values()) assert.deepEqual([line.deleted, line.after], [line.before, 0], line.store);
      const counts = ["table api_keys", "table events", "table subjects", "table files", "objects files", "objects chat-logs", "data keys"];
      assert.deepEqual(
        counts.map((name) => lines.get(name)?.before),
        [1, 3, 2, 1, 1, 1, 1],
      );
      assert.equal((await first.record.verifyAudit(tenantId)).entries, 3);
      assert.equal((await first.record.verifyAudit(tenantId)).ok, true);
    }
    assert.ok(killed >= KILLS, `${killed} kills`);
    console.log(`# erasure: ${KILLS} tenants, ${killed} kills at random places, ${tries} starts; 0 left, ${KILLS} certificates right`);
  },
  LONG ? 3_600_000 : 60_000,
);

test("what a deletion does not delete, and a row that names the tenant where nobody looks, are found by the second pass: no certificate", async () => {
  const parts = open(db);
  const faults = {
    "a table that keeps its rows": [
      `CREATE TABLE stubborn (tenant_id text NOT NULL, id text, PRIMARY KEY (tenant_id, id)); SELECT weir_guard('stubborn', operator => 'select,delete');
       CREATE FUNCTION keep_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
       CREATE TRIGGER keep_it BEFORE DELETE ON stubborn FOR EACH ROW EXECUTE FUNCTION keep_it()`,
      "INSERT INTO stubborn VALUES ($1, 'x')",
      "DROP TABLE stubborn; DROP FUNCTION keep_it",
      "table stubborn",
    ],
    "a table without tenant_id": [
      "CREATE TABLE hidden (id text PRIMARY KEY, note jsonb); GRANT SELECT ON hidden TO weir_operator",
      `INSERT INTO hidden VALUES ('x', jsonb_build_object('whose', $1::text))`,
      "DROP TABLE hidden",
      "table hidden, by what stands in its rows",
    ],
  } as const;
  for (const [name, [plant, row, undo, store]] of Object.entries(faults)) {
    const { slug, tenantId } = await fill(parts);
    await db.asOwner(async (owner) => {
      await owner.script(plant);
      await owner.query(row, [tenantId]);
    });
    const { jobId } = await parts.erasure.requests.eraseTenant(admin, slug);
    parts.erasure.jobs.kick();
    await parts.erasure.jobs.idle();
    const job = await jobOf(jobId);
    assert.deepEqual([job.state, job.errorCode, job.certificate], ["running", "left_over", undefined], name);
    const left = Object.entries(job.progress).filter(([, { after = 0 }]) => after > 0);
    assert.deepEqual(
      left.map(([each]) => each),
      [store],
    );
    await db.asOwner((owner) => owner.script(undo));
    const again = open(db);
    again.erasure.jobs.kick();
    await again.erasure.jobs.idle();
    assert.equal((await jobOf(jobId)).state, "done", name);
  }
}, 30_000);

test("a call under way ends, is recorded, and is erased with the rest", async () => {
  const parts = open(db);
  const { slug, tenantId } = await fill(parts);
  const reservation = makeReservation({ tenantId, keyId: keyIds.make(NOON_MS) });
  await parts.record.journal.open(reservation);
  const { jobId } = await parts.erasure.requests.eraseTenant(admin, slug);
  parts.erasure.jobs.kick();
  while ((await db.query(OPERATOR, "SELECT 1 FROM erasure_parts WHERE erasure_id = $1", [jobId])).length === 0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.notEqual((await jobOf(jobId)).state, "done");
  await parts.record.journal.close(makeEvent(reservation));
  await parts.erasure.jobs.idle();
  const job = await jobOf(jobId);
  assert.deepEqual([job.state, await countLeft(tenantId), linesOf(job).get("table events")?.before], ["done", 0, 4]);
  assert.equal(parts.record.callsOf(tenantId), 0);
});

test("what comes late is erased by another round, whose certificate names the one before", async () => {
  const parts = open(db);
  const { slug, tenantId } = await fill(parts);
  const { jobId } = await parts.erasure.requests.eraseTenant(admin, slug);
  parts.erasure.jobs.kick();
  await parts.erasure.jobs.idle();
  const first = await jobOf(jobId);
  assert.equal(first.state, "done");
  // A dead process's journal, shipped days later.
  const reservation = makeReservation({ tenantId, keyId: keyIds.make(NOON_MS) });
  await parts.record.journal.open(reservation);
  await parts.record.journal.close(makeEvent(reservation));
  await parts.record.shipper.flush();
  assert.ok((await countLeft(tenantId)) > 0);
  await setErasureCheck(db, jobId, new Date(0));
  parts.erasure.jobs.kick();
  await parts.erasure.jobs.idle();
  const second = await jobOf(jobId);
  assert.deepEqual([second.state, second.round, await countLeft(tenantId)], ["done", 2, 0]);
  const body = JSON.parse(second.certificate?.body ?? "") as { replaces: string };
  assert.equal(body.replaces, first.certificate?.hash);
  assert.equal(linesOf(second).get("table events")?.before, 1);
  assert.deepEqual(await parts.record.verifyAudit(tenantId), { ok: true, entries: 4, suspect: 0 });
});

test("an erased end user's chat lines, files and collections go, others' stay, and nobody can make their digest again", async () => {
  const parts = open(db);
  const { slug, tenantId, ends } = await fill(parts);
  const boss = {
    kind: "tenant",
    role: "tenant-admin",
    tenant: { id: tenantId, slug },
    key: { id: "key_00000000000000000000000000" },
  } as never;
  const { jobId } = await parts.erasure.requests.eraseSubject(boss, slug, ADA);
  assert.ok(!JSON.stringify(await db.query(OPERATOR, "SELECT * FROM erasures")).includes(ADA), "sealed while the job runs");
  parts.erasure.jobs.kick();
  await parts.erasure.jobs.idle();
  const job = await jobOf(jobId);
  assert.deepEqual([job.state, job.subject], ["done", undefined]);
  const lines = linesOf(job);
  const before = (name: string): readonly (number | undefined)[] => [lines.get(name)?.before, lines.get(name)?.after];
  assert.deepEqual(before("chat logs"), [2, 0]);
  assert.deepEqual(before("files"), [1, 0]);
  assert.deepEqual(before("collections"), [1, 0]);
  assert.deepEqual(before("table subjects"), [1, 0]);
  const { pages } = JSON.parse(job.certificate?.body ?? "") as { pages: { rewritten: string[] } };
  const written = ["chunks", "collection_files", "collections", "documents", "files", "postings", "subjects"];
  assert.deepEqual(pages.rewritten, written, "tables that rows of theirs stood in");
  assert.equal(lines.get("table events")?.kept?.count, 2);
  assert.equal(lines.get("table events, of before version 0.2")?.kept?.count, 0);
  const files = parts.stored.contentLog.files;
  assert.deepEqual([await files.count(tenantId, () => true), await files.count(tenantId, ({ endUser }) => endUser === ends[2])], [1, 1]);
  assert.equal((await parts.record.verifyAudit(tenantId)).ok, true);
  assert.equal((await parts.decisions.verifyDecisions(tenantId)).ok, true);
  const who = { kind: "tenant", role: "member", tenant: { id: tenantId } } as never;
  assert.notEqual(await parts.endUsers.digest({ who }, ADA), ends[0]);
  assert.equal(await parts.endUsers.digest({ who }, "bob"), ends[2]);
  // A second time, with calls of afterwards left alone by the first.
  const again = await parts.erasure.requests.eraseSubject(boss, slug, ADA);
  parts.erasure.jobs.kick();
  await parts.erasure.jobs.idle();
  assert.equal(linesOf(await jobOf(again.jobId)).get("table subjects")?.before, 1);
  // Somebody whom nothing knows gets the same answer.
  const nobody = await parts.erasure.requests.eraseSubject(boss, slug, "nobody");
  parts.erasure.jobs.kick();
  await parts.erasure.jobs.idle();
  assert.ok([...linesOf(await jobOf(nobody.jobId)).values()].every((line) => line.before === 0 && (line.kept?.count ?? 0) === 0));
});

test("a tenant that a version without jobs had deleted is erased at the next start", async () => {
  const parts = open(db);
  const { tenantId } = await fill(parts);
  await db.query(OPERATOR, "UPDATE tenants SET deleted_at = now() WHERE id = $1", [tenantId]);
  const next = open(db);
  next.erasure.jobs.kick();
  await next.erasure.jobs.idle();
  assert.equal(await countLeft(tenantId), 0);
});

test("a scan finds personal data where scrubbing was to keep it out, tells its kind and place, and passes over what is kept as it was", async () => {
  const parts = open(db);
  const { tenantId } = await fill(parts);
  const clean = await parts.contentScan.run();
  assert.deepEqual([clean.findings, parts.contentScan.found], [{}, 0]);
  assert.ok(clean.tenants > 0 && clean.entries >= 4);
  // A scrubber that missed one: it goes round the log's own.
  const line = { requestId: "req_1", policy: "scrubbed", messages: [{ role: "user", content: `I am ${ADA}` }], answer: "yes" };
  const raw = { ...line, policy: "full" };
  await parts.stored.objects.putObject(
    tenantId,
    "chat-logs/2026-11-21/planted.ndjson",
    Buffer.from([line, raw].map((each) => JSON.stringify(each)).join("\n")),
  );
  parts.decisions.note({ category: "security", action: "slip", outcome: "denied", reason: ADA, tenantId });
  const { findings } = await parts.contentScan.run();
  assert.equal(findings["EMAIL"], 2, JSON.stringify(findings));
  assert.equal(
    parts.contentScan.found,
    Object.values(findings).reduce((sum, count) => sum + count, 0),
  );
  const { data } = await parts.decisions.listDecisions(tenantId, { category: "security" });
  const told = data.filter(({ action }) => action === "content.scan");
  assert.deepEqual(new Set(told.map(({ resource }) => resource)), new Set(["chat-logs/2026-11-21/planted.ndjson", "decisions"]));
  assert.ok(!JSON.stringify(told).includes(ADA) && logged.includes("personal data was found in what is kept"));
});
