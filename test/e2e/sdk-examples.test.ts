import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeUpstream, prose, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, withVectors, type TestWeir } from "./server.ts";

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const python = process.env["WEIR_TEST_PYTHON"] ?? "python3";

let weir: TestWeir;
let upstream: FakeUpstream;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: withVectors(oneModel(upstream.openaiBaseUrl)) });
  key = (await weir.tenant("acme")).key;
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

async function run(command: string, args: readonly string[], env: Record<string, string>) {
  const child = spawn(command, args, { env: { PATH: process.env["PATH"] ?? "", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece: Buffer) => void (out += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => void (err += piece.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

const SAID = prose(20).join("").trim();
const EXAMPLES: readonly (readonly [name: string, command: string, isThere: () => boolean])[] = [
  ["curl.sh", "sh", () => spawnSync("curl", ["--version"]).status === 0],
  ["openai-sdk.mjs", process.execPath, () => true],
  ["openai_sdk.py", python, () => spawnSync(python, ["-c", "import openai"]).status === 0],
];
for (const [name, command, isThere] of EXAMPLES) {
  test(`the example ${name} runs as it stands, leaves nothing behind, and fails with a wrong key`, async () => {
    if (!isThere()) {
      console.log(`# skipped: ${name}, which needs what is not installed here`);
      return;
    }
    const { code, out, err } = await run(command, [example(name)], { WEIR_URL: weir.url, WEIR_KEY: key, WEIR_EMBEDDING_MODEL: "vectors" });
    assert.equal(code, 0, err);
    assert.match(out, /25 days of leave a year\.? \[1\]/);
    assert.match(out, /leave\.md/);
    if (name === "curl.sh") assert.match(out, /"object":"embedding","index":1,/);
    // Streamed, so in pieces where it is printed raw.
    const text =
      name === "curl.sh"
        ? [...out.matchAll(/"delta":\{[^}]*"content":"((?:[^"\\]|\\.)*)"/g)].map(([, piece]) => JSON.parse(`"${piece}"`) as string).join("")
        : out;
    assert.ok(text.includes(SAID), text);
    const left = await weir.call<{ data: unknown[] }>("GET", "/v1/files", undefined, { key });
    assert.deepEqual(left.data, []);
    const wrong = await run(command, [example(name)], { WEIR_URL: weir.url, WEIR_KEY: "weir-wrong" });
    assert.notEqual(wrong.code, 0);
    console.log(`# examples: ${name} ran`);
  }, 60_000);
}

for (const [name, command, isThere] of [
  ["embeddings.mjs", process.execPath, () => true],
  ["embeddings.py", python, () => spawnSync(python, ["-c", "import openai"]).status === 0],
] as const) {
  test(`the example ${name} runs as it stands, and fails with a wrong key`, async () => {
    if (!isThere()) {
      console.log(`# skipped: ${name}, which needs what is not installed here`);
      return;
    }
    const env = { WEIR_URL: weir.url, WEIR_EMBEDDING_MODEL: "vectors" };
    const { code, out, err } = await run(command, [example(name)], { ...env, WEIR_KEY: key });
    assert.equal(code, 0, err);
    const lines = out.trim().split("\n");
    assert.equal(lines.length, 5);
    for (const line of lines.slice(0, 3)) assert.match(line, /^-?\d\.\d{3} {2}\w/);
    assert.match(lines[3] ?? "", /^4 vectors of 20 numbers, \d+ tokens, \d+0 micro-dollars$/);
    assert.equal(lines[4], "400 model");
    assert.notEqual((await run(command, [example(name)], { ...env, WEIR_KEY: "weir-wrong" })).code, 0);
    console.log(`# examples: ${name} ran`);
  }, 60_000);
}

test("the example library.ts runs as it stands, and fails where nothing is configured", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "weir-example-"));
  try {
    const env = { WEIR_DATA_DIR: dataDir, HOME: dataDir, VLLM_BASE_URL: upstream.openaiBaseUrl, VLLM_MODEL: "mock" };
    const { code, out, err } = await run(process.execPath, [example("library.ts")], env);
    assert.equal(code, 0, err);
    assert.ok(out.includes(SAID), out);
    assert.match(out, /\d+ tokens in, 20 out/);
    const sent = upstream.calls.at(-1)?.body?.["messages"];
    assert.deepEqual(sent, [
      { role: "system", content: "You are polite." },
      { role: "user", content: "Say hello in five words." },
    ]);
    const bare = await run(process.execPath, [example("library.ts")], { WEIR_DATA_DIR: dataDir, HOME: dataDir });
    assert.notEqual(bare.code, 0);
    console.log("# examples: library.ts ran");
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);
