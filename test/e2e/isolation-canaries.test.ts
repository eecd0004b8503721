import assert from "node:assert/strict";
import { readdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "bun:test";
import { systemClock } from "../../src/kernel/clock.ts";
import { openDatabase } from "../../src/store/index.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { ADMIN_KEY, oneModel, startWeir, type TestWeir } from "./server.ts";

/** What a tenant says; under the content policy `none` no trace of it may stay. */
const CONTENT = ["prompt", "system", "operator", "document", "enduser", "tool", "answer", "image", "broken", "extra", "query"] as const;
/** What a tenant names; it stays in its own rows. */
const NAMES = ["filename", "storename", "feature", "team", "keyname"] as const;
const WHATS = [...CONTENT, ...NAMES];
type What = (typeof WHATS)[number];
const SLUGS = ["acme", "globex", "initech"] as const;
type Slug = (typeof SLUGS)[number];

/** One word that nothing else holds, of letters only, so that no tokeniser splits it. */
const canary = (slug: Slug, what: What): string => `zq${slug}${what}qz`;
const ALL = SLUGS.flatMap((slug) => WHATS.map((what) => ({ slug, what, word: canary(slug, what) })));
const canariesIn = (text: string) => {
  const lower = text.toLowerCase();
  return ALL.filter(({ word }) => lower.includes(word));
};
const isContent = ({ what }: { what: What }): boolean => (CONTENT as readonly string[]).includes(what);

type Seen = { readonly slug: Slug | "admin"; readonly ask: string; readonly text: string };

function createClient(weir: TestWeir, seen: Seen[]) {
  return async (slug: Seen["slug"], key: string, ask: string, body?: unknown, headers: Record<string, string> = {}): Promise<string> => {
    const [method = "GET", path = ""] = ask.split(" ");
    const raw = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await fetch(`${weir.url}${path}`, {
      method,
      ...raw,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    });
    const text = await response.text();
    seen.push({ slug, ask: `${ask} ${response.status}`, text: `${JSON.stringify([...response.headers])}\n${text}` });
    return text;
  };
}

/** Everything that a tenant's application would do, its canaries in every field that holds text. */
async function live(weir: TestWeir, slug: Slug, key: string, ask: ReturnType<typeof createClient>): Promise<void> {
  const word = (what: What): string => canary(slug, what);
  const store = JSON.parse(await ask(slug, key, "POST /v1/vector_stores", { name: word("storename") })) as { id: string };
  const text = `# Leave\n\nEverybody has 25 days of leave a year, says ${word("document")}.\n`;
  const { file } = await addDocument(weir, key, store.id, [`${word("filename")}.md`, text]);
  const message = { role: "user", content: `What of the leave of everybody? ${word("prompt")}` };
  const messages = [{ role: "system", content: `Be brief, ${word("system")}.` }, message];
  const rag = { enabled: true, collection: word("storename") };
  const base = { model: "m", messages, user: word("enduser"), max_tokens: 500, some_extra: word("extra") };
  const feature = { "x-weir-feature": word("feature") };
  const tools = [{ type: "function", function: { name: "look", description: word("tool"), parameters: { type: "object" } } }];
  const image = [{ role: "user", content: [{ type: "image_url", image_url: { url: `https://example.org/${word("image")}.png` } }] }];
  const chat = "POST /v1/chat/completions";
  const searched = await ask(slug, key, `POST /v1/vector_stores/${store.id}/search`, { query: `leave ${word("query")}` });
  assert.match(searched, new RegExp(word("document")));
  const answered = await ask(slug, key, chat, { ...base, rag }, feature);
  assert.match(answered, new RegExp(word("document")));
  for (const body of [
    { ...base, stream: true, rag },
    { ...base, tools, tool_choice: "required" },
    { ...base, model: "extractive", rag },
    { ...base, messages: image },
    { ...base, messages: [{ role: "user", content: `status=500 ${word("prompt")}` }] },
    { ...base, messages: [{ role: "user", content: `refuse-me ${word("prompt")}` }] },
    { ...base, stream: true, messages: [{ role: "user", content: `fault=reset ${word("prompt")}` }] },
    { ...base, model: word("broken") },
    { ...base, rag: { enabled: true, collection: word("broken") } },
    { ...base, temperature: word("broken") },
    { ...base, [word("broken")]: 1, messages: word("broken") },
    `{"model": "m", "messages": [{"role": "user", "content": "${word("broken")}`,
  ])
    await ask(slug, key, chat, body, feature);
  for (const path of [
    "/v1/models",
    "/v1/files",
    `/v1/files/${file}`,
    `/v1/files/${file}/content`,
    "/v1/vector_stores",
    `/v1/vector_stores/${store.id}`,
    `/v1/vector_stores/${store.id}/files`,
    "/admin/v1/usage",
    "/admin/v1/audit",
    `/admin/v1/tenants/${slug}`,
    `/admin/v1/tenants/${slug}/keys`,
    `/v1/${word("broken")}`,
    `/v1/files/${word("broken")}`,
    `/v1/files?after=${word("broken")}`,
  ])
    await ask(slug, key, `GET ${path}`);
  const usage = JSON.parse(await ask(slug, key, "GET /admin/v1/usage")) as { data: { requestId: string }[] };
  for (const { requestId } of usage.data.slice(0, 3)) await ask(slug, key, `GET /v1/receipts/${requestId}`);
  await ask(slug, key, "POST /admin/v1/audit/verify", {});
}

/** The text of every file below a folder. */
async function readFiles(folder: string, but: readonly string[]): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const wanted = files.filter((path) => !but.includes(relative(folder, path).split("/")[0] ?? ""));
  return Promise.all(wanted.map(async (path) => ({ path: relative(folder, path), text: (await readFile(path)).toString("latin1") })));
}

type TableRow = { table: string; tenantId: string | undefined; text: string };

/** Every row of every table, read past row-level security. */
async function readTables(dataDir: string): Promise<{ rows: TableRow[]; tenants: Map<string, string> }> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const db = await openDatabase({ databaseUrl: undefined, dataDir, connections: 1, clock: systemClock, log });
  try {
    return await db.asOwner(async (owner) => {
      const tables = await owner.query<{ name: string; scoped: boolean }>(
        `SELECT c.oid::regclass::text AS name, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS scoped
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
      );
      const rows: TableRow[] = [];
      for (const { name, scoped } of tables) {
        const tenant = scoped ? "t.tenant_id" : "NULL::text";
        const found = await owner.query<{ tenant: string | null; text: string }>(
          `SELECT ${tenant} AS tenant, t::text AS text FROM ${name} t`,
        );
        rows.push(...found.map((row) => ({ table: name, tenantId: row.tenant ?? undefined, text: row.text })));
      }
      const tenants = await owner.query<{ id: string; slug: string }>("SELECT id, slug FROM tenants");
      return { rows, tenants: new Map(tenants.map(({ id, slug }) => [id, slug])) };
    });
  } finally {
    await db.close();
  }
}

/** Three tenants at once. `say` decides what the model answers to a prompt. */
async function liveAll(say: (prompt: string) => string) {
  const upstream = await createFakeUpstream({
    say: ({ body }) => [say(JSON.stringify(body))],
    check: (_, body) => (JSON.stringify(body).includes("refuse-me") ? [JSON.stringify(body)] : []),
  });
  const weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  const seen: Seen[] = [];
  const ask = createClient(weir, seen);
  await Promise.all(
    SLUGS.map(async (slug) => {
      const settings = { systemPrompt: `You serve ${canary(slug, "operator")}.` };
      const own = { role: "tenant-admin", team: canary(slug, "team"), name: canary(slug, "keyname") };
      const { key } = await weir.tenant(slug, settings, own);
      await live(weir, slug, key, ask);
    }),
  );
  for (const path of ["/admin/v1/usage", "/metrics", ...SLUGS.map((slug) => `/admin/v1/audit?tenant=${slug}`)])
    await ask("admin", ADMIN_KEY, `GET ${path}`);
  return { upstream, weir, seen };
}

const foreignIn = (seen: readonly Seen[]) =>
  seen.flatMap(({ slug, ask, text }) =>
    canariesIn(text)
      .filter((found) => (slug === "admin" ? isContent(found) : found.slug !== slug))
      .map((found) => `${slug} ${ask}: ${found.word}`),
  );
const contentIn = (texts: readonly { path: string; text: string }[]) =>
  texts.flatMap(({ path, text }) =>
    canariesIn(text)
      .filter(isContent)
      .map(({ word }) => `${path}: ${word}`),
  );

test("three tenants' canaries reach no other tenant, no log, no metric, no journal, no event; documents stay in their tenant's rows", async () => {
  const { upstream, weir, seen } = await liveAll((prompt) => `${prompt} answered`);
  let stopped = false;
  let places = 0;
  try {
    assert.deepEqual(foreignIn(seen), []);
    const own = new Set(seen.flatMap(({ text }) => canariesIn(text).map(({ word }) => word)));
    assert.ok(own.size > 30, `the tenants saw only ${own.size} of their own canaries`);
    const received = new Set(canariesIn(JSON.stringify(upstream.calls.map((call) => call.body))).map(({ what }) => what));
    for (const what of ["prompt", "system", "operator", "document", "tool", "image", "extra"] as const) assert.ok(received.has(what), what);
    // A journal file may go once it is shipped, so they are read while the server runs and again afterwards.
    const before = await readFiles(weir.dataDir, ["postgres"]);
    await weir.stop();
    stopped = true;
    const files = [...before, ...(await readFiles(weir.dataDir, ["postgres"])), { path: "log", text: weir.logged.join("") }];
    assert.deepEqual(contentIn(files), []);
    const journal = files.filter(({ path }) => path.startsWith("journal"));
    assert.ok(
      canariesIn(journal.map(({ text }) => text).join("")).some(({ what }) => what === "feature"),
      "the scan of the journal sees names",
    );
    assert.ok(files.some(({ path }) => path.startsWith("audit-checkpoints")));
    assert.ok(files.some(({ path }) => path.startsWith("objects")));
    const { rows, tenants } = await readTables(weir.dataDir);
    const wrong = rows.flatMap(({ table, tenantId, text }) =>
      canariesIn(text)
        .filter((found) =>
          tenantId === undefined ? found.what !== "operator" || table !== "tenants" : tenants.get(tenantId) !== found.slug,
        )
        .map(({ word }) => `${table} of ${tenantId}: ${word}`),
    );
    assert.deepEqual(wrong, []);
    const holding = rows.flatMap(({ table, text }) => canariesIn(text).map(({ what }) => `${table.replace(/_\d{4}_?\d{2}$/, "")} ${what}`));
    const kinds = [...new Set(holding)].toSorted();
    const content = kinds.filter((kind) => CONTENT.some((what) => kind.endsWith(` ${what}`)));
    assert.ok(content.length > 0 && content.every((kind) => / (document|operator)$/.test(kind)), content.join(", "));
    assert.ok(!content.some((kind) => kind.startsWith("event")), content.join(", "));
    places = seen.length + files.length + rows.length;
    console.log(`# canaries: ${ALL.length} words, ${seen.length} responses, ${files.length} files, ${rows.length} rows: 0 out of place`);
    console.log(`# canaries: at rest in ${kinds.join("; ")}`);
  } finally {
    if (!stopped) await weir.stop();
    await rm(weir.dataDir, { recursive: true, force: true });
    await upstream.close();
  }
  assert.ok(places > 200);
}, 60_000);

test("a model server that mixes up its callers is found out, and so is one line of a log or journal with content", async () => {
  let last = "";
  const { upstream, weir, seen } = await liveAll((prompt) => {
    const mixed = last;
    last = prompt;
    return `${mixed} `;
  });
  try {
    const found = foreignIn(seen).length;
    assert.ok(found > 0);
    const planted = SLUGS.flatMap((slug) => CONTENT.map((what) => ({ path: "log", text: `{"message":"failed: ${canary(slug, what)}"}` })));
    assert.equal(contentIn(planted).length, planted.length);
    console.log(
      `# canaries: ${found} foreign ones found behind a server that mixes callers up; ${planted.length} of ${planted.length} planted lines found`,
    );
  } finally {
    await weir.close();
    await upstream.close();
  }
}, 60_000);
