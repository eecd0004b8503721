import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDrop, checkRemovals, checkSearches } from "../../src/qdrant/contract.ts";
import { createQdrant, type Qdrant } from "../../src/qdrant/index.ts";
import { freePort } from "../../tools/suite/port.ts";
import { programOf, startProgram, type Program } from "./program.ts";

const engine = programOf("QDRANT");
const engineTest = engine === undefined ? test.skip : test;

let folder: string;
let server: Program | undefined;
let qdrant: Qdrant;
beforeAll(async () => {
  if (engine === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "weir-qdrant-"));
  const port = await freePort();
  qdrant = createQdrant({ url: `http://127.0.0.1:${port}`, apiKey: undefined });
  const script = join(import.meta.dirname, "../qdrant/edge.py");
  server = await startProgram([process.env["WEIR_PYTHON"] ?? "python3", script, folder, String(port)], {
    env: { PYTHONPATH: engine },
    ready: () => qdrant.ping(),
  });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  if (engine !== undefined) rmSync(folder, { recursive: true, force: true });
});

engineTest("Qdrant's own engine keeps the same contract as the stand-in", async () => {
  const searches = await checkSearches(qdrant, 200);
  await checkRemovals(qdrant);
  await checkDrop(qdrant);
  console.log(`# qdrant's engine: ${searches} searches, each the exact nearest of what may be seen`);
  assert.equal(await qdrant.ping(), "edge");
});
