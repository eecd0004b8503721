import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { adminCall, makeTenant, startChild, type WeirChild } from "./child.ts";
import { startLoad } from "./load.ts";
import { ADMIN_KEY, oneModel } from "./server.ts";
import { listRows } from "./usage-rows.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const PASSPHRASE = "correct horse battery staple";
/** A backup of one frame is opened by its passphrase or not at all. */
const BROKEN = /not whole|or its beginning was changed/;
const ROUNDS = process.env["WEIR_TEST_LONG"] === "1" ? 10 : 1;

let upstream: FakeUpstream;
let folder: string;
let child: WeirChild;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  folder = await mkdtemp(join(tmpdir(), "weir-backup-"));
  await writeFile(join(folder, "weir.yaml"), oneModel(upstream.openaiBaseUrl));
  await mkdir(join(folder, "data"));
  child = await startChild(join(folder, "data"), join(folder, "weir.yaml"));
  key = await makeTenant(child.url, "acme");
  await ingest(child.url, key);
}, 60_000);
afterAll(async () => {
  child.signal("SIGTERM");
  await child.exited;
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

/** One command line as a process of its own. */
async function weir(args: readonly string[], env: Record<string, string> = {}): Promise<{ code: number | null; out: string; err: string }> {
  const ran = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", WEIR_ADMIN_KEY: ADMIN_KEY, BACKUP_WORDS: PASSPHRASE, ...env },
  });
  const said = { out: "", err: "" };
  ran.stdout.on("data", (text: Buffer) => (said.out += text.toString()));
  ran.stderr.on("data", (text: Buffer) => (said.err += text.toString()));
  return await new Promise((resolve) => ran.once("close", (code) => resolve({ code, ...said })));
}

async function ingest(url: string, tenantKey: string): Promise<void> {
  const call = async (path: string, body: BodyInit, type?: string): Promise<{ id: string }> => {
    const headers = { authorization: `Bearer ${tenantKey}`, ...(type === undefined ? {} : { "content-type": type }) };
    const response = await fetch(url + path, { method: "POST", headers, body });
    assert.ok(response.ok, await response.clone().text());
    return await response.json();
  };
  const form = new FormData();
  form.set("purpose", "user_data");
  form.set("file", new File(["# Badgers\n\nThe badger's sett in the north wood has seven doors.\n"], "badgers.md"));
  const file = await call("/v1/files", form);
  const store = await call("/v1/vector_stores", JSON.stringify({ name: "woods" }), "application/json");
  await call(`/v1/vector_stores/${store.id}/files`, JSON.stringify({ file_id: file.id }), "application/json");
}

test("a backup that is made under load restores whole: what was answered before it began is in it, checksums are equal, chains verify", async () => {
  const load = startLoad({
    url: () => child.url,
    key,
    workers: 4,
    body: (n) => ({
      model: "m",
      stream: n % 2 === 1,
      max_tokens: 100,
      messages: [{ role: "user", content: `Tell me. parts=8;call=${n}` }],
    }),
  });
  for (let round = 0; round < ROUNDS; round++) {
    const file = join(folder, `copy-${round}.backup`);
    while (load.answered.length < (round + 1) * 100) await new Promise((resolve) => setTimeout(resolve, 1));
    const before = load.answered.filter(({ acknowledged }) => acknowledged).map(({ requestId }) => requestId);
    const made = await weir(["backup", file, "--data", join(folder, "data"), "--passphrase", "env:BACKUP_WORDS"]);
    assert.equal(made.code, 0, made.err);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const bytes = await readFile(file);
    assert.ok(!bytes.includes("badger") && !bytes.includes((await readFile(join(folder, "data", "secret"), "utf8")).trim()));

    const data = join(folder, `restored-${round}`);
    const restored = await weir([
      "restore",
      file,
      "--data",
      data,
      "--config",
      join(folder, "weir.yaml"),
      "--passphrase",
      "env:BACKUP_WORDS",
    ]);
    assert.equal(restored.code, 0, restored.err + restored.out);
    assert.match(restored.out, /checksums equal/);
    assert.match(restored.out, /acme: whole, \d+ entries/);

    const other = await startChild(data, join(folder, "weir.yaml"));
    const rows = await listRows(other.url, "acme");
    const ids = new Set(rows.rows.map(({ requestId }) => requestId));
    const missing = before.filter((id) => !ids.has(id));
    const ask = {
      model: "extractive",
      messages: [{ role: "user", content: "How many doors has the badger's sett?" }],
      rag: { enabled: true, collection: "woods" },
    };
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const answer = await fetch(`${other.url}/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify(ask) });
    assert.match(await answer.text(), /seven doors/);
    other.signal("SIGTERM");
    assert.equal(await other.exited, 0);
    console.log(
      `# backup under load, round ${round}: ${before.length} calls answered before it, ${missing.length} missing in the copy, ${made.out.trim()}; ${restored.out.split("\n")[0]}`,
    );
    assert.deepEqual(missing, []);
  }
  await load.stop();
  const failed = load.sent - load.answered.filter(({ acknowledged }) => acknowledged).length;
  console.log(`# backup under load: ${load.sent} calls meanwhile, ${failed} failed`);
  assert.equal(failed, 0);
}, 300_000);

test("a backup is never in clear unasked, and one that is broken, foreign or opened with other words restores nothing", async () => {
  const data = ["--data", join(folder, "data")];
  assert.match((await weir(["backup", "x.backup", ...data])).err, /--passphrase env:NAME or file:PATH, or say --plain/);
  assert.match((await weir(["backup", "x.backup", ...data, "--passphrase", PASSPHRASE])).err, /others can read a command line/);
  const plain = await weir(["backup", "plain.backup", ...data, "--plain"]);
  assert.equal(plain.code, 0, plain.err);
  assert.match(plain.err, /secret is not in it/);
  assert.match((await weir(["restore", "plain.backup", "--data", "r0"])).err, /set WEIR_SECRET/);
  assert.match(
    (await weir(["restore", "plain.backup", "--data", "r0"], { WEIR_SECRET: "00".repeat(32) })).err,
    /not the one that this backup was made under/,
  );
  const copy = join(folder, "copy-0.backup");
  const restore = (file: string, words = PASSPHRASE) =>
    weir(["restore", file, "--data", "r1", "--passphrase", "env:WORDS"], { WORDS: words });
  assert.match((await restore(copy, "other words than before")).err, /passphrase is not the one/);
  await cp(copy, join(folder, "short.backup"));
  await truncate(join(folder, "short.backup"), (await stat(copy)).size - 40);
  assert.match((await restore("short.backup")).err, BROKEN);
  const flipped = await readFile(copy);
  flipped[flipped.length - 30] = (flipped[flipped.length - 30] ?? 0) ^ 1;
  await writeFile(join(folder, "flipped.backup"), flipped);
  assert.match((await restore("flipped.backup")).err, BROKEN);
  await writeFile(join(folder, "foreign.backup"), "no backup at all");
  assert.match((await restore("foreign.backup")).err, /not a backup that weir made/);
  // None of them left anything that would be taken for a data folder.
  const good = await restore(copy);
  assert.equal(good.code, 0, good.err);
  assert.match((await restore(copy)).err, /in use/);
  await adminCall(child.url, "GET", "/admin/v1/tenants");
});
