/** `npm run bench`: see docs/performance.md for the method, `npm run bench -- --help` for the options. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway } from "./gateway.ts";
import { measureLoad, measureLong, measureStreams, startStreamMock, type LoadRun, type StreamRun } from "./measure.ts";
import { startMock } from "./nginx.ts";
import { HELP, readOptions, type Options } from "./options.ts";
import {
  currentCommit,
  describeMachine,
  toMarkdown,
  updateDocs,
  type Ledger,
  type LatencyRow,
  type LongRow,
  type Results,
  type StreamRow,
} from "./report.ts";
import { startPostgres } from "../tools/suite/postgres.ts";
import { SUBJECTS, type Bench, type Subject } from "./subject.ts";
import { writeWrkFiles } from "./wrk.ts";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const failed: string[] = [];
const answered = new Map<Subject, { requests: number; runs: number }>();

function checkPrograms(): void {
  const missing = ["wrk", "nginx", "taskset"].filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  if (missing.length === 0) return;
  console.error(`The bench needs ${missing.join(", ")}. On Debian: apt-get install wrk nginx-light util-linux`);
  process.exit(1);
}

const fail = (what: string, error: unknown): void => {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  failed.push(`${what}: ${line}`);
  console.error(`! ${what}: ${error instanceof Error ? error.message.slice(0, 2000) : String(error)}`);
};

const wanted = (options: Options, name: string): boolean => options.only?.has(name) ?? true;

function count(subject: Subject, requests: number): void {
  const before = answered.get(subject) ?? { requests: 0, runs: 0 };
  answered.set(subject, { requests: before.requests + requests, runs: before.runs + 1 });
}

async function loadRun(bench: Bench, subject: Subject, seconds: number, connections: number): Promise<LoadRun | undefined> {
  try {
    const run = await measureLoad(bench, subject, seconds, connections);
    count(subject, run.requests + run.requestsBefore);
    if (run.requestsBefore > 0) count(subject, 0);
    return run;
  } catch (error) {
    fail(subject.title, error);
    return undefined;
  }
}

async function startSubjects(bench: Bench): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const { name, start } of SUBJECTS) {
    const needed = wanted(bench.options, name) || (name === "mock" && wanted(bench.options, "latency"));
    if (!needed) continue;
    try {
      const subject = await start(bench);
      // The first seconds fill caches and let the compiler settle; they are not measured.
      await loadRun(bench, subject, Math.min(3, bench.options.seconds), bench.options.connections);
      subjects.push(subject);
      console.error(`  started ${subject.title}`);
    } catch (error) {
      fail(name, error);
    }
  }
  return subjects;
}

async function rounds(bench: Bench, subjects: readonly Subject[]): Promise<Map<Subject, LoadRun[]>> {
  const runs = new Map<Subject, LoadRun[]>(subjects.map((subject) => [subject, []]));
  for (let round = 1; round <= bench.options.rounds; round++) {
    for (const subject of subjects) {
      const run = await loadRun(bench, subject, bench.options.seconds, bench.options.connections);
      if (run === undefined) continue;
      runs.get(subject)?.push(run);
      console.error(
        `  round ${round}  ${subject.name.padEnd(9)} ${Math.round(run.perSecond)} requests/s, p99 ${run.p99Ms.toFixed(2)} ms, errors ${run.errors}`,
      );
    }
  }
  return runs;
}

async function latency(bench: Bench, subjects: readonly Subject[]): Promise<LatencyRow[]> {
  const rows = subjects
    .filter(({ name }) => name !== "journal")
    .map(({ name, title }) => ({ name, title, p50Ms: [] as number[], p99Ms: [] as number[] }));
  for (let round = 1; round <= bench.options.rounds; round++) {
    for (const row of rows) {
      const subject = subjects.find(({ name }) => name === row.name);
      const run = subject === undefined ? undefined : await loadRun(bench, subject, Math.min(5, bench.options.seconds), 1);
      if (run === undefined) continue;
      row.p50Ms.push(run.p50Ms);
      row.p99Ms.push(run.p99Ms);
    }
  }
  return rows;
}

/** Without a gateway a stream's first part takes about 2 ms; when that fails, the machine is busy and says nothing about the gateway. */
const CONTROL_P99_MS_MAX = 10;

/** The stream runs have a mock and a gateway of their own, against PostgreSQL on the other core. */
async function streams(bench: Bench): Promise<StreamRow[]> {
  const { options } = bench;
  const mock = await startStreamMock(options.loadCore);
  const postgres = await startPostgres({ cpus: String(options.loadCore) });
  const gateway = await startGateway({
    folder: join(bench.folder, "streams"),
    core: options.gatewayCore,
    mockUrl: mock.url,
    tenants: options.tenants,
    databaseUrl: postgres.url,
    command: options.gateway,
  }).catch(async (error: unknown) => {
    await postgres.close();
    await mock.stop();
    throw error;
  });
  const direct: StreamRun[] = [];
  const through: StreamRun[] = [];
  const rssMb: number[] = [];
  try {
    const roundsWanted = Math.min(options.rounds, 3);
    for (let tries = 0; tries < roundsWanted * 3 && direct.length < roundsWanted; tries++) {
      const control = await measureStreams(bench, mock.url, [{ Authorization: "Bearer x" }]);
      const run = await measureStreams(bench, gateway.url, gateway.callers);
      const figures = `first part p99 ${control.firstPartP99Ms.toFixed(2)} ms direct, ${run.firstPartP99Ms.toFixed(2)} ms through`;
      console.error(`  streams: ${figures}; problems ${JSON.stringify(run.problems)}`);
      if (control.firstPartP99Ms > CONTROL_P99_MS_MAX) {
        console.error("  the control was disturbed by other work on the machine: not counted");
        continue;
      }
      direct.push(control);
      through.push(run);
      rssMb.push(gateway.running.rssMb());
    }
    if (direct.length === 0)
      throw new Error(`the control's own p99 was above ${CONTROL_P99_MS_MAX} ms in every round: the machine is too busy`);
  } finally {
    await gateway.stop();
    await postgres.close();
    await mock.stop();
  }
  return [
    { title: "the mock itself", runs: direct, rssMb: [] },
    { title: "Weir", runs: through, rssMb },
  ];
}

async function longRuns(bench: Bench, subjects: readonly Subject[]): Promise<LongRow[]> {
  const rows: LongRow[] = [];
  for (const subject of subjects.filter(({ name }) => bench.options.longSeconds > 0 && (name === "postgres" || name === "pglite"))) {
    console.error(`  ${bench.options.longSeconds} s against ${subject.title}`);
    const long = await measureLong(bench, subject, bench.options.longSeconds);
    count(subject, long.run.requests);
    rows.push({ title: `${subject.title}, ${bench.options.longSeconds} s`, long });
  }
  return rows;
}

async function ledgers(bench: Bench, subjects: readonly Subject[]): Promise<Ledger[]> {
  const rows: Ledger[] = [];
  for (const subject of subjects) {
    const sum = answered.get(subject);
    if (subject.gateway === undefined || sum === undefined) continue;
    try {
      rows.push({
        title: subject.title,
        answered: sum.requests,
        cut: sum.runs * bench.options.connections,
        inLedger: await subject.gateway.ledgerCalls(),
      });
    } catch (error) {
      fail(`ledger of ${subject.title}`, error);
    }
  }
  return rows;
}

async function measure(bench: Bench): Promise<Results> {
  const { options } = bench;
  const at = new Date().toISOString().slice(0, 16).replace("T", " ");
  const machine = describeMachine();
  const subjects = await startSubjects(bench);
  try {
    const shown = subjects.filter(({ name }) => wanted(options, name));
    const runs = await rounds(bench, shown);
    const latencyRows = wanted(options, "latency") ? await latency(bench, subjects) : [];
    const long = await longRuns(bench, subjects);
    const ledger = await ledgers(bench, subjects);
    const streamRows = wanted(options, "streams")
      ? await streams(bench).catch((error: unknown) => {
          fail("streams", error);
          return [];
        })
      : [];
    return {
      at,
      machine,
      commit: currentCommit(),
      how: `${options.rounds} interleaved runs of ${options.seconds} s, medians; ${options.connections} connections, keys of ${options.tenants} tenants; gateway on core ${options.gatewayCore}, all else on core ${options.loadCore}${options.isWeir ? "" : `; IN WEIR'S PLACE: ${options.gateway.join(" ")}`}`,
      load: shown
        .map((subject) => ({ name: subject.name, title: subject.title, runs: runs.get(subject) ?? [] }))
        .filter((row) => row.runs.length > 0),
      latency: latencyRows.filter((row) => row.p50Ms.length > 0),
      streams: streamRows,
      long,
      ledger,
      failed,
    };
  } finally {
    for (const subject of subjects) await subject.close().catch((error: unknown) => fail(`stopping ${subject.title}`, error));
  }
}

const options = readOptions(process.argv.slice(2), process.execPath);
if (options === undefined) console.log(HELP);
else {
  checkPrograms();
  const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
  try {
    writeWrkFiles(folder);
    const mock = await startMock(folder, options.loadCore);
    const results = await measure({ folder, options, mock });
    await mock.running.stop();
    mkdirSync("bench/results", { recursive: true });
    writeFileSync("bench/results/latest.json", `${JSON.stringify(results, null, 2)}\n`);
    const markdown = toMarkdown(results);
    console.log(markdown);
    if (options.updateDocs && options.isWeir) updateDocs("docs/performance.md", markdown);
    process.exitCode = results.failed.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
