import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, test } from "bun:test";
import { loadConfig } from "../../src/config/index.ts";
import { createFakeBrowser } from "./console-browser.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const LINK = /^(http:\S+)\/console\/start#code=([\w-]+)$/m;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-console-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = () => ({ PATH: process.env["PATH"] ?? "", HOME: folder, WEIR_ADMIN_KEY: "console-admin-key-0123456789" });
async function serve(...flags: string[]) {
  const child = spawn(process.execPath, [MAIN, "serve", "--demo", "--port", "0", "--data", join(folder, "data"), ...flags], {
    cwd: folder,
    env: env(),
  });
  let out = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (piece: Buffer) => {
      out += piece.toString();
      const found = /^weir listening on (\S+)$/m.exec(out)?.[1];
      if (found !== undefined && out.includes("curl ")) setImmediate(() => resolve(found));
    });
    child.on("close", (code) => reject(new Error(`serve ended with ${code}: ${out}`)));
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    url,
    out: () => out,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: env() });
  const said = { out: "", err: "" };
  child.stdout.on("data", (piece: Buffer) => void (said.out += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => void (said.err += piece.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
}

test("a demo's start prints a link that signs in, weir console another, and neither is in the log or works twice", async () => {
  const server = await serve();
  try {
    const printed = LINK.exec(server.out());
    const made = await run("console", "--data", join(folder, "data"));
    assert.equal(made.code, 0, made.err);
    const asked = LINK.exec(made.out);
    for (const [at, found] of [printed, asked].entries()) {
      assert.equal(found?.[1], server.url);
      const browser = createFakeBrowser(server.url);
      const use = async (): Promise<number> => (await browser.send("POST", "/console/session/link", { code: found?.[2] })).status;
      assert.deepEqual([await use(), await use()], [200, 401], String(at));
      const me = (await (await browser.send("GET", "/v1/me")).json()) as { platform: { role: string }; tenant: { slug: string } };
      assert.deepEqual([me.platform.role, me.tenant.slug], ["admin", "demo"]);
    }
    const withKey = await run("console", "--url", server.url, "--key", "env:WEIR_ADMIN_KEY");
    assert.match(withKey.out, LINK);
    const wrong = await run("console", "--url", server.url, "--key", "weir-00000000000000000000000000000000");
    assert.equal(wrong.code, 1);
  } finally {
    await server.stop();
  }
  const nobody = await run("console", "--data", join(folder, "data"));
  assert.equal(nobody.code, 1);
  assert.match(nobody.err, /No server runs on the data folder/);
}, 60_000);

test("without the console there is no link and no address of it, and the API serves", async () => {
  const server = await serve("--no-console");
  try {
    assert.ok(!server.out().includes("/console/"));
    for (const path of ["/console/", "/console/settings", "/console/session/link"])
      assert.equal((await fetch(server.url + path)).status, 404, path);
    assert.equal((await fetch(`${server.url}/`, { headers: { accept: "text/html" } })).status, 404);
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  } finally {
    await server.stop();
  }
}, 60_000);

test("the lines of weir.yaml that the first run shows for each provider are right", async () => {
  const source = readFileSync(new URL("../../console/src/pages/start/providers.ts", import.meta.url), "utf8");
  const shown = [...source.matchAll(/^ {2}(\w+): `([^`]+)`/gm)];
  for (const [, kind = "", text = ""] of shown) {
    const cwd = await mkdtemp(join(folder, "yaml-"));
    const weights = /\S+\.gguf/.exec(text)?.[0];
    if (weights !== undefined) {
      await mkdir(join(cwd, dirname(weights)), { recursive: true });
      await writeFile(join(cwd, weights), "GGUF");
    }
    const keys = [...text.matchAll(/env:(\w+)/g)].map(([, name = ""]) => [name, "x"] as const);
    const config = await loadConfig({ flags: {}, env: Object.fromEntries(keys), cwd, inline: { name: "weir.yaml", text } });
    assert.equal(config.providers.length, 1, kind);
    assert.ok(config.models.length >= 1 && config.warnings.length === 0, `${kind}: ${config.warnings.join("; ")}`);
  }
  assert.equal(shown.length, 5);
  console.log(`# console: the lines for ${shown.length} providers start a server`);
});
