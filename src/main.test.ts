import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "main.ts");

type Run = { readonly child: ChildProcess; readonly printed: { out: string; err: string }; readonly ended: Promise<number | null> };

/** The process as a shell starts it, with nothing of this process's environment but the path. */
function start(argv: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd, env: { PATH: process.env["PATH"] ?? "", ...env } });
  const printed = { out: "", err: "" };
  child.stdout.on("data", (text: Buffer) => (printed.out += text.toString()));
  child.stderr.on("data", (text: Buffer) => (printed.err += text.toString()));
  return { child, printed, ended: new Promise((resolve) => child.once("close", resolve)) };
}

/** Resolves when standard output has a whole first line; rejects with what was said when the process ends without one. */
function firstLine({ child, printed, ended }: Run): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      const end = printed.out.indexOf("\n");
      if (end >= 0) resolve(printed.out.slice(0, end));
    });
    void ended.then((code) => reject(new Error(`ended with ${String(code)}: ${printed.err}`)));
  });
}

const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "weir-main-"));

describe("serve", () => {
  test("is ready with one line, has its limit of requests under the same pid, and ends well on SIGTERM", async () => {
    const cwd = await makeFolder();
    const run = start(["serve", "--port", "0"], cwd);
    assert.match(await firstLine(run), /^weir listening on http:\/\/127\.0\.0\.1:\d+$/);
    const environ = `/proc/${String(run.child.pid)}/environ`;
    if (existsSync(environ)) assert.ok(readFileSync(environ, "utf8").split("\0").includes("BUN_CONFIG_MAX_HTTP_REQUESTS=65535"));
    run.child.kill("SIGTERM");
    assert.equal(await run.ended, 0, run.printed.err);
    assert.match(run.printed.out, /\nAdmin key, shown once: wadm-[0-9a-v]{32}\n/);
    assert.ok(!run.printed.err.includes("wadm-"));
  }, 60_000);

  test("takes no port that another process has", async () => {
    const first = start(["serve", "--port", "0"], await makeFolder());
    const port = new URL((await firstLine(first)).replace("weir listening on ", "")).port;
    const second = start(["serve", "--port", port], await makeFolder());
    try {
      await assert.rejects(firstLine(second), new RegExp(`Another program listens on 127\\.0\\.0\\.1:${port}\\.`));
      assert.equal(await second.ended, 1);
    } finally {
      for (const { child } of [first, second]) child.kill("SIGTERM");
      await Promise.all([first.ended, second.ended]);
    }
  }, 60_000);

  test("with problems ends with exit code 2, names them all on standard error, and leaves no folder", async () => {
    const cwd = await makeFolder();
    await writeFile(join(cwd, "weir.yaml"), "providers: { a: { kind: opnai } }\nfallback: maybe\n");
    const run = start(["serve", "--port", "70000"], cwd, { WEIR_HSOT: "x" });
    assert.equal(await run.ended, 2);
    assert.equal(run.printed.out, "");
    for (const part of [
      "there are 4 problems",
      'Did you mean "WEIR_HOST"?',
      "--port: expected",
      'Did you mean "openai"?',
      "weir.yaml:2:11 fallback",
    ])
      assert.ok(run.printed.err.includes(part), run.printed.err);
    assert.deepEqual(await readdir(cwd), ["weir.yaml"]);
  });
});

test("a command that is not there ends with exit code 2 and a word of help", async () => {
  const run = start(["srve"], await makeFolder());
  assert.equal(await run.ended, 2);
  assert.equal(run.printed.err, 'weir: there is no command "srve". Did you mean "serve"?\n');
});

test("a command whose reader has left ends without a word", async () => {
  const run = start(["--help"], await makeFolder());
  run.child.stdout?.destroy();
  assert.equal(await run.ended, 141);
  assert.equal(run.printed.err, "");
});

test("the version is the package's", async () => {
  const run = start(["--version"], await makeFolder());
  assert.equal(await run.ended, 0);
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8")) as { version: string };
  assert.equal(run.printed.out, `weir ${version}\n`);
});
