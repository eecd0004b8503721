import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APART_LIMITS, createPrepareApart } from "../../src/ingest/prepare-apart.ts";
import type { PrepareOutcome } from "../../src/ingest/prepare.ts";
import { createDice } from "./dice.ts";
import { writeDocx } from "./docx-writer.ts";
import { PDF_FAMILIES } from "./hostile-pdf.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-apart-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = { filename: "good.docx", bytes: writeDocx([{ text: "Words of a good file." }]) };
function hostile(name: string): Buffer {
  const family = PDF_FAMILIES.find((one) => one.name === name);
  assert.ok(family !== undefined, name);
  return family.make(createDice(1)).bytes;
}
const messageOf = (outcome: PrepareOutcome): string => (outcome.ok ? "read" : `${outcome.refusal.code}: ${outcome.refusal.message}`);

/** Processes that do what this program says instead of reading their file. */
function planted(program: string, limits: Partial<typeof APART_LIMITS> = {}) {
  const script = join(folder, `planted-${program.length}.mjs`);
  writeFileSync(script, program);
  return createPrepareApart({ ...APART_LIMITS, ...limits }, script);
}
const say = (message: string): string =>
  `process.stdout.write(JSON.stringify({ refused: { ok: false, refusal: { code: "invalid_file", message: ${message} } } }) + "\\n");`;

test("a file that takes too long is ended and says so, and the next one goes on meanwhile", async () => {
  const apart = createPrepareApart({ ...APART_LIMITS, timeoutMs: 2000, timeoutPerMegabyteMs: 0 });
  const [slow, next] = await Promise.all([
    apart.prepare("slow.pdf", hostile("pdf-unbalanced-large")),
    apart.prepare(good.filename, good.bytes),
  ]);
  assert.match(messageOf(slow), /^invalid_file: Reading the file took more than 2 seconds\.$/);
  assert.equal(messageOf(next), "read");
});

test("a file that takes too much memory is ended and says so", async () => {
  const bytes = hostile("pdf-flate-bomb");
  const little = createPrepareApart({ ...APART_LIMITS, memoryBytesMax: 100 * 1024 * 1024, memoryBytesPerByte: 0 });
  assert.match(messageOf(await little.prepare("bomb.pdf", bytes)), /^invalid_file: Reading the file took more than 100 MB of memory\.$/);
  // With the usual limit the same file is read to its end: it is a page without text.
  assert.match(messageOf(await createPrepareApart().prepare("bomb.pdf", bytes)), /no text layer/);
});

test("a reader that dies, says nothing or says nonsense fails its file only", async () => {
  const programs = [
    "process.exit(1)",
    "process.kill(process.pid, 'SIGSEGV')",
    "process.stdout.write('{]\\n')",
    "process.stdout.write('x')",
  ];
  for (const program of programs) {
    const outcome = await planted(program).prepare(good.filename, good.bytes);
    assert.match(messageOf(outcome), /^server_error: Reading the file failed/, program);
  }
  assert.equal(messageOf(await createPrepareApart().prepare(good.filename, good.bytes)), "read");
});

test("a reader that neither answers nor ends itself is ended", async () => {
  const stuck = planted("for (;;) {}", { timeoutMs: -2500, timeoutPerMegabyteMs: 0 });
  assert.match(messageOf(await stuck.prepare(good.filename, good.bytes)), /ended for taking too long/);
});

test("a reader knows nothing of the server's environment", async () => {
  const secret = "WEIR_TEST_SECRET_OF_THE_SERVER";
  process.env[secret] = "x";
  const outcome = await planted(say("Object.keys(process.env).join()")).prepare(good.filename, good.bytes);
  delete process.env[secret];
  assert.ok(!outcome.ok && !outcome.refusal.message.includes("WEIR") && !outcome.refusal.message.includes("PATH"), messageOf(outcome));
});

test("no more than so many readers run at once, and each file gets its turn", async () => {
  const log = join(folder, "log");
  const program = `import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(log)}, "+");
    setTimeout(() => { appendFileSync(${JSON.stringify(log)}, "-"); ${say('"done"')} }, 60); process.stdin.resume();`;
  const apart = planted(program, { processesMax: 2 });
  const outcomes = await Promise.all(Array.from({ length: 7 }, () => apart.prepare(good.filename, good.bytes)));
  assert.equal(outcomes.filter((one) => messageOf(one) === "invalid_file: done").length, 7);
  let running = 0;
  let most = 0;
  for (const sign of readFileSync(log, "utf8")) {
    running += sign === "+" ? 1 : -1;
    most = Math.max(most, running);
  }
  assert.equal(most, 2);
});

test("at the end of the server what is under way is ended, and stays to be taken up again", async () => {
  const apart = planted("for (;;) {} // until it is ended");
  const waits = [1, 2, 3].map(() => apart.prepare(good.filename, good.bytes));
  const ended = Promise.allSettled(waits);
  apart.close();
  for (const outcome of await ended) assert.equal(outcome.status === "rejected" && (outcome.reason as { code: string }).code, "draining");
});

test.skipIf(process.platform !== "linux")("when the server is killed its readers end as well", async () => {
  const file = join(folder, "slow.pdf");
  writeFileSync(file, hostile("pdf-unbalanced-large"));
  const program = join(folder, "server.ts");
  const module = JSON.stringify(join(import.meta.dirname, "../../src/ingest/prepare-apart.ts"));
  writeFileSync(
    program,
    `import { readFileSync } from "node:fs"; import { createPrepareApart } from ${module};
    await createPrepareApart().prepare("slow.pdf", readFileSync(${JSON.stringify(file)}));`,
  );
  const server = spawn(process.execPath, [program], { stdio: "ignore" });
  const pid = server.pid ?? 0;
  const readers = (): string[] => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  await until(() => readers().length === 1);
  const [reader = ""] = readers();
  // It reads: its second thread is at work.
  await until(() => cpuOf(reader) > 60);
  server.kill("SIGKILL");
  await until(() => !existsSync(`/proc/${reader}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${reader}/status`, "utf8")));
});

/** Hundredths of a second that a process has computed for. */
const cpuOf = (pid: string): number => Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[11] ?? 0);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
