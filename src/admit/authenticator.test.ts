import assert from "node:assert/strict";
import { test } from "bun:test";
import type { TenantPrincipal } from "../domain/principal.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { deriveKey } from "../kernel/hash.ts";
import { makeSecret } from "../kernel/ids.ts";
import { createAuthenticator, digestKey, KEY_PEPPER_PURPOSE } from "./authenticator.ts";
import { createChangeWatch, type Change } from "./change-watch.ts";
import { KEY_CHARS_MAX } from "./credential.ts";
import type { KeyBookLimits } from "./key-book.ts";
import { createFakeTime, settled, testPrincipal } from "./testing.ts";

const ADMIN_KEY = "an-admin-key-of-some-length";
const SECOND_ADMIN_KEY = "another-key-of-the-admin";
const LONGEST_ADMIN_KEY = "k".repeat(KEY_CHARS_MAX);
const MINUTE_MS = 60_000;

/** A database of keys that can be away, slow, and changed with and without telling. */
async function setUp(limits: KeyBookLimits = {}, away = false) {
  const time = createFakeTime(Date.UTC(2026, 10, 21));
  const pepper = deriveKey(new Uint8Array(32).fill(7), KEY_PEPPER_PURPOSE);
  const stored = new Map<string, TenantPrincipal>();
  const changes: (Change & { seq: number })[] = [];
  let lastSeq = 0;
  const store = { away, lookups: 0, polls: 0, gate: undefined as Promise<void> | undefined };
  const answer = () => (store.away ? Promise.reject(new Fault("store_unavailable")) : Promise.resolve());
  const authenticator = createAuthenticator(
    {
      async findKey(digest) {
        store.lookups++;
        const found = stored.get(digest);
        await store.gate;
        await answer();
        return found;
      },
      feed: {
        async newest() {
          await answer();
          return lastSeq;
        },
        async since(seq) {
          store.polls++;
          await answer();
          return changes.filter((change) => change.seq > seq).slice(0, 2);
        },
      },
      adminKeys: [ADMIN_KEY, SECOND_ADMIN_KEY, LONGEST_ADMIN_KEY, `${LONGEST_ADMIN_KEY}x`],
      pepper,
      clock: time.clock,
      after: time.after,
    },
    limits,
  );
  await authenticator.start();
  const tell = (who: TenantPrincipal, kind: "tenant" | "key" = "key") =>
    void changes.push({ seq: ++lastSeq, kind, tenantId: who.tenant.id, id: kind === "key" ? who.key.id : who.tenant.id });
  const put = (secret: string, who: TenantPrincipal): void => {
    stored.set(digestKey(pepper, secret), who);
    tell(who);
  };
  const create = (...of: Parameters<typeof testPrincipal>): [string, TenantPrincipal] => {
    const secret = makeSecret("weir");
    const who = testPrincipal(...of);
    put(secret, who);
    return [secret, who];
  };
  const revoke = (secret: string, who: TenantPrincipal): void => {
    stored.delete(digestKey(pepper, secret));
    tell(who);
  };
  const ask = (secret: string, tenantHeader?: string) => authenticator.authenticate({ authorization: `Bearer ${secret}`, tenantHeader });
  const prune = (): void => void changes.splice(0);
  return { time, store, authenticator, prune, create, put, revoke, tell, ask };
}

const refuses = (work: () => unknown, code: FaultCode): Promise<void> =>
  assert.rejects(
    async () => void (await work()),
    (fault: Fault) => fault.code === code || assert.fail(fault),
  );

test("a key is looked up once, and answered without a promise from then on", async () => {
  const { create, ask, store } = await setUp();
  const [secret, who] = create();
  const first = ask(secret);
  assert.ok(first instanceof Promise);
  assert.deepEqual(await first, who);
  assert.deepEqual(ask(secret), who);
  assert.equal(store.lookups, 1);
});

test("the key is taken from Authorization in any case of its scheme, or from x-api-key, or is missing", async () => {
  const { create, authenticator } = await setUp();
  const [secret, who] = create();
  assert.deepEqual(await authenticator.authenticate({ authorization: `bearer  ${secret} ` }), who);
  assert.deepEqual(authenticator.authenticate({ apiKeyHeader: secret }), who);
  assert.deepEqual(authenticator.authenticate({ authorization: `Basic abc`, apiKeyHeader: secret }), who);
  assert.deepEqual(authenticator.authenticate({ authorization: `Bearer ${secret}`, apiKeyHeader: "other" }), who);
  for (const presented of [{}, { authorization: "" }, { authorization: "Bearer " }, { authorization: "Basic abc" }, { apiKeyHeader: " " }])
    await refuses(() => authenticator.authenticate(presented), "key_missing");
});

test("only the exact admin key is the admin, and it belongs to no tenant", async () => {
  const { ask, store } = await setUp();
  assert.deepEqual(ask(ADMIN_KEY), { kind: "admin", role: "admin" });
  assert.deepEqual(ask(SECOND_ADMIN_KEY), { kind: "admin", role: "admin" });
  assert.deepEqual(ask(LONGEST_ADMIN_KEY), { kind: "admin", role: "admin" });
  await refuses(() => ask(`${LONGEST_ADMIN_KEY}x`), "key_unknown");
  assert.deepEqual(ask(ADMIN_KEY, ""), { kind: "admin", role: "admin" });
  await refuses(() => ask(ADMIN_KEY, "acme"), "tenant_mismatch");
  for (const wrong of [`${ADMIN_KEY}x`, ADMIN_KEY.slice(0, -1), ADMIN_KEY.toUpperCase()]) await refuses(() => ask(wrong), "key_unknown");
  assert.equal(store.lookups, 0);
});

test("what is not shaped like a key is unknown without a question to the database", async () => {
  const { ask, store } = await setUp();
  for (const wrong of ["x", `${makeSecret("weir")}0`, makeSecret("sk"), makeSecret("weir").toUpperCase(), "k".repeat(KEY_CHARS_MAX + 1)])
    await refuses(() => ask(wrong), "key_unknown");
  assert.equal(store.lookups, 0);
});

test("an unknown key is asked for once in 30 s, and never more of them remembered than allowed", async () => {
  const { ask, store, time } = await setUp({ unknownKeysMax: 2 });
  const [one, two, three] = [makeSecret("weir"), makeSecret("weir"), makeSecret("weir")];
  for (const secret of [one, one, two, one]) await refuses(() => ask(secret), "key_unknown");
  assert.equal(store.lookups, 2);
  await refuses(() => ask(three), "key_unknown");
  await refuses(() => ask(two), "key_unknown");
  assert.equal(store.lookups, 3, "the oldest was forgotten, not the second");
  await refuses(() => ask(one), "key_unknown");
  assert.equal(store.lookups, 4);
  await time.advance(29_999);
  await refuses(() => ask(one), "key_unknown");
  assert.equal(store.lookups, 4);
  await time.advance(1);
  await refuses(() => ask(one), "key_unknown");
  assert.equal(store.lookups, 5);
});

test("a header that names another tenant is refused alike whether that tenant exists or not", async () => {
  const { create, ask } = await setUp();
  const [secret, who] = create();
  const [, stranger] = create();
  assert.deepEqual(await ask(secret, who.tenant.slug), who);
  const told: unknown[] = [];
  for (const slug of [stranger.tenant.slug, "nobody", who.tenant.id, who.tenant.slug.toUpperCase()]) {
    await refuses(() => ask(secret, slug), "tenant_mismatch");
    try {
      await ask(secret, slug);
    } catch (error) {
      const { code, detail, message } = error as Fault;
      told.push({ code, detail, message });
    }
  }
  for (const one of told) assert.deepEqual(one, told[0]);
});

test("a key expires on the millisecond, cached or not", async () => {
  const { create, ask, time } = await setUp();
  const [secret, who] = create({ expiresAtMs: time.clock.nowMs() + 6_000 });
  await time.advance(1_000);
  await ask(secret);
  await time.advance(4_999);
  assert.deepEqual(ask(secret), who);
  await time.advance(1);
  await refuses(() => ask(secret), "key_unknown");
  const [late] = create({ expiresAtMs: time.clock.nowMs() });
  await refuses(() => ask(late), "key_unknown");
});

test("a revoked key is refused within two seconds by the feed, and at once where this process revoked it", async () => {
  const { create, revoke, ask, time, authenticator } = await setUp();
  const [one, whoOne] = create();
  const [two, whoTwo] = create();
  await ask(one);
  await ask(two);
  await time.advance(5_500);
  await ask(one);
  await ask(two);
  revoke(one, whoOne);
  assert.deepEqual(ask(one), whoOne, "still cached");
  await time.advance(2_000);
  await refuses(() => ask(one), "key_unknown");
  revoke(two, whoTwo);
  authenticator.invalidate({ kind: "key", tenantId: whoTwo.tenant.id, id: whoTwo.key.id });
  await refuses(() => ask(two), "key_unknown");
});

test("without the feed a revoked key would stay: the test above can fail", async () => {
  const { create, revoke, ask, time, authenticator } = await setUp();
  authenticator.stop();
  const [secret, who] = create();
  await ask(secret);
  revoke(secret, who);
  await time.advance(10_000);
  assert.deepEqual(ask(secret), who);
});

test("a change of a tenant reaches all of its keys and no other tenant's", async () => {
  const { create, put, tell, ask, time, store } = await setUp();
  const [one, who] = create();
  const two = makeSecret("weir");
  const sibling: TenantPrincipal = { ...testPrincipal(), tenant: who.tenant };
  put(two, sibling);
  const [other, stranger] = create();
  await time.advance(1_000);
  for (const secret of [one, two, other]) await ask(secret);
  const changed = { ...who.tenant, systemPrompt: "be brief", rpm: 5 };
  put(one, { ...who, tenant: changed });
  put(two, { ...sibling, tenant: changed });
  tell(who, "tenant");
  const before = store.lookups;
  await time.advance(2_000);
  assert.deepEqual(((await ask(one)) as TenantPrincipal).tenant, changed);
  assert.deepEqual(((await ask(two)) as TenantPrincipal).tenant, changed);
  assert.deepEqual(ask(other), stranger);
  assert.equal(store.lookups, before + 2);
});

test("a burst of changes is read to its end in one poll", async () => {
  const { create, revoke, ask, time } = await setUp();
  const made = Array.from({ length: 9 }, () => create());
  await time.advance(1_000);
  for (const [secret] of made) await ask(secret);
  for (const [secret, who] of made) revoke(secret, who);
  await time.advance(1_000);
  for (const [secret] of made) await refuses(() => ask(secret), "key_unknown");
});

test("an answer that was under way when its key was revoked is not kept, and does not serve those who come later", async () => {
  const { create, revoke, ask, store, authenticator } = await setUp();
  const [secret, who] = create();
  let open = (): void => undefined;
  store.gate = new Promise((resolve) => (open = resolve));
  const early = ask(secret);
  revoke(secret, who);
  authenticator.invalidate({ kind: "key", tenantId: who.tenant.id, id: who.key.id });
  store.gate = undefined;
  await refuses(() => ask(secret), "key_unknown");
  open();
  assert.deepEqual(await early, who);
  await refuses(() => ask(secret), "key_unknown");
});

test("callers of one key share one question, and a limited number of keys is asked for at once", async () => {
  const { create, ask, store } = await setUp({ lookupsMax: 2 });
  const keys = [create(), create(), create()];
  let open = (): void => undefined;
  store.gate = new Promise((resolve) => (open = resolve));
  const [one, two, three] = keys.map(([secret]) => secret);
  const asked = [one, one, one, two].map((secret) => ask(secret ?? ""));
  await settled();
  assert.equal(store.lookups, 2);
  await refuses(() => ask(three ?? ""), "busy");
  open();
  for (const answer of asked) await answer;
  assert.deepEqual(await ask(three ?? ""), keys[2]?.[1]);
});

test("with the database away a cached key serves for 15 minutes since the last poll and not a millisecond more", async () => {
  const { create, ask, store, time } = await setUp();
  const [secret, who] = create();
  const [unseen] = create();
  await time.advance(1_000);
  await ask(secret);
  store.away = true;
  await refuses(() => ask(unseen), "store_unavailable");
  await time.advance(15 * MINUTE_MS);
  assert.deepEqual(ask(secret), who);
  await time.advance(1);
  await refuses(() => ask(secret), "store_unavailable");
  store.away = false;
  await time.advance(1_000);
  assert.deepEqual(await ask(secret), who, "the next poll heals it");
});

test("after a long silence everything is forgotten, because the feed may have been pruned meanwhile", async () => {
  const { create, revoke, prune, ask, store, time } = await setUp();
  const [secret, who] = create();
  await time.advance(1_000);
  await ask(secret);
  store.away = true;
  revoke(secret, who);
  prune();
  await time.advance(6 * MINUTE_MS);
  store.away = false;
  await time.advance(1_000);
  await refuses(() => ask(secret), "key_unknown");
});

test("a poll that never answers is given up, so that the next one is made", async () => {
  const time = createFakeTime(0);
  let polls = 0;
  const watch = createChangeWatch({
    feed: { newest: () => Promise.resolve(0), since: () => (++polls === 1 ? new Promise(() => undefined) : Promise.resolve([])) },
    clock: time.clock,
    after: time.after,
    changed: () => undefined,
    forgetAll: () => undefined,
  });
  await watch.poll();
  watch.start();
  await time.advance(9_999);
  assert.equal(polls, 1);
  await time.advance(2_000);
  assert.ok(polls >= 2);
  watch.stop();
});

test("keys are cached up to the limit, and the one that is used stays", async () => {
  const { create, ask, store, authenticator } = await setUp({ cachedKeysMax: 3 });
  const secrets = Array.from({ length: 4 }, () => create()[0]);
  for (const secret of secrets.slice(0, 3)) await ask(secret);
  assert.equal(authenticator.cachedKeys, 3);
  await ask(secrets[0] ?? "");
  await ask(secrets[3] ?? "");
  assert.equal(authenticator.cachedKeys, 3);
  assert.equal(store.lookups, 4);
  assert.ok(!(ask(secrets[0] ?? "") instanceof Promise));
  await ask(secrets[1] ?? "");
  assert.equal(store.lookups, 5);
});

test("a process that has not read the feed yet keeps nothing, because it would not hear of a change", async () => {
  const { create, ask, store, time, authenticator } = await setUp({}, true);
  const [secret, who] = create();
  store.away = false;
  assert.deepEqual(await ask(secret), who);
  assert.equal(authenticator.cachedKeys, 0);
  await time.advance(1_000);
  assert.deepEqual(await ask(secret), who);
  assert.equal(authenticator.cachedKeys, 1);
});

test("a suspended key is refused from memory, in every process within two seconds, and works again when that is lifted", async () => {
  const time = createFakeTime(Date.UTC(2026, 10, 21));
  const pepper = new Uint8Array(32).fill(7);
  const secret = makeSecret("weir");
  const row = { who: testPrincipal(), seq: 1, lookups: 0 };
  const replica = async () => {
    const authenticator = createAuthenticator({
      findKey: async () => {
        row.lookups++;
        return row.who;
      },
      feed: {
        newest: async () => row.seq,
        since: async (seq) =>
          seq < row.seq ? [{ seq: row.seq, kind: "key" as const, tenantId: row.who.tenant.id, id: row.who.key.id }] : [],
      },
      adminKeys: [ADMIN_KEY],
      pepper,
      clock: time.clock,
      after: time.after,
    });
    await authenticator.start();
    return authenticator;
  };
  const replicas = [await replica(), await replica()];
  const ask = async (at: number): Promise<string> => {
    try {
      await replicas[at]?.authenticate({ authorization: `Bearer ${secret}` });
      return "passed";
    } catch (error) {
      return (error as Fault).code;
    }
  };
  const both = async () => [await ask(0), await ask(1)];
  const change = (suspended: true | undefined) => {
    row.who = { ...row.who, key: { ...row.who.key, suspended } };
    row.seq++;
  };
  assert.deepEqual(await both(), ["passed", "passed"]);
  change(true);
  replicas[0]?.invalidate({ kind: "key", tenantId: row.who.tenant.id, id: row.who.key.id });
  assert.deepEqual(await both(), ["key_suspended", "passed"]);
  await time.advance(2000);
  assert.deepEqual(await both(), ["key_suspended", "key_suspended"]);
  const { lookups } = row;
  for (let call = 0; call < 1000; call++) assert.deepEqual(await both(), ["key_suspended", "key_suspended"]);
  assert.equal(row.lookups, lookups, "a suspended key that goes on calling costs no question");
  change(undefined);
  await time.advance(2000);
  assert.deepEqual(await both(), ["passed", "passed"]);
  for (const one of replicas) one.stop();
});
