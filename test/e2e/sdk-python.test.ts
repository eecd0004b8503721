import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "bun:test";
import { createFakeUpstream } from "../upstream/index.ts";
import { createExchange, watchServer } from "./sdk-exchange.ts";
import { ADMIN_KEY, oneModel, startWeir, WITHOUT_BREAKERS, withVectors } from "./server.ts";

const SCRIPT = fileURLToPath(new URL("./sdk-python.py", import.meta.url));
const python = process.env["WEIR_TEST_PYTHON"] ?? "python3";
const hasClient = spawnSync(python, ["-c", "import openai"]).status === 0;

async function run(command: string, args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece: Buffer) => void (out += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => void (err += piece.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

test("the official Python client works unmodified, and everything that it sees follows OpenAI's description", async () => {
  if (!hasClient) {
    console.log(`# skipped: ${python} has no package openai (pip install openai, and name its python in WEIR_TEST_PYTHON)`);
    return;
  }
  const upstream = await createFakeUpstream();
  const weir = await startWeir({ yaml: `${WITHOUT_BREAKERS}${withVectors(oneModel(upstream.openaiBaseUrl))}` });
  const exchange = createExchange();
  const proxy = watchServer(exchange, weir.url);
  try {
    const { key } = await weir.tenant("acme");
    const limited = await weir.tenant("slow", undefined, { rpm: 1 });
    const { code, out, err } = await run(python, [SCRIPT, `${proxy.url}/v1`, key, limited.key, ADMIN_KEY]);
    assert.equal(code, 0, err);
    const { cases, version } = JSON.parse(out) as { cases: number; version: string };
    assert.ok(cases > 25);
    assert.deepEqual(exchange.violations, []);
    const { bodies, events } = exchange.counts();
    console.log(`# sdk openai (python ${version}): ${cases} cases, ${bodies} bodies and ${events} stream events, 0 violations`);
    // The control: behind a server that answers `{}` to everything the script fails.
    const empty = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json({}) });
    const control = await run(python, [SCRIPT, `http://127.0.0.1:${empty.port}/v1`, key, limited.key, ADMIN_KEY]);
    await empty.stop();
    assert.notEqual(control.code, 0);
  } finally {
    await proxy.stop();
    await weir.close();
    await upstream.close();
  }
}, 60_000);
