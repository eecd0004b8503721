import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, test } from "bun:test";
import { makeFolder, runCli } from "./testing.ts";

/** A hub on a loopback socket: it redirects as Hugging Face does, answers ranges, and breaks off where it is told to. */
type Hub = {
  readonly url: string;
  readonly asked: { readonly path: string; readonly range: string | undefined; readonly ifRange: string | undefined }[];
  file: Buffer;
  etag: string;
  digest: string;
  redirect: string | undefined;
};

const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const modelOf = (size: number, fill = 7): Buffer => Buffer.concat([Buffer.from("GGUF"), Buffer.alloc(size - 4, fill)]);
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function startHub(): Promise<Hub> {
  const file = modelOf(300_000);
  const server = createServer((request, response) => answer(hub, request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const hub: Hub = { url, asked: [], file, etag: '"v1"', digest: hashOf(file), redirect: undefined };
  return hub;
}

function answer(hub: Hub, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  const { range, "if-range": ifRange } = request.headers;
  hub.asked.push({ path, range, ifRange: typeof ifRange === "string" ? ifRange : undefined });
  if (path.includes("/resolve/")) {
    const location = hub.redirect ?? "/cdn/file";
    return void response.writeHead(302, { location, "x-linked-etag": `"${hub.digest}"` }).end();
  }
  if (path !== "/cdn/file" && path !== "/direct.gguf") return void response.writeHead(404).end();
  const from = range !== undefined && ifRange === hub.etag ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
  const body = hub.file.subarray(from);
  const length = String(hub.file.length);
  if (from > 0)
    response.writeHead(206, {
      "content-range": `bytes ${String(from)}-${String(hub.file.length - 1)}/${length}`,
      "content-length": body.length,
      etag: hub.etag,
    });
  else response.writeHead(200, { "content-length": body.length, etag: hub.etag });
  response.end(body);
}

/** Answers of the real fetch, of which the first `times` files break off after so many bytes. */
function breaking(times: number, after: number): (url: string, init: RequestInit) => Promise<Response> {
  let left = times;
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.status > 299 || left-- <= 0) return response;
    const bytes = new Uint8Array(await response.arrayBuffer()).subarray(0, after);
    const pieces = after === 0 ? [] : [bytes];
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const piece = pieces.shift();
          if (piece === undefined) controller.error(new Error("broken off"));
          else controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

async function folderWith(hub: Hub, more = ""): Promise<string> {
  const cwd = await makeFolder();
  await writeFile(join(cwd, "weir.yaml"), `downloads: { hub: "${hub.url}", hosts: [models.example]${more} }\n`);
  return cwd;
}

const NAME = "hf:user/repo/sub/tiny.gguf";

test("a model is fetched from the hub, checked against the digest that the hub names, and fetched once only", async () => {
  const hub = await startHub();
  const cwd = await folderWith(hub);
  const { code, out, err } = await runCli(["models", "pull", NAME], { cwd });
  assert.equal(code, 0, err);
  assert.equal(out, `./models/tiny.gguf: 300.0 kB, SHA-256 ${hub.digest} (as expected)\n`);
  assert.match(err, /300\.0 kB of 300\.0 kB/);
  assert.deepEqual(
    hub.asked.map(({ path }) => path),
    ["/user/repo/resolve/main/sub/tiny.gguf", "/cdn/file"],
  );
  assert.ok((await readFile(join(cwd, "models/tiny.gguf"))).equals(hub.file));
  assert.deepEqual(await readdir(join(cwd, "models")), ["tiny.gguf"]);
  const again = await runCli(["models", "pull", NAME], { cwd });
  assert.equal(again.out, `./models/tiny.gguf is there already, SHA-256 ${hub.digest}\n`);
  assert.equal(hub.asked.length, 2);
  const other = await runCli(["models", "pull", NAME, "--sha256", "0".repeat(64)], { cwd });
  assert.equal(other.code, 1);
  assert.match(other.err, /is there already, with the SHA-256/);
});

test("a download that broke off goes on by range: in the same run, and in a later one", async () => {
  const hub = await startHub();
  const cwd = await folderWith(hub);
  const { code, err } = await runCli(["models", "pull", NAME], { cwd, fetch: breaking(2, 100_000) });
  assert.equal(code, 0, err);
  const ranges = hub.asked.filter(({ path }) => path === "/cdn/file").map(({ range }) => range);
  assert.deepEqual(ranges, [undefined, "bytes=100000-", "bytes=200000-"]);
  assert.ok((await readFile(join(cwd, "models/tiny.gguf"))).equals(hub.file));

  const later = await folderWith(hub);
  hub.asked.length = 0;
  // Some bytes came first, then nothing more.
  await mkdir(join(later, "models"));
  await writeFile(join(later, "models/tiny.gguf.part"), hub.file.subarray(0, 1000));
  const address = `${hub.url}/user/repo/resolve/main/sub/tiny.gguf`;
  await writeFile(join(later, "models/tiny.gguf.part.json"), JSON.stringify({ url: address, etag: hub.etag }));
  const broken = await runCli(["models", "pull", NAME], { cwd: later, fetch: breaking(99, 0) });
  assert.equal(broken.code, 1);
  assert.match(broken.err, /broke off 5 times\. What came is kept/);
  assert.deepEqual((await readdir(join(later, "models"))).toSorted(), ["tiny.gguf.part", "tiny.gguf.part.json"]);
  const partly = await runCli(["models", "list"], { cwd: later });
  assert.match(partly.out, /\.\/models\/tiny\.gguf +1\.0 kB so far/);
  hub.asked.length = 0;
  assert.equal((await runCli(["models", "pull", NAME], { cwd: later })).code, 0);
  assert.deepEqual(hub.asked[1], { path: "/cdn/file", range: "bytes=1000-", ifRange: '"v1"' });
  assert.ok((await readFile(join(later, "models/tiny.gguf"))).equals(hub.file));
  console.log("# models pull: continued by range within a run and in a later run");
});

test("a file that changed on the hub meanwhile is fetched from its beginning", async () => {
  const hub = await startHub();
  const cwd = await folderWith(hub);
  await mkdir(join(cwd, "models"));
  await writeFile(join(cwd, "models/tiny.gguf.part"), modelOf(1000, 1));
  await writeFile(
    join(cwd, "models/tiny.gguf.part.json"),
    JSON.stringify({ url: `${hub.url}/user/repo/resolve/main/sub/tiny.gguf`, etag: '"v0"' }),
  );
  const { code, err } = await runCli(["models", "pull", NAME], { cwd });
  assert.equal(code, 0, err);
  assert.ok((await readFile(join(cwd, "models/tiny.gguf"))).equals(hub.file));
});

test("a file with another digest, and one that is no model, are deleted", async () => {
  const hub = await startHub();
  const cwd = await folderWith(hub);
  hub.digest = "a".repeat(64);
  const wrong = await runCli(["models", "pull", NAME], { cwd });
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /has the SHA-256 [0-9a-f]{64}, not a{64}\. It was deleted\./);
  assert.deepEqual(await readdir(join(cwd, "models")), []);
  hub.file = Buffer.from("<html>sign in</html>");
  const page = await runCli(["models", "pull", NAME], { cwd });
  assert.match(page.err, /What came is no GGUF file/);
  assert.deepEqual(await readdir(join(cwd, "models")), []);
});

test("only hosts of the config are asked, redirects included", async () => {
  const hub = await startHub();
  const cwd = await folderWith(hub);
  for (const address of [
    "https://elsewhere.example/tiny.gguf",
    "http://models.example/tiny.gguf",
    "https://models.example:8443/tiny.gguf",
  ]) {
    const { code, err } = await runCli(["models", "pull", address], { cwd, fetch: () => assert.fail("it was asked") });
    assert.equal(code, 1);
    assert.match(err, /is not among the hosts that models may come from\. Allow it in weir\.yaml: downloads/);
  }
  const other = await startHub();
  hub.redirect = `${other.url}/cdn/file`;
  const redirected = await runCli(["models", "pull", NAME], { cwd });
  assert.match(redirected.err, /is not among the hosts/);
  assert.equal(other.asked.length, 0);
  const allowed = await folderWith(hub, "");
  await writeFile(join(allowed, "weir.yaml"), `downloads: { hub: "${hub.url}", hosts: ["${other.url}"] }\n`);
  assert.equal((await runCli(["models", "pull", NAME], { cwd: allowed })).code, 0);
  const direct = await runCli(["models", "pull", `${other.url}/direct.gguf`, "--out", "mine.gguf", "--sha256", hub.digest], {
    cwd: allowed,
  });
  assert.equal(direct.code, 0, direct.err);
  assert.match(direct.out, /^\.\/mine\.gguf: .*\(as expected\)/);
});

test("what names no model is told what would", async () => {
  const hub = await startHub();
  const cwd = await folderWith(hub);
  for (const asked of ["tiny", "hf:user/tiny.gguf", "hf:user/../repo/tiny.gguf", "hf:user/repo/tiny.gguf@a b", "ftp://x/y.gguf"]) {
    const { code, err } = await runCli(["models", "pull", asked], { cwd });
    assert.equal(code, 2, asked);
    assert.match(err, /is no model\. Expected hf:USER\/REPOSITORY\/FILE\.gguf/);
  }
  assert.match((await runCli(["models", "pull", "hf:user/repo/readme.md"], { cwd })).err, /expected one that ends in \.gguf/);
  assert.match((await runCli(["models", "pull", "hf:user/repo/tiny.gguf", "--sha256", "12"], { cwd })).err, /64 hexadecimal digits/);
  assert.equal(hub.asked.length, 0);
});

test("the list names the files that are there, those that providers miss, and who uses them", async () => {
  const cwd = await makeFolder();
  const empty = await runCli(["models", "list"], { cwd });
  assert.match(empty.out, /There is no model in \.\/models\. Fetch one: weir models pull/);
  await mkdir(join(cwd, "models"));
  await writeFile(join(cwd, "models/base.gguf"), modelOf(2_000_000));
  await writeFile(join(cwd, "models/spare.gguf"), modelOf(500));
  await writeFile(
    join(cwd, "weir.yaml"),
    "providers:\n  cpu: { kind: llama, model: ./models/base.gguf, adapters: { legal: ./models/legal.gguf }, trust: private }\n",
  );
  const { out, code, err } = await runCli(["models", "list"], { cwd });
  assert.equal(code, 0, err);
  assert.equal(
    out,
    [
      "file                 size       provider",
      "./models/base.gguf   2.0 MB     cpu",
      "./models/legal.gguf  missing    cpu (legal)",
      "./models/spare.gguf  500 bytes  -",
      "",
    ].join("\n"),
  );
});
