import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import { openDatabase, type Engine } from "../../src/store/index.ts";
import { addDocument, untilIndexed, upload } from "./access-world.ts";
import type { TestWeir } from "./server.ts";
import { readStoredObjects } from "./stored-objects.ts";

export const SECRET = "7".repeat(64);

/** Where a tenant's words stand: 40 places, in every store. */
export const PLACES = [
  // Rows of the tenant, its keys and prompts.
  "slug",
  "tenantname",
  "tier",
  "operator",
  "keyname",
  "team",
  "revokedkey",
  "keyregion",
  "rotatedkey",
  "promptname",
  "prompttext",
  "retiredtext",
  // Documents: rows, chunks, postings, objects.
  "filename",
  "filetext",
  "heading",
  "title",
  "link",
  "storename",
  "metakey",
  "metavalue",
  "attributekey",
  "attributevalue",
  "loosefile",
  "loosetext",
  // What calls said and were told: chat logs.
  "message",
  "system",
  "speaker",
  "answer",
  "toolname",
  "toolinput",
  "toolresult",
  "image",
  "block",
  "stream",
  // Records: events, sums, decisions, the journal and what was set aside of it.
  "feature",
  "journalled",
  "quarantine",
  "damaged",
  // A table that nobody told the erasure of, and a hold whose time has passed.
  "newtable",
  "hold",
] as const;
export type Place = (typeof PLACES)[number];

/** One word that nothing else holds, of letters only, so that no tokeniser splits it. */
export const wordOf = (tenant: string, place: Place): string => `zq${tenant}${place}qz`;
export const wordsIn = (text: string, tenant: string): readonly Place[] => {
  const lower = text.toLowerCase();
  return PLACES.filter((place) => lower.includes(wordOf(tenant, place)));
};

export type Estate = { readonly tenant: string; readonly slug: string; readonly key: string; readonly id: string; readonly store: string };

/** A tenant with its words in rows, documents, chat logs and records. */
export async function plant(weir: TestWeir, tenant: string): Promise<Estate> {
  const word = (place: Place): string => wordOf(tenant, place);
  const slug = word("slug");
  await weir.call("POST", "/admin/v1/tenants", { slug, name: word("tenantname"), tier: word("tier") });
  await weir.call("PATCH", `/admin/v1/tenants/${slug}`, {
    contentPolicy: "full",
    systemPrompt: `Serve ${word("operator")}.`,
    budgetUsd: 50,
  });
  const keys = `/admin/v1/tenants/${slug}/keys`;
  const makeKey = (name: Place, more: object = {}) => weir.call<{ id: string; key: string }>("POST", keys, { name: word(name), ...more });
  const { key } = await makeKey("keyname", { team: word("team"), role: "tenant-admin", budgetUsd: 20 });
  const revoked = await makeKey("revokedkey", { region: word("keyregion") });
  await weir.call("DELETE", `${keys}/${revoked.id}`);
  const rotated = await makeKey("rotatedkey");
  await weir.call("POST", `${keys}/${rotated.id}/rotate`, { overlapSeconds: 60 });
  for (const place of ["retiredtext", "prompttext"] as const)
    await weir.call("POST", "/admin/v1/prompts", { name: word("promptname").slice(0, 60), text: word(place) }, { key });
  const store = await plantDocuments(weir, key, word);
  await plantCalls(weir, key, word, ["feature", "message", "system", "speaker", "toolname", "toolinput", "toolresult", "image", "block"]);
  const { id } = await weir.call<{ id: string }>("GET", `/admin/v1/tenants/${slug}`);
  return { tenant, slug, key, id, store };
}

async function plantDocuments(weir: TestWeir, key: string, word: (place: Place) => string): Promise<string> {
  const text = `# ${word("title")}\n\n## ${word("heading")}\n\nEverybody has 25 days, says ${word("filetext")}. [See](https://x.example/${word("link")})\n`;
  const { id: store } = await weir.call<{ id: string }>(
    "POST",
    "/v1/vector_stores",
    { name: word("storename"), metadata: { [word("metakey")]: word("metavalue") } },
    { key },
  );
  const { file } = await addDocument(weir, key, store, [`${word("filename")}.md`, text]);
  await weir.call("DELETE", `/v1/vector_stores/${store}/files/${file}`, undefined, { key });
  const attributes = { [word("attributekey")]: word("attributevalue") };
  await weir.call("POST", `/v1/vector_stores/${store}/files`, { file_id: file, attributes }, { key });
  await untilIndexed(weir, key, store, file);
  await upload(weir, key, `${word("loosefile")}.txt`, `${word("loosetext")}\n`);
  return store;
}

/** The upstream answers with the word for `answer`, and `stream` where it streams. */
export async function plantCalls(weir: TestWeir, key: string, word: (place: Place) => string, places: readonly Place[]): Promise<void> {
  const has = new Set(places);
  const say = (place: Place): string => (has.has(place) ? word(place) : "-");
  const messages = [
    { role: "system", content: say("system") },
    { role: "user", name: "person", content: `${say("message")} ${say("speaker")}` },
    {
      role: "user",
      content: [
        { type: "text", text: say("block") },
        { type: "image_url", image_url: { url: `https://x.example/${say("image")}.png` } },
      ],
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: say("toolname"), arguments: JSON.stringify({ x: say("toolinput") }) } }],
    },
    { role: "tool", tool_call_id: "c1", content: say("toolresult") },
    { role: "user", content: "go on" },
  ];
  for (const stream of [false, true]) {
    const init = { headers: { "x-weir-feature": say("feature") } };
    const response = await weir.chat(key, { model: "m", stream, messages, user: "ada", max_tokens: 50 }, init);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`a call answered ${response.status}: ${text}`);
  }
}

/** Every row of every table, read past row-level security, with the table's name before it. */
export async function readRows(db: Engine): Promise<readonly { readonly table: string; readonly text: string }[]> {
  return await db.asOwner(async (owner) => {
    const tables = await owner.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const rows: { table: string; text: string }[] = [];
    for (const { name } of tables) {
      const found = await owner.query<{ text: string }>(`SELECT to_jsonb(t)::text AS text FROM ${name} t`);
      rows.push(...found.map(({ text }) => ({ table: name.replace(/^events_\d{4}_\d{2}$/, "events"), text })));
    }
    return rows;
  });
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The embedded database of a server that is stopped. */
export async function withDatabase<T>(dataDir: string, body: (db: Engine) => Promise<T>): Promise<T> {
  const db = await openDatabase({ databaseUrl: undefined, dataDir, connections: 1, clock: systemClock, log: silent });
  try {
    return await body(db);
  } finally {
    await db.close();
  }
}

/** A tenant's objects in clear, each with its key before it. */
export const readObjects = async (dataDir: string, id: string): Promise<readonly string[]> =>
  (await readStoredObjects({ dataDir, secret: SECRET }, id)).map(({ key, text }) => `${key} ${text}`);

/** Every file below the data folder, as bytes in one-byte letters. */
export async function readFiles(dataDir: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map(async (path) => ({ path: relative(dataDir, path), text: (await readFile(path)).toString("latin1") })));
}
