import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, test } from "bun:test";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { PERMISSIONS, ROLE_PERMISSIONS } from "../../src/admit/index.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

let issuer: TestIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
let acme: { key: string; keyId: string };
const CALLS = 7;
beforeAll(async () => {
  issuer = await startIssuer(Date.now);
  upstream = await createFakeUpstream();
  const auth = `auth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { viewer: viewer, admin: admin, member: member, boss: tenant-admin } }] }`;
  weir = await startWeir({ yaml: `${oneModel(upstream.openaiBaseUrl)}\n${auth}\n` });
  for (const slug of ["globex", "initech", "umbrella"]) await weir.tenant(slug, { name: `The ${slug} company` });
  acme = await weir.tenant("acme", { budgetUsd: 5, rpm: 100, models: ["m", "auto"] }, { budgetUsd: 2, rpm: 400, models: ["m", "other"] });
  for (let call = 0; call < CALLS; call++) await say(acme.key);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await issuer.close();
});

const say = async (key: string): Promise<number> => {
  const response = await weir.chat(key, { model: "m", messages: [{ role: "user", content: "Say something." }] });
  await response.text();
  return response.status;
};
const token = (sub: string, role: string, tenant?: string): Promise<string> =>
  issuer.sign({ sub, role, ...(tenant === undefined ? {} : { tenant }) });

type Page<T> = { data: T[]; nextCursor: string | null; previousCursor?: string | null };
const get = <T>(path: string, key?: string, expect?: number): Promise<T> =>
  weir.call<T>("GET", `/admin/v1${path}`, undefined, {
    ...(key === undefined ? {} : { key }),
    ...(expect === undefined ? {} : { expect }),
  });

/** Follows a listing from page to page. */
async function all<T>(path: string): Promise<T[]> {
  const found: T[] = [];
  for (let cursor = ""; ;) {
    const page = await get<Page<T>>(`${path}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
    found.push(...page.data);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

type Tenant = { slug: string; name: string; month?: { calls: number; costUsd: number } };

test("tenants are searched, sorted in either direction and paged, and what they used is told to who may see usage", async () => {
  const orders = ["created", "name", "slug", "cost", "calls"];
  let pages = 0;
  for (const sort of orders) {
    const whole = (await get<Page<Tenant>>(`/tenants?sort=${sort}`)).data.map(({ slug }) => slug);
    assert.equal(whole.length, 4);
    for (const limit of [1, 3]) {
      const paged = (await all<Tenant>(`/tenants?sort=${sort}&limit=${limit}`)).map(({ slug }) => slug);
      assert.deepEqual(paged, whole, sort);
      pages += Math.ceil(4 / limit);
    }
    const down = (await all<Tenant>(`/tenants?sort=${sort}&order=desc&limit=1`)).map(({ slug }) => slug);
    assert.deepEqual(down, whole.toReversed(), sort);
  }
  const [first] = (await get<Page<Tenant>>("/tenants?sort=cost&order=desc")).data;
  assert.equal(first?.slug, "acme");
  assert.equal(first.month?.calls, CALLS);
  assert.ok((first.month?.costUsd ?? 0) > 0);
  assert.deepEqual(
    (await get<Page<Tenant>>("/tenants?search=GLOBEX comp")).data.map(({ slug }) => slug),
    ["globex"],
  );
  assert.deepEqual((await get<Page<Tenant>>(`/tenants?search=${encodeURIComponent("%")}`)).data, []);
  const viewer = await token("vera", "viewer");
  const seen = await get<Page<Tenant>>("/tenants", viewer);
  assert.ok(seen.data.length === 4 && seen.data.every((tenant) => tenant.month === undefined));
  await get("/tenants?sort=cost", viewer, 403);
  for (const cursor of [
    "x",
    "e30",
    Buffer.from('["a\\u0000",1]').toString("base64url"),
    Buffer.from('["a","ten_0"]').toString("base64url"),
  ])
    await get(`/tenants?sort=cost&cursor=${cursor}`, undefined, 400);
  console.log(
    `# directory: ${orders.length} orders over ${pages + orders.length * 4} pages, usage kept from a viewer, 4 false cursors refused`,
  );
});

type Key = {
  id: string;
  name: string;
  state: string;
  lastUsedAt: string | null;
  month: { calls: number; costUsd: number };
  effect?: {
    models: string[];
    rpm: number;
    budgetUsd: number;
    budgetLeftUsd: number;
    documents: { sees: string; clearance: string | null };
  };
};

test("keys are told with their state, their last call and what they used, and one with what a call with it may do", async () => {
  const make = (body: Record<string, unknown>) => weir.call<Key>("POST", "/admin/v1/tenants/acme/keys", body);
  const soon = await make({ name: "soon", expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
  const gone = await make({ name: "gone" });
  const held = await make({ name: "held", team: "Lending" });
  await weir.call("DELETE", `/admin/v1/tenants/acme/keys/${gone.id}`);
  await weir.call("POST", `/admin/v1/tenants/acme/keys/${held.id}/suspend`, { reason: "leaked" });
  const keys = new Map((await all<Key>("/tenants/acme/keys?sort=last-used&order=desc&limit=2")).map((key) => [key.id, key]));
  const states = [acme.keyId, soon.id, gone.id, held.id].map((id) => keys.get(id)?.state);
  assert.deepEqual(states, ["active", "expiring", "revoked", "suspended"]);
  for (const state of ["active", "expiring", "revoked", "suspended", "expired"]) {
    const { data } = await get<Page<Key>>(`/tenants/acme/keys?state=${state}`);
    assert.ok(data.length === (state === "expired" ? 0 : 1) && data.every((key) => key.state === state), state);
  }
  assert.deepEqual(
    (await get<Page<Key>>("/tenants/acme/keys?search=lending")).data.map(({ id }) => id),
    [held.id],
  );
  const used = keys.get(acme.keyId);
  assert.equal(used?.month.calls, CALLS);
  assert.ok(used.lastUsedAt !== null && Date.now() - Date.parse(used.lastUsedAt) < 7_200_000);
  const { effect } = await get<Key>(`/tenants/acme/keys/${acme.keyId}`);
  assert.deepEqual(effect?.models, ["m"]);
  assert.deepEqual([effect.rpm, effect.budgetUsd], [100, 2]);
  assert.ok(effect.budgetLeftUsd < 2 && effect.budgetLeftUsd > 1.9);
  assert.deepEqual([effect.documents.sees, effect.documents.clearance], ["by-access", "internal"]);
  // A key of another tenant is one that never was.
  await get(`/tenants/globex/keys/${acme.keyId}`, undefined, 404);
  console.log("# directory: 5 states of keys told and filtered, the effect of a key under its tenant's limits");
});

type Person = { id: string; role: string; tenant: string | null; signIns: number; firstSeenAt: string; lastSeenAt: string };

test("people who came with a token are told by a digest, never by a name, each tenant's apart", async () => {
  for (const [sub, role] of [
    ["anna.secret@acme.example", "member"],
    ["bert.secret@acme.example", "boss"],
  ] as const)
    await weir.call("GET", "/v1/models", undefined, { key: await token(sub, role, "acme") });
  await get("/tenants", await token("vera", "viewer"));
  const people = await get<Page<Person>>("/people?tenant=acme");
  assert.deepEqual(people.data.map(({ role }) => role).toSorted(), ["member", "tenant-admin"]);
  assert.ok(!JSON.stringify(people).includes("secret"));
  assert.deepEqual(
    (await all<Person>("/people?tenant=acme&limit=1")).map(({ id }) => id),
    people.data.map(({ id }) => id),
  );
  assert.deepEqual((await get<Page<Person>>("/people?tenant=globex")).data, []);
  assert.deepEqual(
    (await get<Page<Person>>("/people")).data.map(({ role, tenant }) => [role, tenant]),
    [["viewer", null]],
  );
  const keys = await get<Page<Person>>("/people?tenant=acme&means=key");
  assert.deepEqual(
    keys.data.map(({ id }) => id),
    [acme.keyId],
  );
  console.log("# directory: 2 people of a tenant, 1 of the platform, 1 key; no name among them");
});

test("the matrix of roles is the one that the server holds requests to", async () => {
  await get("/roles", acme.key, 403);
  type Roles = { data: { role: string; permissions: string[] }[]; permissions: { name: string; routes: string[] }[] };
  const { data, permissions } = await get<Roles>("/roles");
  for (const [role, granted] of Object.entries(ROLE_PERMISSIONS))
    assert.deepEqual(data.find((one) => one.role === role)?.permissions.toSorted(), [...granted].toSorted());
  assert.deepEqual(permissions.map(({ name }) => name).toSorted(), Object.keys(PERMISSIONS).toSorted());
  assert.ok(permissions.every(({ routes }) => routes.length > 0));
  console.log(`# directory: ${data.length} roles × ${permissions.length} permissions as enforced`);
});

type Entry = {
  seq: number;
  hash: string;
  prevHash: string;
  createdAt: string;
  requestId?: string;
  actor?: string;
  action?: string;
  category?: string;
  key?: string;
  outcome: string;
};

test("the audit trail is filtered by what is asked, in either order, and left both ways", async () => {
  const from = "/audit?tenant=acme&category=decisions";
  const everything = await all<Entry>(`${from}&limit=1000`);
  const wanted: [string, (entry: Entry) => boolean][] = [
    ["category=sign-ins", ({ category }) => category === "sign-ins"],
    ["action=key.create", ({ action }) => action === "key.create"],
    ["actor=admin-key", ({ actor }) => actor === "admin-key"],
    ["outcome=denied", ({ outcome }) => outcome === "denied"],
    ["actor=admin-key&action=key.revoke", ({ actor, action }) => actor === "admin-key" && action === "key.revoke"],
  ];
  let cases = 0;
  for (const [query, fits] of wanted) {
    const expected = everything.filter(fits).map(({ seq }) => seq);
    const path = `${query.startsWith("category") ? "/audit?tenant=acme" : from}&${query}&limit=2`;
    // Reading is entered, too: what came since is left out.
    const last = everything.at(-1)?.seq ?? 0;
    const up = (await all<Entry>(path)).map(({ seq }) => seq).filter((seq) => seq <= last);
    const down = (await all<Entry>(`${path}&order=desc`)).map(({ seq }) => seq).filter((seq) => seq <= last);
    assert.deepEqual(up, expected, query);
    assert.deepEqual(down, expected.toReversed(), query);
    cases += 2;
  }
  const hashes = new Map(everything.map(({ seq, hash }) => [seq, hash]));
  assert.ok(everything.slice(1).every(({ seq, prevHash }) => prevHash === hashes.get(seq - 1)));
  const two = await get<Page<Entry>>("/audit?tenant=acme&order=desc&limit=2");
  const next = await get<Page<Entry>>(`/audit?tenant=acme&order=desc&limit=2&cursor=${two.nextCursor}`);
  assert.equal(two.previousCursor, null);
  const back = await get<Page<Entry>>(`/audit?tenant=acme&order=desc&limit=2&cursor=${next.previousCursor}`);
  assert.deepEqual(back.data, two.data);
  const one = two.data[0];
  assert.deepEqual((await get<Page<Entry>>(`/audit?tenant=acme&requestId=${one?.requestId}`)).data, [one]);
  assert.deepEqual((await get<Page<Entry>>(`/audit?tenant=acme&to=${one?.createdAt}&limit=1000`)).data.length, CALLS - 1);
  const since = everything[0]?.createdAt ?? "";
  for (const order of ["asc", "desc"]) {
    const seqs = (await all<Entry>(`/audit?tenant=acme&from=${since}&order=${order}&limit=2&actor=${acme.keyId}`)).map(({ seq }) => seq);
    assert.deepEqual(
      seqs.toSorted((a, b) => a - b),
      Array.from({ length: CALLS }, (_, at) => at + 1),
      order,
    );
  }
  assert.equal((await get<Page<Entry>>(`/audit?tenant=acme&actor=${acme.keyId}&action=chat&limit=1000`)).data.length, CALLS);
  assert.equal((await get<Page<Entry>>(`/audit?tenant=acme&action=embeddings`)).data.length, 0);
  console.log(`# audit: ${cases} filtered walks of ${everything.length} entries equal a plain filter; both ways; by request, time and key`);
});

const run = promisify(execFile);
const verifier = fileURLToPath(new URL("../../examples/verify-audit.mjs", import.meta.url));
const verify = (path: string, ...keyId: string[]): Promise<{ code: number; said: string }> =>
  run("node", [verifier, path, ...keyId]).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, said: error.stdout }),
  );

/** A beginning as of a chain of which all up to this entry was deleted. */
function beginAt(first: string | undefined, entry: string | undefined): string {
  const { seq, hash } = JSON.parse(entry ?? "") as { seq: number; hash: string };
  return JSON.stringify({ ...(JSON.parse(first ?? "") as object), start: { seq, hash, cut: true } });
}

test("an exported chain is checked by a program that trusts nobody, and whatever is changed in it is found and named", async () => {
  const exported = async (chain: string): Promise<string[]> => {
    const response = await fetch(`${weir.url}/admin/v1/audit/export?tenant=acme&chain=${chain}`, {
      headers: { authorization: "Bearer test-admin-key-0123456789" },
    });
    assert.equal(response.headers.get("content-type"), "application/x-ndjson");
    return (await response.text()).trimEnd().split("\n");
  };
  const path = join(weir.dataDir, "export.ndjson");
  const check = async (lines: readonly string[]) => {
    await writeFile(path, `${lines.join("\n")}\n`);
    return verify(path);
  };
  assert.equal((await check(await exported("decisions"))).code, 0);
  const lines = await exported("calls");
  const whole = await check(lines);
  assert.deepEqual([whole.code, whole.said.includes(`whole: ${CALLS} entries`)], [0, true], whole.said);
  const forgeries: [string, string[], number][] = [
    ["a body", lines.with(3, lines[3]?.replace("finished", "aborted") ?? ""), 3],
    ["an entry left out", lines.toSpliced(4, 1), 4],
    ["two exchanged", lines.with(2, lines[3] ?? "").with(3, lines[2] ?? ""), 2],
    ["the end left out", lines.filter((_, at) => at !== CALLS), CALLS],
    ["the file cut off", lines.slice(0, -1), CALLS + 1],
    ["another chain behind it", [...lines.slice(0, 3), ...lines], 3],
    ["an entry left out behind another beginning", lines.with(3, beginAt(lines[0], lines[3])), 3],
    ["another end", [...lines.slice(0, -1), lines.at(-1)?.replace(/"hash":"./, '"hash":"g') ?? ""], CALLS],
    ["another tenant's beginning", lines.with(0, lines[0]?.replace(/"tenantId":"ten_./, '"tenantId":"ten_1') ?? ""), 1],
  ];
  for (const [what, forged, at] of forgeries) {
    const { code, said } = await check(forged);
    assert.deepEqual([code, said.includes(`at entry ${at}:`)], [1, true], `${what}: ${said}`);
  }
  const unsigned = lines.filter((line) => !line.startsWith('{"type":"checkpoint"'));
  await writeFile(path, `${unsigned.join("\n")}\n`);
  assert.equal((await verify(path)).code, 0);
  const { code, said } = await verify(path, "0123456789abcdef");
  assert.deepEqual([code, said.includes("no checkpoint")], [1, true], said);
  console.log(`# audit export: 2 chains whole, ${forgeries.length} of ${forgeries.length} forgeries found at their place`);
});

test("one entry comes with a receipt over its hash and the bytes that were hashed", async () => {
  const entry = await get<{
    seq: number;
    body: string;
    eventHash: string;
    intact: boolean;
    receipt?: { signature: string; publicKey: string };
  }>("/audit/3?tenant=acme");
  assert.equal(entry.intact, true);
  assert.equal(new Bun.CryptoHasher("sha256").update(entry.body).digest("hex"), entry.eventHash);
  const { createPublicKey, verify: isSigned } = await import("node:crypto");
  const { signature = "", publicKey = "" } = entry.receipt ?? {};
  assert.ok(isSigned(null, Buffer.from(entry.eventHash), createPublicKey(publicKey), Buffer.from(signature, "base64")));
  for (const seq of ["0", "999999", "x", "1e1"]) await get(`/audit/${seq}?tenant=acme`, undefined, 404);
});
