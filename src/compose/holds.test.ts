import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import type { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { listErasures } from "../store/erasures.ts";
import type { Engine } from "../store/engine.ts";
import { setHold, WHOLE_TENANT } from "../store/holds.ts";
import { ADA, admin, openErasureWorld, type Filled } from "./testing.ts";

const { db, config, open, fill, jobOf, countLeft, close } = await openErasureWorld();
afterAll(close);

test("a hold refuses the erasure of what it is on, with its date, and retention passes over it", async () => {
  // Every date has come.
  const clock = { ...systemClock, nowMs: () => Date.now() + 60 * 86_400_000 };
  const parts = open(db, clock);
  const { slug, tenantId, ends } = await fill(parts);
  const { holds, requests } = parts.erasure;
  const isHeld = (error: Fault): boolean =>
    error.code === "conflict" && /legal hold of \d{4}/.test(error.message) && !error.message.includes("case");
  await holds.set(admin, { slug, endUser: "bob" }, { reason: "case 1", untilMs: undefined });
  await assert.rejects(requests.eraseSubject(admin, slug, "bob"), isHeld);
  await assert.rejects(requests.eraseTenant(admin, slug), isHeld, "a part of it is held");
  // The held end user's line stays, and the others' go.
  const { contentLog } = parts.stored;
  await parts.stored.prune();
  const left: (string | undefined)[] = [];
  for await (const key of contentLog.files.list(tenantId))
    left.push(...(await contentLog.files.read(tenantId, key)).map(({ endUser }) => endUser));
  assert.deepEqual(left, [ends[2]]);
  await holds.set(admin, { slug }, { reason: "case 2", untilMs: clock.nowMs() + 3_600_000 });
  await assert.rejects(requests.eraseSubject(admin, slug, ADA), isHeld);
  await holds.lift(admin, { slug });
  await holds.lift(admin, { slug, endUser: "bob" });
  await assert.rejects(holds.lift(admin, { slug }), (error: Fault) => error.code === "not_found");
  await assert.rejects(holds.set(admin, { slug }, { reason: "x", untilMs: 1 }), (error: Fault) => error.code === "body_invalid");
  await parts.stored.prune();
  assert.equal(await contentLog.files.count(tenantId, () => true), 0);
  const { data } = await parts.decisions.listDecisions(tenantId, { category: "configuration" });
  assert.deepEqual(data.map(({ action, outcome }) => `${action} ${outcome}`).toSorted(), [
    "hold.lift granted",
    "hold.lift granted",
    "hold.set granted",
    "hold.set granted",
    "subject.erase denied",
    "subject.erase denied",
    "tenant.erase denied",
  ]);
  assert.ok(!JSON.stringify(data).includes("case"));
});

/** As `db`, and before the first transaction somebody else comes. */
function interrupted(before: () => Promise<unknown>): Engine {
  let pending: (() => Promise<unknown>) | undefined = before;
  return {
    ...db,
    async transaction(...asked) {
      const first = pending;
      pending = undefined;
      await first?.();
      return await db.transaction(...asked);
    },
  };
}

test("of a hold and an erasure that come at once, the first wins and the other is refused, in words and in the log", async () => {
  const parts = open(db);
  const isConflict = (error: Fault): boolean => error.code === "conflict" && /legal hold of|under way \(.+\)\. No hold/.test(error.message);
  const [one, two, three, four] = [await fill(parts), await fill(parts), await fill(parts), await fill(parts)];
  const forever = { reason: "case 3", untilMs: undefined };
  const countJobs = async ({ tenantId }: Filled) => (await listErasures(db, { tenantId, after: undefined, limit: 10 })).data.length;
  const deniedOf = async (chain: TenantId | undefined) =>
    (await parts.decisions.listDecisions(chain, { category: "configuration" })).data
      .filter(({ outcome }) => outcome === "denied")
      .map(({ action, code, reason }) => `${action} ${code ?? ""} ${reason ?? ""}`);

  // A hold comes while an erasure is being asked for.
  const holdFirst = (on: { slug: string; endUser?: string }) => open(interrupted(() => parts.erasure.holds.set(admin, on, forever)));
  const late = [holdFirst({ slug: one.slug, endUser: "bob" }), holdFirst({ slug: two.slug, endUser: ADA })] as const;
  await assert.rejects(late[0].erasure.requests.eraseTenant(admin, one.slug), isConflict);
  await assert.rejects(late[1].erasure.requests.eraseSubject(admin, two.slug, ADA), isConflict);
  for (const each of late) await each.decisions.flush();
  assert.deepEqual([await countJobs(one), await countJobs(two)], [0, 0]);
  assert.deepEqual(
    [await deniedOf(one.tenantId), await deniedOf(two.tenantId)],
    [["tenant.erase conflict hold"], ["subject.erase conflict hold"]],
  );

  // And the other way round.
  const tenantFirst = open(interrupted(() => parts.erasure.requests.eraseTenant(admin, three.slug)));
  const subjectFirst = open(interrupted(() => parts.erasure.requests.eraseSubject(admin, four.slug, ADA)));
  await assert.rejects(tenantFirst.erasure.holds.set(admin, { slug: three.slug, endUser: "bob" }, forever), isConflict);
  await assert.rejects(subjectFirst.erasure.holds.set(admin, { slug: four.slug, endUser: ADA }, forever), isConflict);
  for (const each of [tenantFirst, subjectFirst]) await each.decisions.flush();
  assert.deepEqual(await deniedOf(four.tenantId), ["hold.set conflict erasure"]);
  assert.deepEqual(await deniedOf(undefined), ["hold.set conflict erasure"], "the tenant's own chain is about to go");

  // While they are under way the same is said, and others may still be held.
  const { holds } = parts.erasure;
  await assert.rejects(holds.set(admin, { slug: three.slug }, forever), isConflict, "deleted, and not erased yet");
  await assert.rejects(holds.set(admin, { slug: four.slug }, forever), isConflict, "a part of it is being erased");
  await holds.set(admin, { slug: four.slug, endUser: "bob" }, forever);
  await holds.lift(admin, { slug: four.slug, endUser: "bob" });
  parts.erasure.jobs.kick();
  await parts.erasure.jobs.idle();
  await holds.set(admin, { slug: four.slug, endUser: ADA }, forever);
  await assert.rejects(holds.set(admin, { slug: three.slug }, forever), (error: Fault) => error.code === "not_found");
});

test("a job that finds a hold when it begins deletes nothing, and goes on when the hold is lifted", async () => {
  const late = { ...systemClock, nowMs: () => Date.now() + 120_000 };
  const parts = open(db);
  const [gone, kept] = [await fill(parts), await fill(parts)];
  const jobs = [
    await parts.erasure.requests.eraseTenant(admin, gone.slug),
    await parts.erasure.requests.eraseSubject(admin, kept.slug, ADA),
  ];
  // As a version that did not look at jobs would set it.
  const hold = { reason: "case 4", untilMs: undefined, setAtMs: Date.now(), setBy: "admin-key" };
  for (const { tenantId } of [gone, kept]) await setHold(db, tenantId, { id: WHOLE_TENANT, digests: [] }, hold);
  const aside = join(config.journal.dir, "quarantine", "held.log");
  await mkdir(join(aside, ".."), { recursive: true });
  await writeFile(aside, `x ${gone.tenantId}\n`);
  const before = [await countLeft(gone.tenantId), await countLeft(kept.tenantId)];
  parts.erasure.jobs.kick();
  await parts.erasure.jobs.idle();
  for (const { jobId } of jobs) {
    const { state, errorCode, progress } = await jobOf(jobId);
    assert.deepEqual([state, errorCode, progress], ["running", "held", {}]);
  }
  assert.deepEqual([await countLeft(gone.tenantId), await countLeft(kept.tenantId)], before);
  assert.ok((await readFile(aside, "utf8")).includes(gone.tenantId), "what was set aside is held too");

  const { holds } = parts.erasure;
  assert.equal((await holds.get({ slug: gone.slug })).reason, "case 4");
  for (const { slug } of [gone, kept]) await holds.lift(admin, { slug });
  const next = open(db, late);
  next.erasure.jobs.kick();
  await next.erasure.jobs.idle();
  for (const { jobId } of jobs) assert.equal((await jobOf(jobId)).state, "done");
  assert.equal(await countLeft(gone.tenantId), 0);
});
