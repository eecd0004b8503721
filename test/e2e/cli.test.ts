import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel } from "./server.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const ADMIN = "cli-admin-key-0123456789";

let folder: string;
let data: string;
let server: ChildProcess;
let url: string;
let upstream: FakeUpstream;
let cases = 0;
const ended = new Map<ChildProcess, Promise<number | null>>();

function start(args: readonly string[], env: Record<string, string> = {}) {
  const clean = { PATH: process.env["PATH"] ?? "", HOME: folder, WEIR_ADMIN_KEY: ADMIN, ...env };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: clean, stdio: ["pipe", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (piece: Buffer) => void (said.out += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => void (said.err += piece.toString()));
  ended.set(child, new Promise((resolve) => child.on("close", resolve)));
  return { child, said };
}

/** One command to its end. */
async function weir(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  cases++;
  const { child, said } = start([...args, "--data", data]);
  child.stdin.end();
  return { code: (await ended.get(child)) ?? null, ...said };
}

async function serve(): Promise<void> {
  const { child, said } = start(["serve", "--port", "0", "--data", data, "--config", join(folder, "weir.yaml")]);
  server = child;
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", () => {
      const found = /^weir listening on (http:\S+)$/m.exec(said.out)?.[1];
      if (found === undefined) return;
      url = found;
      resolve();
    });
    child.on("close", (code) => reject(new Error(`serve ended with ${code}: ${said.err}`)));
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-cli-"));
  data = join(folder, "data");
  upstream = await createFakeUpstream();
  await writeFile(join(folder, "weir.yaml"), oneModel(upstream.openaiBaseUrl));
  const docs = join(folder, "docs", "more");
  await mkdir(docs, { recursive: true });
  await writeFile(join(folder, "docs", "leave.md"), "# Leave\n\nEverybody has 25 days of leave a year.\n");
  await writeFile(join(docs, "parking.html"), "<html><title>Parking</title><body><p>Bicycles are parked in the cellar.</p></body></html>");
  await writeFile(join(docs, "meals.txt"), "The canteen serves lunch from eleven to two.");
  await writeFile(join(docs, "photo.png"), "not for reading");
  await writeFile(join(folder, "binary.txt"), Buffer.from([0, 1, 2, 3]));
  await writeFile(join(folder, "empty.txt"), "");
  await serve();
}, 30_000);
afterAll(async () => {
  server.kill("SIGKILL");
  await ended.get(server);
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

test("a tenant and a key are made by command, and the key opens the server", async () => {
  const made = await weir("tenant", "create", "acme", "--name", "Acme Ltd");
  assert.equal(made.code, 0, made.err);
  assert.match((await weir("tenant", "list")).out, /acme.*Acme Ltd/);
  const again = await weir("tenant", "create", "acme");
  assert.equal(again.code, 1);
  assert.match(again.err, /exists already/);
  const key = await weir("key", "create", "--tenant", "acme", "--name", "website", "--budget", "5", "--rpm", "100");
  const secret = /key: (weir-\w+)/.exec(key.out)?.[1] ?? "";
  const id = /id:\s+(key_\w+)/.exec(key.out)?.[1] ?? "";
  const models = (): Promise<Response> => fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal((await models()).status, 200);
  const listed = await weir("key", "list", "--tenant", "acme");
  assert.match(listed.out, new RegExp(`${id}.*website`));
  assert.ok(!listed.out.includes(secret));
  assert.equal((await weir("key", "revoke", id, "--tenant", "acme")).code, 0);
  assert.equal((await models()).status, 401);
}, 30_000);

test("documents are ingested from folders and files; what cannot be read is named and fails the command; twice changes nothing", async () => {
  const first = await weir("ingest", "docs", "--collection", "house");
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /Collection house: 3 added.*1 of other kinds passed over/);
  const second = await weir("ingest", "docs", "--collection", "house");
  assert.match(second.out, /0 added, 3 unchanged/);
  await writeFile(join(folder, "docs", "leave.md"), "# Leave\n\nEverybody has 28 days of leave a year.\n");
  assert.match((await weir("ingest", "docs", "--collection", "house")).out, /0 added, 1 replaced, 2 unchanged/);
  const bad = await weir("ingest", "binary.txt", "empty.txt", join("docs", "more", "photo.png"), "--collection", "house");
  assert.equal(bad.code, 1);
  for (const name of ["binary.txt", "empty.txt", "photo.png"]) assert.match(bad.err, new RegExp(`failed: ${name}: .+`));
  assert.match(bad.out, /0 added, 3 failed/);
  const none = await weir("ingest", "nowhere", "--collection", "house");
  assert.deepEqual([none.code, none.err.includes("nowhere")], [2, true]);
}, 60_000);

test("a question is answered from the documents, with its source; the model by name; a wrong collection is an error", async () => {
  const extractive = await weir(
    "chat",
    "--once",
    "How many days of leave does everybody have?",
    "--collection",
    "house",
    "--model",
    "extractive",
  );
  assert.equal(extractive.code, 0, extractive.err);
  assert.match(extractive.out, /28 days of leave.*\[1\]/);
  assert.match(extractive.out, /\[1\] Leave \(leave\.md\)/);
  const model = await weir("chat", "--once", "parts=4", "--model", "m");
  assert.equal(model.code, 0, model.err);
  assert.ok(model.out.trim().length > 5);
  const wrong = await weir("chat", "--once", "What?", "--collection", "no-such");
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /collection does not exist/);
}, 60_000);

test("usage and audit tell of the calls, from a running server and from a folder whose server has ended well", async () => {
  const running = JSON.parse((await weir("usage", "--tenant", "acme", "--json")).out) as { totals: { calls: number; refused: number } };
  assert.deepEqual([running.totals.calls, running.totals.refused], [2, 1]);
  assert.match((await weir("audit", "verify")).out, /acme: whole, \d+ entries/);
  server.kill("SIGTERM");
  assert.equal(await ended.get(server), 0);
  const ended2 = await weir("usage", "--tenant", "acme");
  assert.equal(ended2.code, 0, ended2.err);
  assert.match(ended2.out, /In all: 2 calls, 1 refused/);
  assert.equal((await weir("audit", "verify", "--tenant", "acme")).code, 0);
  await serve();
  assert.match((await weir("usage")).out, /In all: 2 calls/);
}, 60_000);

test("what is wrong in a command line is told, with exit code 2 and nothing of a stack", async () => {
  for (const args of [
    ["nonsense"],
    ["ingest"],
    ["chat", "--nonsense"],
    ["key", "create", "--tenant", "acme"],
    ["ingest", "docs"],
    ["usage", "--limit", "0"],
  ]) {
    const wrong = await weir(...args);
    assert.equal(wrong.code, 2, args.join(" "));
    assert.ok(wrong.err.length > 10 && !/\n\s+at /.test(wrong.err), wrong.err);
  }
  const second = await weir("serve", "--port", "0");
  assert.equal(second.code, 1);
  assert.match(second.err, /in use|running/i);
  console.log(`# cli: ${cases} commands against a running server, and against a folder alone`);
}, 60_000);
