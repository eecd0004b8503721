import assert from "node:assert/strict";
import { request } from "node:http";
import { afterAll, beforeAll, test } from "bun:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { JSON_BODY_BYTES_MAX } from "../../src/kernel/limits.ts";
import { createWorld, untilIndexed, upload, type World } from "./access-world.ts";

/** The official client, unmodified, over sockets. */

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

type Modern = "auto" | "legacy";
/** `legacy`: the handshake of the revisions until 2025. */
async function connect(key: string, mode: Modern = "auto"): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${world.weir.url}/mcp`), { requestInit }));
  return client;
}

type Results = {
  results: { id: string; title: string; url: string; text: string; collection: string; score: number; flagged?: true }[];
  reranked?: boolean;
};
type Answer = { readonly isError?: boolean; readonly text: string; readonly value: unknown };
async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Answer> {
  const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each tool answers with one text
  const [part] = content as { text: string }[];
  return { ...(isError === true ? { isError } : {}), text: part?.text ?? "", value: structuredContent };
}

for (const mode of ["auto", "legacy"] as const)
  test(`the official client lists the tools, finds a passage and reads its document (${mode})`, async () => {
    const { acme } = world;
    const client = await connect(acme.member, mode);
    try {
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map(({ name }) => name).toSorted(), ["fetch", "list_collections", "search"]);
      assert.ok(tools.every(({ annotations }) => annotations?.readOnlyHint === true));
      const listed = await call(client, "list_collections");
      const { collections } = JSON.parse(listed.text) as { collections: { id: string; name: string; files: number }[] };
      assert.deepEqual(
        collections.map(({ id, name }) => [id, name]),
        [[acme.store, acme.storeName]],
      );
      for (const named of [{ collection: acme.storeName }, { collection: acme.store }, {}]) {
        const found = await call(client, "search", { query: "days of leave", ...named });
        assert.deepEqual(JSON.parse(found.text), found.value);
        const [first] = (found.value as Results).results;
        assert.ok(first !== undefined && first.text.includes("25 days"));
        assert.equal(first.collection, acme.storeName);
        const { text, metadata } = (await call(client, "fetch", { id: first.id })).value as { text: string; metadata: { whole: boolean } };
        assert.ok(text.includes("25 days") && metadata.whole);
        const file = await fetch(first.url, { headers: { authorization: `Bearer ${acme.member}` } });
        assert.match(await file.text(), /25 days/);
      }
    } finally {
      await client.close();
    }
  });

test("what is wrong is told by the tool: a collection that is not there, an id that is none, a model that is not configured", async () => {
  const client = await connect(world.acme.member);
  try {
    const cases: readonly (readonly [name: string, args: Record<string, unknown>, words: RegExp])[] = [
      ["search", { query: "x", collection: "never was" }, /collection does not exist/],
      ["search", { query: "x", collection: world.acme.store, mode: "quality" }, /no model that ranks/],
      ["search", { query: "" }, /query/],
      ["search", { query: "x", topK: 0 }, /topK/],
      ["search", { query: "x", depth: 5 }, /depth/],
      ["fetch", { id: "nonsense" }, /no such document/],
      ["fetch", { id: `${world.acme.store}/file-00000000000000000000000000/0` }, /no such document|does not exist|not in the collection/],
      ["nothing", {}, /nothing/],
    ];
    for (const [name, args, words] of cases) {
      const said = await call(client, name, args).then(
        ({ isError, text }) => (isError === true ? text : `no error: ${text}`),
        (error: unknown) => String(error),
      );
      assert.match(said, words, `${name} ${JSON.stringify(args)}`);
      assert.ok(!said.startsWith("no error"));
    }
    console.log(`# mcp: ${cases.length} wrong calls, each told what is wrong`);
  } finally {
    await client.close();
  }
});

test("another tenant's collection and documents are as if they were not there, by name and by id", async () => {
  const [acme, globex] = [await connect(world.acme.member), await connect(world.globex.member)];
  try {
    const own = (await call(globex, "search", { query: "leave" })).value as Results;
    assert.ok(own.results.length > 0 && own.results.every(({ text }) => !text.includes("acme")));
    const [first] = own.results;
    const answers = await Promise.all([
      call(acme, "search", { query: "leave", collection: world.globex.storeName }),
      call(acme, "search", { query: "leave", collection: world.globex.store }),
      call(acme, "search", { query: "leave", collection: "never was" }),
    ]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.ok(answers.every(({ isError }) => isError === true));
    const theirs = await call(acme, "fetch", { id: first?.id ?? "" });
    assert.ok(theirs.isError === true && !theirs.text.includes("days"));
    const crossed = `${world.acme.store}/${(first?.id ?? "").split("/")[1]}/0`;
    assert.equal((await call(acme, "fetch", { id: crossed })).isError, true);
    console.log("# mcp isolation: 5 ways to another tenant's documents, 0 led there");
  } finally {
    await acme.close();
    await globex.close();
  }
});

test("what a document is marked with keeps it from those who may not read it, in searches and by its id", async () => {
  const { weir, acme } = world;
  const member = async (body: object): Promise<string> =>
    (await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "m", ...body })).key;
  const [inside, outside] = [await member({ groups: ["hr"] }), await member({ groups: ["sales"] })];
  const file = await upload(weir, acme.admin, "hr.md", "# Pay\n\nDirectors are paid in gold ducats.\n");
  const marked = { file_id: file, attributes: { groups: "hr" } };
  await weir.call("POST", `/v1/vector_stores/${acme.store}/files`, marked, { key: acme.admin });
  await untilIndexed(weir, acme.admin, acme.store, file);
  const [reads, other] = [await connect(inside), await connect(outside)];
  try {
    const ask = { query: "gold ducats", collection: acme.store };
    const [first] = ((await call(reads, "search", ask)).value as Results).results;
    assert.ok(first !== undefined && first.text.includes("gold ducats"));
    assert.equal((await call(reads, "fetch", { id: first.id })).isError, undefined);
    const theirs = ((await call(other, "search", ask)).value as Results).results;
    assert.ok(theirs.every(({ text }) => !text.includes("ducats")));
    const fetched = await call(other, "fetch", { id: first.id });
    assert.ok(fetched.isError === true && !fetched.text.includes("ducats"));
    console.log("# mcp access: found and read by its group, by nobody else");
  } finally {
    await reads.close();
    await other.close();
  }
});

/** A request without its body, as far as the status of its answer. */
function sendHead(url: string, headers: Record<string, string>): Promise<{ readonly status: number | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers }, (response) => {
      response.destroy();
      sent.destroy();
      resolve({ status: response.statusCode });
    });
    sent.on("error", reject);
    sent.flushHeaders();
  });
}

test("who calls is asked first, pages of the web are refused, and what is no message of the protocol is told so", async () => {
  const { url } = world.weir;
  const message = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
  const send = (headers: Record<string, string>, body: string = message, method = "POST"): Promise<Response> =>
    fetch(`${url}/mcp`, {
      method,
      headers: { accept: "application/json, text/event-stream", "content-type": "application/json", ...headers },
      ...(method === "POST" ? { body } : {}),
    });
  const key = { authorization: `Bearer ${world.acme.member}` };
  assert.equal((await send({})).status, 401);
  assert.equal((await send({ authorization: "Bearer sk-nobody" })).status, 401);
  for (const origin of ["https://evil.example", "http://127.0.0.1.evil.example", "null", "http://weir.internal"])
    assert.equal((await send({ ...key, origin })).status, 403, origin);
  for (const origin of ["http://localhost:6274", "http://127.0.0.1:3000"])
    assert.equal((await send({ ...key, origin })).status, 200, origin);
  assert.equal((await send(key, "", "GET")).status, 405);
  assert.equal((await send(key, "", "DELETE")).status, 405);
  for (const body of ["not json", "", "[".repeat(5000)]) {
    const response = await send(key, body);
    const { error, jsonrpc } = (await response.json()) as { jsonrpc: string; error: { code: number } };
    assert.deepEqual([response.status, jsonrpc, error.code], [400, "2.0", -32_700], body.slice(0, 20));
  }
  assert.equal((await send(key, JSON.stringify({ hello: 1 }))).status, 400);
  // Declared, and not sent: what is not read would hold the connection open.
  const { status } = await sendHead(`${url}/mcp`, { ...key, "content-length": String(JSON_BODY_BYTES_MAX + 1) });
  assert.equal(status, 413);
});
