import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TenantId } from "../kernel/ids.ts";
import type { Engine } from "../store/engine.ts";
import { openTestDatabase } from "../store/testing.ts";
import { createDice, keepCopy, restore, TAMPERINGS } from "./audit-mutations.fixture.ts";
import { type Caller, createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation } from "./testing.ts";

let db: Engine;
const folder = makeFolder();
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(async () => {
  await db.close();
  folder.remove();
});

const LONG = process.env["WEIR_TEST_LONG"] === "1";
const ENTRIES = 10;
type Made = ReturnType<typeof createTestRecord>;

async function fill({ record, clock }: Made, callers: readonly Caller[], entries: number): Promise<void> {
  for (const caller of callers)
    for (let n = 0; n < entries; n++) {
      const reservation = makeReservation(caller, { startedAtMs: clock.nowMs() + n });
      await record.journal.open(reservation);
      await record.journal.close(makeEvent(reservation, n % 3 === 0 ? { outcome: "failed" } : {}));
    }
  await record.shipper.flush();
}
/** Signed ends are written every half minute. */
async function writeCheckpoints({ record, clock }: Made, dir: string): Promise<void> {
  const before = readAll(dir).length;
  clock.advance(60_000);
  record.tick();
  await until(() => readAll(dir).length > before);
}

test("every one of hundreds of random changes to the ledger is found, and a clean chain never alarms", async () => {
  const made = createTestRecord(db, folder.path);
  const { record } = made;
  const callers = [makeCaller(), makeCaller(), makeCaller()];
  const tenants = callers.map(({ tenantId }) => tenantId);
  await fill(made, callers, ENTRIES - 3);
  await db.asOwner((owner) => keepCopy(owner, "yesterday"));
  await fill(made, callers, 3);
  await record.drain();
  await db.asOwner((owner) => keepCopy(owner, "today"));

  const isWhole = async (): Promise<boolean> => {
    const verdicts = [];
    for (const tenant of tenants) verdicts.push(await readAgain.record.verifyAudit(tenant));
    return verdicts.every(({ ok }) => ok);
  };
  const readAgain = createTestRecord(db, folder.path);
  const roll = createDice(20_261_121);
  const mutations = LONG ? 5000 : 300;
  const missed: string[] = [];
  const kinds = new Map<string, number>();
  let alarms = 0;
  let clean = 0;
  for (let n = 0; n < mutations; n++) {
    const tampering = TAMPERINGS[n % TAMPERINGS.length];
    assert.ok(tampering !== undefined);
    await db.asOwner((owner) => tampering.run(owner, { tenants, entries: ENTRIES, roll }));
    if (await isWhole()) missed.push(tampering.name);
    kinds.set(tampering.name, (kinds.get(tampering.name) ?? 0) + 1);
    await db.asOwner((owner) => restore(owner, "today"));
    if (n % 5 !== 0) continue;
    clean++;
    if (!(await isWhole())) alarms++;
  }
  const cleanWanted = LONG ? 10_000 : clean;
  for (; clean < cleanWanted; clean++) if (!(await isWhole())) alarms++;
  console.log(`${mutations} changes of ${kinds.size} kinds, ${mutations - missed.length} found; ${clean} clean runs, ${alarms} alarms`);
  assert.deepEqual(missed, []);
  assert.equal(alarms, 0);
  await readAgain.record.drain();
}, 900_000);

test("without the folder of checkpoints an older copy would pass: it is what finds it", async () => {
  const apart = makeFolder();
  const made = createTestRecord(db, folder.path, { checkpointDir: join(apart.path, "told") });
  const caller = makeCaller();
  await fill(made, [caller], 4);
  await db.asOwner((owner) => keepCopy(owner, "before"));
  await fill(made, [caller], 4);
  await writeCheckpoints(made, join(apart.path, "told"));
  await db.asOwner((owner) => restore(owner, "before"));
  const blind = createTestRecord(db, folder.path, { checkpointDir: join(apart.path, "empty") });
  assert.equal((await blind.record.verifyAudit(caller.tenantId)).ok, true);
  assert.deepEqual(await made.record.verifyAudit(caller.tenantId), {
    ok: false,
    entries: 4,
    suspect: 0,
    firstBadSeq: 5,
    reason: "checkpoint-contradicts",
  });
  await blind.record.drain();
  await made.record.drain();
  apart.remove();
});

test("a checkpoint is signed: a changed one is told of, a half-written one is not", async () => {
  const apart = makeFolder();
  const made = createTestRecord(db, folder.path, { checkpointDir: apart.path });
  const caller = makeCaller();
  await fill(made, [caller], 3);
  await made.record.drain();
  const [name] = readdirSync(apart.path);
  const path = join(apart.path, name ?? "");
  const text = readFileSync(path, "utf8");
  const reader = createTestRecord(db, folder.path, { checkpointDir: apart.path });
  const verify = async (tenantId: TenantId) => (await reader.record.verifyAudit(tenantId)).reason;
  assert.equal(await verify(caller.tenantId), undefined);
  appendFileSync(path, text.slice(0, 100));
  assert.equal(await verify(caller.tenantId), undefined);
  writeFileSync(path, text.replace('"seq":3', '"seq":2'));
  assert.equal(await verify(caller.tenantId), "checkpoint-forged");
  await reader.record.drain();
  apart.remove();
});

test("a chain whose head somebody else wrote stays marked, however much is added to it", async () => {
  const made = createTestRecord(db, folder.path, { checkpointDir: join(folder.path, "other") });
  const caller = makeCaller();
  await fill(made, [caller], 6);
  await db.asOwner(async (owner) => {
    await owner.query("DELETE FROM events WHERE tenant_id = $1 AND seq = 6", [caller.tenantId]);
    await owner.query(
      `UPDATE audit_heads h SET seq = 5, chain_hash = e.chain_hash FROM events e
       WHERE h.tenant_id = $1 AND e.tenant_id = $1 AND e.seq = 5`,
      [caller.tenantId],
    );
  });
  await fill(made, [caller], 6);
  const verdict = await made.record.verifyAudit(caller.tenantId);
  assert.deepEqual([verdict.ok, verdict.reason], [false, "head-changed"]);
  assert.ok(made.log.told.includes("audit.head-forged"));
  await made.record.drain();
});

test("a second entry of one number is found wherever pages of the reading end", async () => {
  const made = createTestRecord(db, folder.path, { checkpointDir: join(folder.path, "doubles") });
  const caller = makeCaller();
  await fill(made, [caller], 510);
  const places = [1, 249, 250, 251, 500, 510];
  for (const seq of places) {
    await db.asOwner((owner) =>
      owner.query(
        `INSERT INTO events (tenant_id, created_at, request_id, seq, key_id, outcome, model, provider, input_tokens, output_tokens, cached_tokens,
           cost_micro_usd, count, event_hash, chain_hash, suspect, body)
         SELECT tenant_id, created_at, 'req_' || lpad('', 26, 'v'), seq, key_id, outcome, model, provider, input_tokens, output_tokens, cached_tokens,
           cost_micro_usd, count, event_hash, chain_hash, suspect, body FROM events WHERE tenant_id = $1 AND seq = $2::bigint`,
        [caller.tenantId, seq],
      ),
    );
    const { ok, firstBadSeq } = await made.record.verifyAudit(caller.tenantId);
    assert.deepEqual([ok, firstBadSeq], [false, seq]);
    const page = await made.record.readCalls(caller.tenantId, { after: seq - 1, limit: 1 });
    assert.equal(page.data.length, 2);
    await db.asOwner((owner) => owner.query("DELETE FROM events WHERE request_id = 'req_' || lpad('', 26, 'v')"));
  }
  assert.equal((await made.record.verifyAudit(caller.tenantId)).ok, true);
  await made.record.drain();
  console.log(`# audit: ${String(places.length)} of ${String(places.length)} double entries found, at the ends of pages too`);
});

test("files of past days keep the last checkpoint of each tenant", async () => {
  const apart = makeFolder();
  const made = createTestRecord(db, folder.path, { checkpointDir: apart.path });
  const caller = makeCaller();
  for (let n = 0; n < 3; n++) {
    await fill(made, [caller], 1);
    await writeCheckpoints(made, apart.path);
  }
  made.clock.advance(3 * 86_400_000);
  made.record.tick();
  await until(() => readAll(apart.path).length === 1);
  assert.equal((await made.record.verifyAudit(caller.tenantId)).ok, true);
  await made.record.drain();
  apart.remove();
});

const readAll = (dir: string): readonly string[] =>
  !existsSync(dir)
    ? []
    : readdirSync(dir)
        // A draft may be renamed before it is read.
        .filter((name) => name.endsWith(".jsonl"))
        .flatMap((name) =>
          readFileSync(join(dir, name), "utf8")
            .split("\n")
            .filter((line) => line !== ""),
        );

async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    if (done()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail("it did not come to be");
}
