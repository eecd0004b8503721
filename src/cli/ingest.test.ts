import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import { findDocuments } from "./find-documents.ts";
import {
  type Answers,
  type FakeServer,
  MADE_KEY,
  lockedBy,
  makeFolder,
  ONE_TENANT,
  runCli,
  type RunOptions,
  startFakeServer,
} from "./testing.ts";

type Stored = { id: string; filename: string; text: string };
type Attached = { id: string; status: string; attributes: unknown; polls: number };
type Library = {
  readonly server: FakeServer;
  readonly files: Map<string, Stored>;
  readonly attached: Map<string, Attached>;
  readonly stores: { id: string; name: string }[];
};

/** Files and vector stores as far as ingestion uses them. A document that says `unreadable` fails, and each takes two polls. */
async function startLibrary(events?: readonly string[]): Promise<Library> {
  const files = new Map<string, Stored>();
  const attached = new Map<string, Attached>();
  const stores: { id: string; name: string }[] = [{ id: "vs_0", name: "other" }];
  let made = 0;
  const answers: Answers = {
    ...ONE_TENANT,
    "GET /v1/vector_stores": ({ path }) =>
      path.includes("after")
        ? { json: { data: stores.slice(1), has_more: false } }
        : { json: { data: stores.slice(0, 1), has_more: stores.length > 1 } },
    "POST /v1/vector_stores": ({ body }) => {
      const store = { id: `vs_${String(stores.length)}`, name: (body as { name: string }).name };
      stores.push(store);
      return { json: store };
    },
    "POST /v1/files": ({ body }) => {
      const { filename, text } = body as Stored;
      const file = { id: `file_${String(++made)}`, filename, text };
      files.set(file.id, file);
      return { json: file };
    },
    "POST /v1/vector_stores/vs_1/files": ({ body }) => {
      const { file_id: id, attributes } = body as { file_id: string; attributes: unknown };
      attached.set(id, { id, status: "in_progress", attributes, polls: 0 });
      return { json: attached.get(id) };
    },
    "GET /v1/vector_stores/vs_1/events": () => (events === undefined ? { status: 404 } : { stream: events }),
    "POST /v1/vector_stores/handbook/files/*": ({ path }) => {
      const entry = attached.get(path.split("/").at(-2) ?? "");
      if (entry === undefined) return { status: 404 };
      Object.assign(entry, { status: "in_progress", polls: 0 });
      return { json: entry };
    },
    "GET /v1/vector_stores/handbook/files": () => ({
      json: { data: [...attached.values()].filter(({ status }) => status === "failed"), has_more: false },
    }),
    "GET /v1/vector_stores/handbook/files/*": (seen) => {
      const look = answers["GET /v1/vector_stores/vs_1/files/*"];
      return typeof look === "function" ? look(seen) : { status: 404 };
    },
    "GET /v1/vector_stores/vs_1/files": () => ({ json: { data: [...attached.values()], has_more: false } }),
    "GET /v1/vector_stores/vs_1/files/*": ({ path }) => {
      const entry = attached.get(path.split("/").at(-1) ?? "");
      if (entry === undefined) return { status: 404 };
      const bad = files.get(entry.id)?.text.includes("unreadable") === true;
      if (++entry.polls >= 2) entry.status = bad ? "failed" : "completed";
      const found =
        files.get(entry.id)?.text.includes("obey") === true
          ? { weir: { flagged: 2, quarantined: 1, places: ["p. 3", "Lea\u001bve"] } }
          : {};
      return {
        json: {
          ...entry,
          ...found,
          last_error: entry.status === "failed" ? { code: "unsupported_file", message: "The file holds no text." } : null,
        },
      };
    },
    "DELETE /v1/vector_stores/vs_1/files/*": ({ path }) => ({ json: { deleted: attached.delete(path.split("/").at(-1) ?? "") } }),
    "GET /v1/files/*": ({ path }) => ({ json: files.get(path.split("/").at(-1) ?? "") ?? {} }),
    "DELETE /v1/files/*": ({ path }) => ({ json: { deleted: files.delete(path.split("/").at(-1) ?? "") } }),
  };
  return { server: await startFakeServer(answers), files, attached, stores };
}

async function documentsFolder(): Promise<string> {
  const cwd = await makeFolder();
  await mkdir(join(cwd, "docs", "legal"), { recursive: true });
  await writeFile(join(cwd, "docs", "leave.md"), "# Leave\nThirty days.");
  await writeFile(join(cwd, "docs", "legal", "contract.HTML"), "<h1>Contract</h1>");
  await writeFile(join(cwd, "docs", "photo.png"), "png");
  await writeFile(join(cwd, "docs", ".hidden.md"), "hidden");
  await mkdir(join(cwd, "docs", "node_modules"));
  await writeFile(join(cwd, "docs", "node_modules", "readme.md"), "package");
  await symlink(join(cwd, "docs"), join(cwd, "docs", "loop"));
  return cwd;
}

const ingest = (library: Library, cwd: string, argv: readonly string[], options: RunOptions = {}) =>
  runCli(["ingest", ...argv, "--collection", "handbook"], {
    cwd,
    env: { WEIR_ADMIN_KEY: "admin" },
    findServer: lockedBy(library.server.url),
    ...options,
  });

test("folders are walked without hidden entries, packages, links and other kinds; a named file is taken as it is", async () => {
  const cwd = await documentsFolder();
  await writeFile(join(cwd, "notes.rtf"), "x");
  const found = await findDocuments(["docs", "notes.rtf", "docs/leave.md"], cwd);
  assert.deepEqual(
    found.documents.map(({ filename, identity }) => [filename, identity]),
    [
      ["leave.md", "docs/leave.md"],
      ["legal/contract.HTML", "docs/legal/contract.HTML"],
      ["notes.rtf", "notes.rtf"],
    ],
  );
  assert.equal(found.skipped, 1);
});

test("documents are uploaded, attached and waited for; the collection is made; the command's key is revoked", async () => {
  const library = await startLibrary();
  const cwd = await documentsFolder();
  const { code, out, err } = await ingest(library, cwd, ["docs"]);
  assert.equal(code, 0);
  assert.equal(out, "Collection handbook: 2 added, 1 of other kinds passed over.\n");
  assert.match(err, /^1\/2 \S+: added\n2\/2 \S+: added\n$/);
  assert.ok(err.includes("leave.md: added") && err.includes("legal/contract.HTML: added"));
  assert.deepEqual(library.stores[1], { id: "vs_1", name: "handbook" });
  assert.deepEqual([...library.files.values()].map(({ filename, text }) => `${filename} ${text}`).toSorted(), [
    "leave.md # Leave\nThirty days.",
    "legal/contract.HTML <h1>Contract</h1>",
  ]);
  const uploads = library.server.seen.filter(({ path }) => path === "/v1/files");
  assert.ok(uploads.every(({ key, body }) => key === MADE_KEY && (body as { purpose: string }).purpose === "user_data"));
  const last = library.server.seen.at(-1);
  assert.deepEqual([last?.method, last?.path, last?.key], ["DELETE", "/admin/v1/tenants/acme/keys/key_1", "admin"]);
  await library.server.close();
});

test("a second run leaves what is unchanged, replaces what changed and adds what is new", async () => {
  const library = await startLibrary();
  const cwd = await documentsFolder();
  await ingest(library, cwd, ["docs"]);
  const before = [...library.files.keys()];
  await writeFile(join(cwd, "docs", "leave.md"), "# Leave\nThirty-one days.");
  await writeFile(join(cwd, "docs", "new.txt"), "New.");
  const { code, out } = await ingest(library, cwd, ["docs"]);
  assert.equal(code, 0);
  assert.equal(out, "Collection handbook: 1 added, 1 replaced, 1 unchanged, 1 of other kinds passed over.\n");
  assert.deepEqual([...library.files.values()].map(({ text }) => text).toSorted(), [
    "# Leave\nThirty-one days.",
    "<h1>Contract</h1>",
    "New.",
  ]);
  assert.deepEqual([...library.attached.keys()].toSorted(), [...library.files.keys()].toSorted());
  assert.equal(before.filter((id) => library.files.has(id)).length, 1);
  assert.equal(library.stores.length, 2);
  await library.server.close();
});

test("on a terminal the bar shows how far the document under way is, chunk by chunk", async () => {
  const event = { object: "vector_store.file.progress", filename: "book.pdf", status: "in_progress", chunks: { done: 240, total: 480 } };
  const library = await startLibrary([`event: ${event.object}\ndata: ${JSON.stringify(event)}\n\n`]);
  const cwd = await documentsFolder();
  const { err } = await ingest(library, cwd, ["docs"], { redraws: true });
  assert.match(err, /\[#{6}-{18}\] 0\/2 book\.pdf: 240 of 480 chunks/);
  await library.server.close();
});

test("what has failed is tried again, each file once, and told apart from what fails again", async () => {
  const library = await startLibrary();
  const cwd = await documentsFolder();
  library.stores.push({ id: "vs_1", name: "handbook" });
  for (const [id, text] of [
    ["file_a", "good"],
    ["file_b", "unreadable"],
  ] as const) {
    library.files.set(id, { id, filename: `${id}.md`, text });
    library.attached.set(id, { id, status: "failed", attributes: {}, polls: 0 });
  }
  const { code, out, err } = await ingest(library, cwd, ["--retry-failed"]);
  assert.deepEqual([code, out], [1, "Collection handbook: 1 completed, 1 failed again.\n"]);
  assert.match(err, /failed: file_b\.md \(file_b\): The file holds no text\./);
  assert.deepEqual(
    library.server.seen.filter(({ path }) => path.endsWith("/retry")).map(({ path }) => path.split("/").at(-2)),
    ["file_a", "file_b"],
  );
  const both = await ingest(library, cwd, ["docs", "--retry-failed"]);
  assert.equal(both.code, 2);
  await library.server.close();
});

describe("documents that fail", () => {
  test("are named with their reason, the others still go in, and the exit code is 1", async () => {
    const library = await startLibrary();
    const cwd = await makeFolder();
    await writeFile(join(cwd, "good.md"), "good");
    await writeFile(join(cwd, "bad.md"), "unreadable");
    await writeFile(join(cwd, "empty.md"), "");
    await writeFile(join(cwd, "most.txt"), "x");
    await truncate(join(cwd, "most.txt"), FILE_BYTES_MAX + 1);
    const { code, out, err } = await ingest(library, cwd, ["."]);
    assert.equal(code, 1);
    assert.equal(out, "Collection handbook: 1 added, 3 failed.\n");
    for (const line of [
      "failed: bad.md: The file holds no text.",
      "failed: empty.md: is empty.",
      "failed: most.txt: is larger than 64 MiB.",
    ])
      assert.ok(err.split("\n").includes(line), err);
    await library.server.close();
  });

  test("that are in but hold what looks like an attack are named with its places, and the exit code stays 0", async () => {
    const library = await startLibrary();
    const cwd = await makeFolder();
    await writeFile(join(cwd, "good.md"), "good");
    await writeFile(join(cwd, "odd.md"), "obey");
    const { code, out, err } = await ingest(library, cwd, ["."]);
    assert.deepEqual([code, out], [0, "Collection handbook: 2 added.\n"]);
    const warnings = err.split("\n").filter((line) => line.startsWith("warning"));
    assert.deepEqual(warnings, [
      "warning: odd.md: 3 chunks look like instructions to the model, or like no text (p. 3, Leave): 1 quarantined, 2 flagged",
    ]);
    await library.server.close();
  });

  test("leave the earlier copy where it is, until one goes in", async () => {
    const library = await startLibrary();
    const cwd = await makeFolder();
    await writeFile(join(cwd, "a.md"), "first");
    await ingest(library, cwd, ["a.md"]);
    await writeFile(join(cwd, "a.md"), "unreadable now");
    assert.equal((await ingest(library, cwd, ["a.md"])).code, 1);
    assert.equal(library.attached.get("file_1")?.status, "completed");
    assert.equal(library.attached.get("file_2")?.status, "failed");
    // A copy that failed is no reason to leave the document alone.
    assert.equal((await ingest(library, cwd, ["a.md"])).out, "Collection handbook: 0 added, 1 failed.\n");
    await writeFile(join(cwd, "a.md"), "third");
    assert.equal((await ingest(library, cwd, ["a.md"])).out, "Collection handbook: 0 added, 1 replaced.\n");
    assert.deepEqual([[...library.files.keys()], [...library.attached.keys()]], [["file_4"], ["file_4"]]);
    await library.server.close();
  });

  test("for lack of an end to their indexing are given up after ten minutes", async () => {
    const stuck = await startFakeServer({
      ...ONE_TENANT,
      "GET /v1/vector_stores": { json: { data: [{ id: "vs_1", name: "handbook" }], has_more: false } },
      "GET /v1/vector_stores/vs_1/files": { json: { data: [], has_more: false } },
      "POST /v1/files": { json: { id: "file_1" } },
      "POST /v1/vector_stores/vs_1/files": { json: {} },
      "GET /v1/vector_stores/vs_1/files/file_1": { json: { status: "in_progress" } },
    });
    const cwd = await makeFolder();
    await writeFile(join(cwd, "a.md"), "text");
    const { code, err } = await runCli(["ingest", "a.md", "--collection", "handbook"], {
      cwd,
      env: { WEIR_ADMIN_KEY: "k" },
      findServer: lockedBy(stuck.url),
    });
    assert.equal(code, 1);
    assert.match(err, /failed: a\.md: was not indexed within ten minutes\./);
    await stuck.close();
  });
});

test("on a terminal the progress is one line that is drawn again and cleared", async () => {
  const library = await startLibrary();
  const cwd = await documentsFolder();
  const { err } = await ingest(library, cwd, ["docs"], { redraws: true });
  const frames = err.split("\r\u001b[K");
  assert.deepEqual([frames[0], frames[1], frames.at(-1)], ["", "[------------------------] 0/2 ", ""]);
  assert.match(frames[2] ?? "", /^\[#{12}-{12}\] 1\/2 /);
  assert.match(frames[3] ?? "", /^\[#{24}\] 2\/2 /);
  await library.server.close();
});

test("an interrupted ingestion still revokes its key", async () => {
  const library = await startLibrary();
  const cwd = await documentsFolder();
  const stop = new AbortController();
  const fetchAndStop = async (url: string, init: RequestInit): Promise<Response> => {
    if (url.endsWith("/v1/files")) stop.abort();
    return fetch(url, init);
  };
  await assert.rejects(ingest(library, cwd, ["docs"], { signal: stop.signal, fetch: fetchAndStop }), { name: "AbortError" });
  assert.equal(library.server.seen.at(-1)?.method, "DELETE");
  await library.server.close();
});

test("a key given with --key is used as it is; with --tenant it is an admin's", async () => {
  const library = await startLibrary();
  const cwd = await documentsFolder();
  const at = ["--url", library.server.url, "--key", "tenant-key"];
  assert.equal((await ingest(library, cwd, ["docs", ...at])).code, 0);
  assert.ok(library.server.seen.every(({ key, path }) => key === "tenant-key" && !path.startsWith("/admin")));
  library.server.seen.length = 0;
  assert.equal((await ingest(library, cwd, ["docs", ...at, "--tenant", "acme"])).code, 0);
  assert.deepEqual(
    [library.server.seen[0]?.path, library.server.seen[0]?.key, library.server.seen[1]?.key],
    ["/admin/v1/tenants/acme/keys", "tenant-key", MADE_KEY],
  );
  await library.server.close();
});

describe("what cannot be ingested is said before anything is asked:", () => {
  test("no collection, no such path, nothing of a kind that is read", async () => {
    const cwd = await makeFolder();
    await writeFile(join(cwd, "a.png"), "x");
    for (const [argv, code, expected] of [
      [["ingest", "."], 2, /--collection NAME is needed/],
      [["ingest", "nope", "--collection", "c"], 2, /nope does not exist, or cannot be read/],
      [["ingest", ".", "--collection", "c"], 1, /There is nothing to ingest: no file of a kind that is read among 1\. PDF, Word /],
    ] as const) {
      const printed = await runCli(argv, { cwd });
      assert.equal(printed.code, code);
      assert.match(printed.err, expected);
    }
  });
});
