import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "../e2e/server.ts";
import { addBytes, type Added } from "./add-bytes.ts";
import { writeDocx } from "./docx-writer.ts";
import { FAMILY_COUNT, hostileFiles, type NamedHostile } from "./hostile.ts";

const IS_LONG = process.env["WEIR_TEST_LONG"] === "1";
const FILES = IS_LONG ? 1000 : 36;
const SEED = 3;
/** Uploads at once. */
const CLIENTS = 4;
/** Of the server; what one file may take is in a process of its own. */
const GROWTH_BYTES_MAX = 150 * 1024 * 1024;
const CODES = new Set(["invalid_file", "unsupported_file", "server_error"]);

let weir: TestWeir;
let upstream: FakeUpstream;
let key: string;

beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  key = (await weir.tenant("acme")).key;
  await weir.call("POST", "/v1/vector_stores", { name: "hostile" }, { key });
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const add = (file: { readonly filename: string; readonly bytes: Uint8Array }): Promise<Added> => addBytes(weir, key, "hostile", file);

/** What is wrong with what became of a file; undefined: nothing. */
function judge(file: NamedHostile, added: Added): string | undefined {
  if (added.status === "completed") return file.outcome === "failed" ? "was read" : undefined;
  const { code, message } = added.last_error ?? { code: "none", message: "" };
  if (added.status !== "failed" || file.outcome === "completed") return `${added.status}: ${message}`;
  if (!CODES.has(code) || !/^[A-Z].{15,}\.$/.test(message) || / \/|\.ts\b|Error|undefined/.test(message))
    return `reason: ${code} ${message}`;
  return file.reason?.test(message) === false ? `other reason: ${message}` : undefined;
}

test(
  `${FILES} hostile and broken files: none ends the server or hangs, each is reported with a reason, memory stays flat`,
  async () => {
    const files = hostileFiles(FILES, SEED, IS_LONG);
    await add({ filename: "warm.docx", bytes: writeDocx([{ text: "Warm." }]) });
    Bun.gc(true);
    const before = process.memoryUsage.rss();
    const problems: string[] = [];
    const reasons = new Set<string>();
    const counts = { completed: 0, failed: 0 };
    let slowestMs = 0;
    const client = async (): Promise<void> => {
      for (const file of files) {
        const startedMs = performance.now();
        const added = await add(file);
        slowestMs = Math.max(slowestMs, performance.now() - startedMs);
        counts[added.status === "completed" ? "completed" : "failed"] += 1;
        if (added.last_error !== null) reasons.add(added.last_error.message.replace(/\d+/g, "N"));
        const problem = judge(file, added);
        if (problem !== undefined) problems.push(`${file.family} (${file.filename}): ${problem}`);
      }
    };
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const seconds = (performance.now() - startedMs) / 1000;
    Bun.gc(true);
    const grown = process.memoryUsage.rss() - before;
    assert.deepEqual(problems, []);
    assert.equal(counts.completed + counts.failed, FILES);
    assert.equal((await weir.call<{ status: string }>("GET", "/healthz")).status, "ok");
    assert.equal((await add({ filename: "after.docx", bytes: writeDocx([{ text: "After all of them." }]) })).status, "completed");
    assert.ok(grown < GROWTH_BYTES_MAX, `${Math.round(grown / 1024 / 1024)} MB more`);
    console.log(
      `# hostile documents: ${FILES} files of ${Math.min(FAMILY_COUNT, FILES)} kinds, 0 crashes, 0 hangs, ${counts.failed} refused with ${reasons.size} different reasons, ` +
        `${counts.completed} read; ${seconds.toFixed(1)} s, slowest ${(slowestMs / 1000).toFixed(1)} s, server grew ${Math.round(grown / 1024 / 1024)} MB`,
    );
  },
  IS_LONG ? 3_600_000 : 120_000,
);

test("the judge of these files is none that passes everything: each planted outcome is told", () => {
  const file = (outcome: NamedHostile["outcome"], reason?: RegExp): NamedHostile => ({
    family: "planted",
    filename: "planted.pdf",
    bytes: Buffer.alloc(0),
    outcome,
    ...(reason === undefined ? {} : { reason }),
  });
  const failed = (message: string, code = "invalid_file"): Added => ({ id: "x", status: "failed", last_error: { code, message } });
  const read: Added = { id: "x", status: "completed", last_error: null };
  const planted: readonly (readonly [NamedHostile, Added])[] = [
    [file("failed"), read],
    [file("completed"), failed("The PDF is damaged or cut off.")],
    [file("either"), { id: "x", status: "in_progress", last_error: null }],
    [file("either"), failed("")],
    [file("either"), failed("RangeError at /src/x.ts:1 somewhere.")],
    [file("either"), failed("The PDF is damaged or cut off.", "bug")],
    [file("failed", /encrypted/), failed("The PDF is damaged or cut off.")],
  ];
  for (const [one, added] of planted) assert.notEqual(judge(one, added), undefined);
  assert.equal(judge(file("failed", /cut off/), failed("The PDF is damaged or cut off.")), undefined);
  assert.equal(judge(file("either"), read), undefined);
});
