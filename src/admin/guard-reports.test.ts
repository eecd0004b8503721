import assert from "node:assert/strict";
import { afterAll, test } from "bun:test";
import { testPrincipal } from "../admit/testing.ts";
import type { Principal, TenantPrincipal } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import type { Fault, FaultCode } from "../kernel/fault.ts";
import { requestIds, type RequestId, type TenantId } from "../kernel/ids.ts";
import type { Database, Scope } from "../store/database.ts";
import { deleteOldRefusals, keepRefusals } from "../store/guard-refusals.ts";
import { createTenant } from "../store/tenants.ts";
import { openTestDatabase } from "../store/testing.ts";
import type { Decision } from "../record/index.ts";
import { createGuardReports, OPEN_REPORTS_MAX, pruneReportTexts } from "./guard-reports.ts";

const NOW_MS = Date.UTC(2026, 10, 21);
const DAY_MS = 86_400_000;
const ADMIN: Principal = { kind: "admin", role: "admin" };
const db = await openTestDatabase();
afterAll(() => db.close());

const stored = new Map<string, Uint8Array>();
const objects = {
  putObject: async (tenantId: TenantId, key: string, bytes: Uint8Array) => void stored.set(`${tenantId} ${key}`, bytes),
  getObject: async (tenantId: TenantId, key: string) => stored.get(`${tenantId} ${key}`),
  deleteObject: async (tenantId: TenantId, key: string) => void stored.delete(`${tenantId} ${key}`),
  listObjects: async (tenantId: TenantId, prefix: string) =>
    [...stored.keys()]
      .filter((name) => name.startsWith(`${tenantId} ${prefix}`))
      .map((name) => name.slice(tenantId.length + 1))
      .toSorted(),
};
const noted: Decision[] = [];
const decisions = {
  digestText: () => "digest",
  note: (decision: Decision) => void noted.push(decision),
  async change<T>(_: Scope, work: (bound: Database) => Promise<{ made: T; decision: Decision }>) {
    const { made, decision } = await work(db);
    noted.push(decision);
    return made;
  },
};
let nowMs = NOW_MS;
const reports = createGuardReports({ db, objects, nowMs: () => nowMs, flush: async () => undefined, keptDays: () => 90, decisions });
const isFault =
  (code: FaultCode) =>
  (fault: Fault): boolean =>
    fault.code === code || assert.fail(fault);

async function person(slug: string): Promise<TenantPrincipal> {
  const tenant = await createTenant(db, NOW_MS, { slug, name: slug });
  return testPrincipal({}, tenant);
}
async function refuse({ tenant, key }: TenantPrincipal, code: FaultCode = "injection_blocked"): Promise<RequestId> {
  const requestId = requestIds.make(nowMs);
  await keepRefusals(
    db,
    tenant.id,
    [{ requestId, keyId: key.id, code, saw: "override", refusedAtMs: nowMs }],
    new Date(nowMs + 4 * DAY_MS),
  );
  return requestId;
}
const ada = await person("acme");
const bob = await person("globex");
const ALL = { limit: 100 };

test("a report goes from its caller to the admin, is labelled, and found by its label", async () => {
  const requestId = await refuse(ada);
  const made = await reports.report(ada, { requestId, text: "What is a system prompt?", note: "A question." });
  assert.equal(made.keepUntil, toIso(NOW_MS + 90 * DAY_MS));
  const [listed] = (await reports.list({ ...ALL, tenant: "acme" })).data;
  assert.deepEqual([listed?.requestId, listed?.hasText, listed?.label, listed?.saw], [requestId, true, null, "override"]);
  const read = await reports.read(ADMIN, requestId);
  assert.deepEqual([read.text, read.note, read.tenant], ["What is a system prompt?", "A question.", "acme"]);
  assert.equal((await reports.label(ADMIN, requestId, "false-positive")).label, "false-positive");
  for (const [label, count] of [
    ["false-positive", 1],
    ["correct", 0],
    ["open", 0],
  ] as const)
    assert.equal((await reports.list({ ...ALL, label })).data.length, count, label);
  assert.deepEqual(
    noted.map(({ action, resource, actor }) => [action, resource, actor]),
    [
      ["guard.report", requestId, ada.key.id],
      // Its tenant sees who looked at what was sent.
      ["guard.read", requestId, "admin-key"],
      ["guard.label", requestId, "admin-key"],
    ],
  );
  assert.ok(!JSON.stringify(noted).includes("system prompt"));
});

test("another tenant's refusal, one that never was, one that is no id and one that is too old are the same 404", async () => {
  const theirs = await refuse(bob);
  const old = await refuse(ada);
  nowMs += 5 * DAY_MS;
  const said = new Set<string>();
  for (const requestId of [theirs, old, requestIds.make(nowMs), "req_", "", "x".repeat(64)])
    await assert.rejects(
      reports.report(ada, { requestId, text: "x" }),
      (fault: Fault) => isFault("not_found")(fault) && Boolean(said.add(fault.message)),
    );
  assert.equal(said.size, 1);
  nowMs = NOW_MS;
  assert.equal([...stored.keys()].filter((name) => name.startsWith(ada.tenant.id)).length, 1, "nothing was stored for them");
  await reports.report(bob, { requestId: theirs });
  assert.equal((await reports.list({ ...ALL, tenant: "acme" })).data.length, 1);
  assert.equal((await reports.list(ALL)).data.length, 2);
});

test("a second report is refused, also when both come at once, and leaves the first's text alone", async () => {
  const requestId = await refuse(ada);
  const both = await Promise.allSettled(["one", "two"].map((text) => reports.report(ada, { requestId, text })));
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  const kept = both[0]?.status === "fulfilled" ? "one" : "two";
  assert.equal((await reports.read(ADMIN, requestId)).text, kept);
  await assert.rejects(reports.report(ada, { requestId, text: "three" }), isFault("conflict"));
  assert.equal((await reports.read(ADMIN, requestId)).text, kept);
  assert.equal([...stored.keys()].filter((name) => name.includes(requestId)).length, 1, "the other's text is not left lying");
});

test("a report without a text stores no object; what was never reported is none", async () => {
  const requestId = await refuse(ada);
  await assert.rejects(reports.read(ADMIN, requestId), isFault("not_found"));
  await assert.rejects(reports.label(ADMIN, requestId, "correct"), isFault("not_found"));
  await reports.report(ada, { requestId });
  const read = await reports.read(ADMIN, requestId);
  assert.deepEqual([read.hasText, read.text, read.note], [false, null, null]);
});

test("on their date reports go, rows and texts, but for tenants that are held", async () => {
  const count = async () => (await reports.list(ALL)).data.length;
  const before = await count();
  const later = NOW_MS + 91 * DAY_MS;
  assert.equal(await pruneReportTexts(objects, ada.tenant.id, NOW_MS + 90 * DAY_MS), 0);
  assert.equal(await pruneReportTexts(objects, ada.tenant.id, later), 2);
  assert.equal(stored.size, 0);
  await deleteOldRefusals(db, new Date(NOW_MS + 89 * DAY_MS), new Set());
  assert.equal(await count(), before);
  await deleteOldRefusals(db, new Date(later), new Set([bob.tenant.id]));
  assert.deepEqual(
    (await reports.list(ALL)).data.map(({ tenant }) => tenant),
    ["globex"],
  );
});

test("of one tenant so many reports wait to be looked at, and no more; another's are taken all the same", async () => {
  nowMs = NOW_MS + 200 * DAY_MS;
  const eve = await person("eve");
  const ids: RequestId[] = [];
  for (let at = 0; at <= OPEN_REPORTS_MAX; at++) ids.push(await refuse(eve));
  const last = ids.pop() ?? assert.fail();
  for (const requestId of ids) await reports.report(eve, { requestId });
  await assert.rejects(reports.report(eve, { requestId: last, text: "x" }), isFault("conflict"));
  assert.equal(stored.size, 0);
  await reports.report(ada, { requestId: await refuse(ada) });
  await reports.label(ADMIN, ids[0] ?? last, "correct");
  await reports.report(eve, { requestId: last });
});
