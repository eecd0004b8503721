import { test } from "bun:test";
import assert from "node:assert/strict";
import { testWho } from "../chat/testing.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { tenantIds, type TenantId } from "../kernel/ids.ts";
import { endUserDigest, subjectIdOf } from "../record/index.ts";
import { openTestDatabase } from "../store/testing.ts";
import { findSubjectSalt, forgetSubject, takeSubjectSalt } from "../store/subjects.ts";
import { createTenant, findDigestSalt } from "../store/tenants.ts";
import { createEndUserDigests } from "./end-user.ts";

const other = { who: { ...testWho, tenant: { ...testWho.tenant, id: tenantIds.make(2) } } };
const mine = { who: testWho };

function digestsOn(options: { fail?: boolean; hold?: Promise<void> } = {}) {
  const clock = createFakeClock(0);
  const salts = new Map<string, Uint8Array>();
  const timers: (() => void)[] = [];
  let asked = 0;
  const make = () =>
    createEndUserDigests({
      clock,
      after(_ms, then) {
        timers.push(then);
        return () => undefined;
      },
      findTenantSalt: async (tenantId) => Buffer.from(tenantId),
      async takeSubjectSalt(tenantId: TenantId, id, { salt }) {
        asked++;
        if (options.fail === true) throw new Error("away");
        await options.hold;
        const name = `${tenantId} ${id}`;
        salts.set(name, salts.get(name) ?? salt);
        return salts.get(name);
      },
      subjectId: subjectIdOf,
      digest: endUserDigest,
    });
  return { clock, salts, timers, make, asked: () => asked };
}

test("a person has the same digest in every process, another in another tenant, and is looked up once", async () => {
  const { make, asked } = digestsOn();
  const [one, two] = [make(), make()];
  const [first, again] = await Promise.all([one.digest(mine, "ada"), one.digest(mine, "ada")]);
  assert.equal(first, again);
  assert.equal(asked(), 1);
  assert.equal(await one.digest(mine, "ada"), first);
  assert.equal(asked(), 1, "known");
  assert.equal(await two.digest(mine, "ada"), first);
  assert.notEqual(await one.digest(other, "ada"), first);
  assert.notEqual(await one.digest(mine, "bob"), first);
});

test("an erased person's next digest is a new one, and others keep theirs", async () => {
  const { make, salts } = digestsOn();
  const one = make();
  const [ada, bob] = [await one.digest(mine, "ada"), await one.digest(mine, "bob")];
  const id = subjectIdOf(Buffer.from(testWho.tenant.id), "ada");
  salts.delete(`${testWho.tenant.id} ${id}`);
  assert.equal(await one.digest(mine, "ada"), ada, "planted: without the word of it a process would go on");
  one.forget({ kind: "subject", tenantId: testWho.tenant.id, id });
  assert.notEqual(await one.digest(mine, "ada"), ada);
  assert.equal(await one.digest(mine, "bob"), bob);
});

test("a change of one tenant or end user forgets no other's, and a key's or policy's nobody's", async () => {
  const { make, asked } = digestsOn();
  const one = make();
  const all = [
    [mine, "ada"],
    [mine, "bob"],
    [other, "ada"],
  ] as const;
  const lookAgain = async (): Promise<number> => {
    const before = asked();
    for (const [who, endUser] of all) await one.digest(who, endUser);
    return asked() - before;
  };
  const tenantId = testWho.tenant.id;
  const ada = subjectIdOf(Buffer.from(tenantId), "ada");
  const changes = [
    ["subject", ada, 1],
    ["subject", "of nobody", 0],
    ["tenant", tenantId, 2],
    ["key", "key_x", 0],
    ["policy", "pol_x", 0],
  ] as const;
  assert.equal(await lookAgain(), 3);
  assert.equal(await lookAgain(), 0, "all are known");
  for (const [kind, id, forgotten] of changes) {
    one.forget({ kind, tenantId, id });
    assert.equal(await lookAgain(), forgotten, `${kind} ${id}`);
  }
  one.forgetAll();
  assert.equal(await lookAgain(), 3, "a gap forgets everybody");
  console.log(`# end users: ${changes.length} kinds of change, each forgets its own and nobody else`);
});

test("of more end users than may be kept the tenant known for longest goes, whole, and the others stay", async () => {
  const { make, asked } = digestsOn();
  const one = make();
  await one.digest(mine, "ada");
  for (let each = 1; each < 49_999; each++) await one.digest(other, `u${each}`);
  assert.equal(asked(), 49_999);
  await one.digest(mine, "ada");
  await one.digest(other, "u1");
  assert.equal(asked(), 49_999, "one below the limit everybody is known");
  await one.digest(other, "one more");
  await one.digest(other, "u1");
  assert.equal(asked(), 50_000);
  await one.digest(mine, "ada");
  assert.equal(asked(), 50_001);
});

test("what is read while it is being forgotten serves who waits and is not kept", async () => {
  let go = (): void => undefined;
  const hold = new Promise<void>((resolve) => (go = resolve));
  const { make, asked } = digestsOn({ hold });
  const one = make();
  one.expect(mine, "ada");
  const waiting = one.digest(mine, "ada");
  while (asked() === 0) await Promise.resolve();
  one.forget({ kind: "subject", tenantId: testWho.tenant.id, id: subjectIdOf(Buffer.from(testWho.tenant.id), "ada") });
  go();
  assert.ok((await waiting) !== undefined);
  await one.digest(mine, "ada");
  assert.equal(asked(), 2);
});

test("with the database away a record names nobody, and the database is left alone for a while", async () => {
  const { clock, make, asked } = digestsOn({ fail: true });
  const one = make();
  assert.equal(await one.digest(mine, "ada"), undefined);
  assert.equal(await one.digest(mine, "bob"), undefined);
  assert.equal(asked(), 1);
  clock.advance(2000);
  assert.equal(await one.digest(mine, "bob"), undefined);
  assert.equal(asked(), 2);
});

test("a database that does not answer holds a record up for a second at most", async () => {
  const { make, timers, asked } = digestsOn({ hold: new Promise(() => undefined) });
  const one = make();
  const waiting = one.digest(mine, "ada");
  while (asked() === 0) await Promise.resolve();
  for (const timer of timers) timer();
  assert.equal(await waiting, undefined);
});

test("two processes that meet a person at once go on with one salt, and forgetting deletes it", async () => {
  const db = await openTestDatabase();
  try {
    const { id: tenantId } = await createTenant(db, 1, { slug: "acme", name: "Acme" });
    assert.ok((await findDigestSalt(db, tenantId)) !== undefined);
    const take = (byte: number) => takeSubjectSalt(db, tenantId, "s1", { salt: new Uint8Array(32).fill(byte), nowMs: 1 });
    const [a, b] = await Promise.all([take(1), take(2)]);
    assert.deepEqual(a, b);
    await forgetSubject(db, tenantId, "s1");
    assert.equal(await findSubjectSalt(db, tenantId, "s1"), undefined);
    assert.notDeepEqual(await take(3), a);
    assert.equal(await takeSubjectSalt(db, tenantIds.make(9), "s1", { salt: new Uint8Array(32), nowMs: 1 }), undefined);
  } finally {
    await db.close();
  }
});
