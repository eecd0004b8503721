import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { type Answers, lockedBy, MADE_KEY, ONE_TENANT, runCli, type RunOptions, startFakeServer } from "./testing.ts";

const delta = (content: string): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const last = (weir: unknown): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], weir })}\n\n`;
const DONE = "data: [DONE]\n\n";
const CITED = {
  model: "extractive",
  citations: [
    { index: 1, title: "Leave", filename: "leave.md", cited: true },
    { index: 2, title: "Other", filename: "other.md", cited: false },
  ],
};

async function run(argv: readonly string[], stream: readonly string[] | Answers[string], options: RunOptions = {}) {
  const answer = Array.isArray(stream) ? { stream } : (stream as Answers[string]);
  const server = await startFakeServer({ ...ONE_TENANT, "POST /v1/chat/completions": answer });
  const printed = await runCli(["chat", ...argv], {
    env: { WEIR_ADMIN_KEY: "k" },
    findServer: lockedBy(server.url),
    ...options,
  });
  await server.close();
  return { ...printed, seen: server.seen };
}

test("--once prints the answer as it comes and the documents it cites, with a key that is revoked afterwards", async () => {
  const { code, out, seen } = await run(
    ["--once", "How long?", "--collection", "handbook"],
    [": ping\n\n", delta("Thirty "), delta("days. [1]"), last(CITED), DONE],
  );
  assert.equal(code, 0);
  assert.equal(out, "Thirty days. [1]\n\n[1] Leave (leave.md)\n");
  const asked = seen.find(({ path }) => path === "/v1/chat/completions");
  assert.equal(asked?.key, MADE_KEY);
  assert.deepEqual(asked?.body, {
    model: "auto",
    messages: [{ role: "user", content: "How long?" }],
    stream: true,
    rag: { enabled: true, collection: "handbook" },
  });
  assert.deepEqual(
    seen.map(({ method, path }) => `${method} ${path}`),
    ["GET /admin/v1/tenants", "POST /admin/v1/tenants/acme/keys", "POST /v1/chat/completions", "DELETE /admin/v1/tenants/acme/keys/key_1"],
  );
  assert.deepEqual(seen[1]?.body, { name: "weir command", role: "member", expiresAt: "2026-11-22T00:00:00.000Z" });
});

describe("an answer that is not whole fails:", () => {
  const error = `data: ${JSON.stringify({ error: { message: "The provider's answer broke off.", type: "upstream_error" } })}\n\n`;
  const cases: readonly (readonly [string, readonly string[] | Answers[string], string])[] = [
    ["an error event", [delta("Thir"), error], "weir: The provider's answer broke off.\n"],
    [
      "a clean end without [DONE]",
      [delta("Thirty"), last({})],
      "weir: The answer broke off: the connection ended before the answer did.\n",
    ],
    ["an event that is no JSON", ["data: {oops\n\n"], "weir: The server sent an event that is not JSON.\n"],
    [
      "a refusal",
      { status: 404, json: { error: { message: "The collection does not exist.", param: "rag.collection" } } },
      "weir: The collection does not exist. (rag.collection)\n",
    ],
  ];
  for (const [name, stream, expected] of cases) {
    test(name, async () => {
      const { code, err, seen } = await run(["--once", "x"], stream);
      assert.equal(code, 1);
      assert.equal(err, expected);
      assert.equal(seen.at(-1)?.method, "DELETE");
    });
  }
});

test("characters and events may be cut anywhere, and what a terminal would obey is left out", async () => {
  const bytes = Buffer.from(`${delta("Grüße \u001b]0;title\u0007\u001b[31m你好\n")}${last({})}${DONE}`);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (let at = 0; at < bytes.length; at += 3) controller.enqueue(new Uint8Array(bytes.subarray(at, at + 3)));
            controller.close();
          },
        }),
      ),
  });
  const { code, out } = await runCli(["chat", "--once", "x", "--url", `http://127.0.0.1:${String(server.port)}`, "--key", "tenant-key"]);
  await server.stop(true);
  assert.equal(code, 0);
  assert.equal(out, "Grüße ]0;title[31m你好\n");
});

describe("a conversation", () => {
  test("carries what was said before, and leaves out what failed", async () => {
    const server = await startFakeServer({
      "POST /v1/chat/completions": ({ body }) => {
        const { messages } = body as { messages: { content: string }[] };
        const question = messages.at(-1)?.content ?? "";
        return question === "fail"
          ? { status: 503, json: { error: { message: "No model is eligible.", param: null } } }
          : { stream: [delta(`re ${question}`), last({}), DONE] };
      },
    });
    const argv = ["chat", "--model", "m", "--url", server.url, "--key", "tenant-key"];
    const { code, out, err } = await runCli(argv, { stdin: ["one", "", "fail", "two"] });
    await server.close();
    assert.equal(out, "re one\nre two\n");
    assert.equal(err, "weir: No model is eligible.\n".replace("weir: ", ""));
    assert.equal(code, 1);
    assert.deepEqual(
      server.seen.map(({ body }) => (body as { messages: { content: string }[] }).messages.map(({ content }) => content)),
      [["one"], ["one", "re one", "fail"], ["one", "re one", "two"]],
    );
  });

  test("with a person shows a prompt, and a refusal does not end it badly", async () => {
    const { code, out } = await run([], [delta("hi"), last({}), DONE], { interactive: true, stdin: ["hello"] });
    assert.equal(code, 0);
    assert.equal(out, "Ask away; an empty input (Ctrl-D) ends.\n> hi\n> \n");
  });
});

test("which tenant is asked must be clear", async () => {
  const tenants = (...slugs: string[]): Answers => ({
    "GET /admin/v1/tenants": { json: { data: slugs.map((slug) => ({ slug })), nextCursor: null } },
  });
  for (const [answers, expected] of [
    [tenants(), "weir: There is no tenant yet. Make one with `weir tenant create SLUG`.\n"],
    [tenants("a", "b"), "weir: Say which tenant with --tenant: a, b.\n"],
  ] as const) {
    const server = await startFakeServer(answers);
    const { code, err } = await runCli(["chat", "--once", "x"], {
      env: { WEIR_ADMIN_KEY: "k" },
      findServer: lockedBy(server.url),
    });
    await server.close();
    assert.deepEqual([code, err], [2, expected]);
  }
});
