import assert from "node:assert/strict";
import { afterAll, test } from "bun:test";
import { authorise } from "../../src/admit/index.ts";
import { testPrincipal } from "../../src/admit/testing.ts";
import type { TenantPrincipal } from "../../src/domain/principal.ts";
import { describeApi, files, quarantine, toTemplate, vectorStores } from "../../src/http/index.ts";
import { createHandler } from "../../src/http/server.ts";
import { openKnowledge, POISON, SUSPICIOUS, testProse } from "../../src/ingest/testing.ts";
import { Fault } from "../../src/kernel/fault.ts";
import { silentLog } from "../../src/telemetry/index.ts";
import { createOwnCheck } from "../spec/own.ts";

/** Lists of collections, of their files and of a document's chunks, over a real database. */
const k = await openKnowledge();
afterAll(() => k.close());
const endpoints = [...files(k.ingest), ...vectorStores(k.ingest), ...quarantine(k.ingest)];
const own = createOwnCheck(describeApi(endpoints, "0"));

const person = (role: "member" | "tenant-admin", groups: readonly string[] = []): TenantPrincipal => {
  const { tenant, key } = testPrincipal({ role });
  return { kind: "tenant", role, tenant: { ...tenant, id: k.ten }, key: { ...key, role, groups } };
};
const PEOPLE: Readonly<Record<string, TenantPrincipal>> = {
  boss: person("tenant-admin"),
  member: person("member"),
  hr: person("member", ["hr"]),
};
const handle = createHandler({
  endpoints,
  authenticate({ authorization = "" }) {
    const who = PEOPLE[authorization.slice("Bearer ".length)];
    if (who === undefined) throw new Fault("key_unknown");
    return who;
  },
  authorise,
  clock: k.clock,
  log: silentLog,
  metrics: { http: () => undefined },
});

async function call<T>(by: string, method: string, path: string, body?: unknown, status = 200): Promise<T> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { authorization: `Bearer ${by}`, "content-type": "application/json" };
  const response = await handle(new Request(`http://weir.test${path}`, { method, ...init, headers }));
  const text = await response.text();
  const pattern = endpoints.find((one) => one.method === method && matches(one.path, path.split("?")[0] ?? ""))?.path ?? "";
  own.see(`${method} ${toTemplate(pattern)}`, response.status, response.headers.get("content-type") ?? "", text);
  assert.equal(response.status, status, text);
  return JSON.parse(text) as T;
}
const matches = (pattern: string, path: string): boolean => new RegExp(`^${pattern.replaceAll(/:\w+/g, "[^/]+")}$`).test(path);

async function put(store: string, filename: string, text: string, attributes: object = {}): Promise<string> {
  const { id } = await k.ingest.createFile(k.ten, { filename, purpose: "user_data", bytes: new TextEncoder().encode(text) });
  k.clock.advance(1);
  return (await call<{ id: string }>("boss", "POST", `/v1/vector_stores/${store}/files`, { file_id: id, attributes })).id;
}

type List<T> = { data: T[]; has_more: boolean; last_id: string };
/** All pages of a list, two at a time, as one. */
async function all<T extends { id: string }>(by: string, path: string): Promise<T[]> {
  const found: T[] = [];
  for (let after = ""; ;) {
    const page = await call<List<T>>(by, "GET", `${path}${path.includes("?") ? "&" : "?"}limit=2${after}`);
    found.push(...page.data);
    if (!page.has_more) return found;
    after = `&after=${page.last_id}`;
  }
}

test("collections are found by a part of their name, and sorted by name, age and last use, page by page", async () => {
  for (const name of ["beta 100%", "Alpha", "gamma_1", "alphabet", "delta"]) {
    await call("boss", "POST", "/v1/vector_stores", { name });
    k.clock.advance(1);
  }
  const names = async (query: string, by = "boss") =>
    (await all<{ id: string; name: string }>(by, `/v1/vector_stores${query}`)).map(({ name }) => name);
  assert.deepEqual(await names("?sort=name&order=asc"), ["Alpha", "alphabet", "beta 100%", "delta", "gamma_1"]);
  assert.deepEqual(await names("?sort=name"), ["gamma_1", "delta", "beta 100%", "alphabet", "Alpha"]);
  assert.deepEqual(await names(""), ["delta", "alphabet", "gamma_1", "Alpha", "beta 100%"]);
  assert.deepEqual(await names("?name=ALPHA&order=asc"), ["Alpha", "alphabet"]);
  // Signs that SQL gives a meaning are letters like others.
  assert.deepEqual([await names("?name=%25"), await names("?name=_"), await names("?name=zeta")], [["beta 100%"], ["gamma_1"], []]);
  await put("gamma_1", "a.md", "Words about leave.");
  assert.deepEqual((await names("?sort=last_active_at"))[0], "gamma_1");
  await call("boss", "GET", "/v1/vector_stores?sort=size", undefined, 400);
});

test("what a viewer may not find is in no list, whatever is asked, and as a cursor tells what an unknown one tells", async () => {
  const { id } = await call<{ id: string }>("boss", "POST", "/v1/vector_stores", { name: "bonus", weir: { access: { groups: ["hr"] } } });
  const seen = async (by: string, query: string) => (await call<List<{ id: string }>>(by, "GET", `/v1/vector_stores?${query}`)).data.length;
  assert.deepEqual(
    [await seen("hr", "name=bonus"), await seen("member", "name=bonus"), await seen("member", "name=bonus&sort=name")],
    [1, 0, 0],
  );
  for (const query of ["sort=name&order=asc", "sort=name", "sort=last_active_at"]) {
    assert.ok((await seen("hr", `${query}&after=${id}`)) + (await seen("hr", `${query}&before=${id}`)) > 0);
    for (const way of ["after", "before"]) assert.equal(await seen("member", `${query}&${way}=${id}`), 0, query);
  }
  const secret = await put("Alpha", "m-secret.md", "Of bonuses.", { groups: "hr" });
  await put("Alpha", "a.md", "Of leave.");
  await put("Alpha", "z.md", "Of travel.");
  const filesSeen = async (by: string, query: string) =>
    (await call<List<{ weir: { filename: string } }>>(by, "GET", `/v1/vector_stores/Alpha/files?${query}`)).data.map(
      ({ weir }) => weir.filename,
    );
  assert.deepEqual(await filesSeen("hr", "sort=filename&order=asc"), ["a.md", "m-secret.md", "z.md"]);
  assert.deepEqual(await filesSeen("member", "sort=filename&order=asc"), ["a.md", "z.md"]);
  assert.deepEqual(await filesSeen("member", "name=secret"), []);
  assert.deepEqual(await filesSeen("hr", `sort=filename&order=asc&after=${secret}`), ["z.md"]);
  for (const query of ["sort=filename", "sort=bytes", "sort=created_at"])
    assert.deepEqual(await filesSeen("member", `${query}&after=${secret}`), [], query);
});

test("files tell what they are called, and are found by name and sorted by name and size", async () => {
  await call("boss", "POST", "/v1/vector_stores", { name: "files" });
  for (const [name, size] of [
    ["b.md", 30],
    ["A.md", 500],
    ["c.txt", 100],
    ["d.mp4", 7],
  ] as const)
    await put("files", name, testProse(size, 200).slice(0, size));
  type File = { id: string; status: string; weir: { filename: string; bytes: number; chunks?: number } };
  const found = async (query: string) =>
    (await all<File>("boss", `/v1/vector_stores/files/files${query}`)).map(({ weir }) => weir.filename);
  assert.deepEqual(await found("?sort=filename&order=asc"), ["A.md", "b.md", "c.txt", "d.mp4"]);
  assert.deepEqual(await found("?sort=bytes"), ["A.md", "c.txt", "b.md", "d.mp4"]);
  assert.deepEqual(await found("?name=.MD&order=asc"), ["b.md", "A.md"]);
  assert.deepEqual(await found("?filter=failed"), ["d.mp4"]);
  const [first] = await all<File>("boss", "/v1/vector_stores/files/files?order=asc");
  assert.deepEqual(first?.weir, { filename: "b.md", bytes: 30, chunks: 1 });
});

type Chunk = {
  id: string;
  index: number;
  start: number;
  end: number;
  tokens: number | null;
  text: string | null;
  flagged: boolean;
  quarantined: boolean;
};
type Chunks = List<Chunk> & { total: number; from: number };

test("a document is told chunk by chunk, from any chunk and any character, and together they are its text", async () => {
  await call("boss", "POST", "/v1/vector_stores", { name: "long", weir: { chunking: { strategy: "sentence", tokens: 64, overlap: 16 } } });
  const text = testProse(3, 1_200);
  const file = await put("long", "long.txt", text);
  const at = `/v1/vector_stores/long/files/${file}/chunks`;
  const page = async (query: string) => await call<Chunks>("member", "GET", `${at}?${query}`);
  const whole = await page("limit=200");
  assert.ok(whole.total > 15 && whole.data.length === whole.total && !whole.has_more && whole.from === 0);
  let joined = "";
  for (const { start, end, text: piece } of whole.data) {
    assert.equal(piece?.length, end - start);
    joined = joined.padEnd(start, " ").slice(0, start) + piece;
  }
  assert.equal(joined.replaceAll(/\s+/g, " "), text.trim().replaceAll(/\s+/g, " "));
  let asked = 0;
  for (const chunk of whole.data) {
    for (const query of [`from=${chunk.index}`, `chunk=${chunk.id}`]) assert.deepEqual((await page(`${query}&limit=1`)).data, [chunk]);
    // Of two that overlap, the first that holds the character.
    const holding = whole.data.find(({ end }) => end > chunk.start);
    assert.deepEqual((await page(`at=${chunk.start}&limit=1`)).data[0], holding);
    const next = whole.data.find(({ end }) => end > chunk.end);
    assert.deepEqual((await page(`at=${chunk.end}&limit=1`)).data[0], next);
    asked += 4;
  }
  const tail = await page(`from=${whole.total - 3}&limit=2`);
  assert.deepEqual([tail.data.length, tail.has_more, tail.from], [2, true, whole.total - 3]);
  for (const past of ["from=99999", "at=2000000000"]) assert.deepEqual((await page(past)).data, []);
  // A chunk of another document tells nothing of where that is.
  const other = await put("long", "other.txt", testProse(5, 60));
  const [foreign] = (await call<Chunks>("member", "GET", `/v1/vector_stores/long/files/${other}/chunks`)).data;
  assert.deepEqual((await page(`chunk=${foreign?.id}`)).data, []);
  const before = `/v1/vector_stores/long/files/${other}/chunks?chunk=${whole.data[0]?.id}`;
  assert.deepEqual((await call<Chunks>("member", "GET", before)).data, []);
  for (const wrong of ["limit=201", "from=-1", "chunk=x", "from=1&at=2", "page=1"])
    await call("member", "GET", `${at}?${wrong}`, undefined, 400);
  console.log(`# collection lists: ${asked} places of a document of ${whole.total} chunks found by number, id and character`);
});

test("what is held has a place and no text, for a reviewer too; what is flagged is marked; what is deleted leaves its number out", async () => {
  await call("boss", "POST", "/v1/vector_stores", { name: "held" });
  const text = `# Rules\n\n${testProse(1, 900)}\n\n${POISON} quetzal.\n\n${testProse(2, 900)}\n\nNow ${SUSPICIOUS} that.`;
  const file = await put("held", "rules.md", text);
  const chunks = async (by: string) => await call<Chunks>(by, "GET", `/v1/vector_stores/held/files/${file}/chunks`);
  for (const by of ["member", "boss"]) {
    const { data } = await chunks(by);
    const held = data.filter(({ quarantined }) => quarantined);
    assert.ok(held.length > 0 && held.every((one) => one.text === null && one.tokens === null && one.end > one.start && !one.flagged));
    assert.ok(data.some(({ flagged, text: shown }) => flagged && shown?.includes(SUSPICIOUS)));
    assert.ok(!JSON.stringify(data).includes("quetzal"));
  }
  const [first] = (await chunks("boss")).data.filter(({ quarantined }) => quarantined);
  const before = await chunks("boss");
  await call("boss", "DELETE", `/v1/vector_stores/held/quarantine/${first?.id}`);
  const after = await chunks("boss");
  assert.deepEqual([after.total, after.data.length], [before.total, before.data.length - 1]);
  assert.ok(!after.data.some(({ index }) => index === first?.index));
});

test("a search tells where each passage stands and how it was found", async () => {
  type Hit = {
    weir: {
      chunk: string;
      start: number;
      end: number;
      words: { rank: number; score: number } | null;
      vectors: null;
      together: { rank: number };
    };
    content: { text: string }[];
  };
  const { data, weir } = await call<{ data: Hit[]; weir: { legs: string[]; took_ms: number } }>(
    "member",
    "POST",
    "/v1/vector_stores/held/search",
    { query: testProse(2, 12), max_num_results: 5, weir: { explain: true } },
  );
  assert.deepEqual(weir.legs, ["words"]);
  assert.ok(data.length > 0);
  for (const { weir: found, content } of data) {
    assert.equal(found.end - found.start, content[0]?.text.length);
    assert.ok(found.words !== null && found.words.score > 0 && found.words.rank === found.together.rank && found.vectors === null);
  }
  assert.equal(data[0]?.weir.words?.rank, 1);
  const plain = await call<object>("member", "POST", "/v1/vector_stores/held/search", { query: testProse(2, 12) });
  assert.ok(!("weir" in plain), "nothing of ours where nobody asked");
  assert.deepEqual(own.violations, []);
  console.log(`# collection lists: ${own.counts().bodies} answers held against the schemas`);
});
