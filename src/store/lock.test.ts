import { afterEach, beforeEach, test } from "bun:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { lockDataFolder, readLock } from "./lock.ts";

let dir = "";
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "weir-lock-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

/** A process of its own that tries for the lock when it is told to. */
async function startRival() {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./lock-race.fixture.ts", import.meta.url)), dir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  assert.equal(await next(), "ready");
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    pid: child.pid ?? 0,
    /** "won", or "lost" and why. */
    async tries() {
      child.stdin.write("\n");
      return await next();
    },
    async dies() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

test("who holds the lock is told, with pid and address, and nobody else gets it", () => {
  assert.equal(readLock(dir), undefined);
  const lock = lockDataFolder(dir, { pid: process.pid, token: "secret" });
  assert.throws(() => lockDataFolder(dir, { pid: process.pid }), new RegExp(`in use by process ${process.pid}\\. `));
  lock.update("http://127.0.0.1:8080");
  assert.throws(
    () => lockDataFolder(dir, { pid: process.pid }),
    new RegExp(`in use by process ${process.pid} \\(http://127\\.0\\.0\\.1:8080\\)`),
  );
  const holder = readLock(dir);
  assert.deepEqual([holder?.pid, holder?.address, holder?.token], [process.pid, "http://127.0.0.1:8080", "secret"]);
  lock.release();
  assert.equal(readLock(dir), undefined);
  lockDataFolder(dir, { pid: process.pid }).release();
});

test("only the folder's owner can read the token", () => {
  const lock = lockDataFolder(dir, { pid: process.pid, token: "secret" });
  lock.update("http://127.0.0.1:1");
  const folder = join(dir, "lock");
  assert.equal(statSync(folder).mode & 0o077, 0);
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
  lock.release();
  assert.ok(readdirSync(folder).every((name) => !readFileSync(join(folder, name), "utf8").includes("secret")));
});

test("of five processes that race for a dead one's lock, exactly one wins, time after time", async () => {
  const first = await startRival();
  assert.equal(await first.tries(), "won");
  await first.dies();
  const rounds = 6;
  for (let round = 0; round < rounds; round++) {
    const rivals = await Promise.all(Array.from({ length: 5 }, startRival));
    const results = await Promise.all(rivals.map((rival) => rival.tries()));
    assert.equal(results.filter((said) => said === "won").length, 1, results.join("\n"));
    const winner = rivals[results.indexOf("won")];
    assert.equal(readLock(dir)?.pid, winner?.pid);
    for (const said of results)
      if (said !== "won") assert.match(said, new RegExp(`in use by process ${winner?.pid} \\(http://127\\.0\\.0\\.1:1\\)`));
    await Promise.all(rivals.map((rival) => rival.dies()));
    assert.equal(readLock(dir), undefined);
  }
  assert.ok(readdirSync(join(dir, "lock")).length <= 2, "old files go");
}, 60_000);

test("a living process that has the pid of a dead holder is not taken for it", () => {
  const lock = lockDataFolder(dir, { pid: process.pid });
  const [name = ""] = readdirSync(join(dir, "lock"));
  const file = join(dir, "lock", name);
  const holder: unknown = JSON.parse(readFileSync(file, "utf8"));
  assert.ok(readLock(dir) !== undefined);
  writeFileSync(file, JSON.stringify({ ...(holder as object), startedAt: "another boot 1" }));
  assert.equal(readLock(dir), undefined);
  lock.release();
});

test("a holder on another host lives as long as it touches its file", () => {
  const folder = join(dir, "lock");
  mkdirSync(folder);
  const file = join(folder, "00000001");
  writeFileSync(file, JSON.stringify({ pid: 1, host: `not-${hostname()}`, startedAt: "", address: "http://10.0.0.1:8080" }));
  assert.throws(() => lockDataFolder(dir, { pid: process.pid }), /process 1 on host not-.*10\.0\.0\.1/);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(file, longAgo, longAgo);
  assert.equal(readLock(dir), undefined);
  lockDataFolder(dir, { pid: process.pid }).release();
});
