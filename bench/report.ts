import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import type { LoadRun, LongRun, StreamRun } from "./measure.ts";

export type Row = { readonly name: string; readonly title: string; readonly runs: readonly LoadRun[] };
export type LatencyRow = {
  readonly name: string;
  readonly title: string;
  readonly p50Ms: readonly number[];
  readonly p99Ms: readonly number[];
};
export type StreamRow = { readonly title: string; readonly runs: readonly StreamRun[]; readonly rssMb: readonly number[] };
export type LongRow = { readonly title: string; readonly long: LongRun };
export type Ledger = { readonly title: string; readonly answered: number; readonly cut: number; readonly inLedger: number };

export type Results = {
  readonly at: string;
  readonly machine: string;
  readonly commit: string;
  readonly how: string;
  readonly load: readonly Row[];
  readonly latency: readonly LatencyRow[];
  readonly streams: readonly StreamRow[];
  readonly long: readonly LongRow[];
  readonly ledger: readonly Ledger[];
  readonly failed: readonly string[];
};

export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2 : (sorted[Math.floor(middle)] ?? Number.NaN);
}

export function describeMachine(): string {
  const [first] = cpus();
  const load = loadavg()[0]?.toFixed(1) ?? "?";
  return `${cpus().length} × ${first?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GB, load average at start ${load}`;
}

export function currentCommit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}

const number = (value: number, digits = 0): string =>
  Number.isNaN(value) ? "–" : value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const align = head.map((_, at) => (at === 0 ? "---" : "---:"));
  return [line(head), line(align), ...rows.map(line)].join("\n");
}

function loadTable(rows: readonly Row[]): string {
  const pick = (row: Row, of: (run: LoadRun) => number): number => median(row.runs.map(of));
  return table(
    ["as fast as it goes, JSON", "requests/s", "lowest–highest", "p50 ms", "p99 ms", "CPU µs/request", "RSS MB", "backlog s", "errors"],
    rows.map((row) => {
      const rates = row.runs.map((run) => run.perSecond);
      return [
        row.title,
        number(pick(row, (run) => run.perSecond)),
        `${number(Math.min(...rates))}–${number(Math.max(...rates))}`,
        number(
          pick(row, (run) => run.p50Ms),
          2,
        ),
        number(
          pick(row, (run) => run.p99Ms),
          2,
        ),
        number(
          pick(row, (run) => run.cpuMicrosPerRequest),
          1,
        ),
        number(Math.max(...row.runs.map((run) => run.rssMb))),
        number(
          pick(row, (run) => run.drainSeconds),
          1,
        ),
        number(row.runs.reduce((sum, run) => sum + run.errors, 0)),
      ];
    }),
  );
}

function latencyTable(rows: readonly LatencyRow[]): string {
  const mock = median(rows.find((row) => row.name === "mock")?.p50Ms ?? []);
  return table(
    ["one connection, JSON", "p50 ms", "added p50 ms", "p99 ms"],
    rows.map((row) => [row.title, number(median(row.p50Ms), 3), number(median(row.p50Ms) - mock, 3), number(median(row.p99Ms), 3)]),
  );
}

function streamTable(rows: readonly StreamRow[]): string {
  const direct = median(rows[0]?.runs.map((run) => run.firstPartP99Ms) ?? []);
  const pick = (row: StreamRow, of: (run: StreamRun) => number): number => median(row.runs.map(of));
  return table(
    [
      "open-loop streams of 50 parts/s",
      "open at once",
      "parts/s",
      "first part p50 ms",
      "p99 ms",
      "added p99 ms",
      "longest gap p99 ms",
      "unfinished",
      "RSS MB",
    ],
    rows.map((row) => [
      row.title,
      number(pick(row, (run) => run.openMax)),
      number(pick(row, (run) => run.partsPerSecond)),
      number(
        pick(row, (run) => run.firstPartP50Ms),
        2,
      ),
      number(
        pick(row, (run) => run.firstPartP99Ms),
        2,
      ),
      number(pick(row, (run) => run.firstPartP99Ms) - direct, 2),
      number(
        pick(row, (run) => run.gapP99Ms),
        1,
      ),
      number(row.runs.reduce((sum, run) => sum + run.begun - run.finished, 0)),
      row.rssMb.length === 0 ? "–" : `${number(row.rssMb[0] ?? Number.NaN)} → ${number(row.rssMb.at(-1) ?? Number.NaN)}`,
    ]),
  );
}

function longTable(rows: readonly LongRow[]): string {
  return table(
    ["long run", "requests/s", "backlog bytes at the end", "backlog s", "RSS MB at 1/4, 1/2, end", "errors"],
    rows.map(({ title, long }) => {
      const at = (share: number) => long.samples[Math.min(long.samples.length - 1, Math.floor(long.samples.length * share))];
      const rss = [at(0.25), at(0.5), at(1)].map((sample) => number(sample?.rssMb ?? Number.NaN)).join(", ");
      return [
        title,
        number(long.run.perSecond),
        number(at(1)?.backlogBytes ?? Number.NaN),
        number(long.drainSeconds, 1),
        rss,
        number(long.run.errors),
      ];
    }),
  );
}

/** The figures that the project has promised, each with what was measured. */
function promises(results: Results): string {
  const rate = (name: string): number => median(results.load.find((row) => row.name === name)?.runs.map((run) => run.perSecond) ?? []);
  const rss = (name: string): number =>
    Math.max(...(results.load.find((row) => row.name === name)?.runs.map((run) => run.rssMb) ?? [Number.NaN]));
  const p50 = (name: string): number => median(results.latency.find((row) => row.name === name)?.p50Ms ?? []);
  const first = (at: number): number => median(results.streams[at]?.runs.map((run) => run.firstPartP99Ms) ?? []);
  const long = results.long.find((row) => row.title.includes("PGlite"));
  const lines: readonly (readonly [what: string, measured: number, promised: number, isLeast: boolean, digits: number])[] = [
    ["journal alone, requests/s", rate("journal"), 15_000, true, 0],
    ["shipping to PostgreSQL, requests/s", rate("postgres"), 12_000, true, 0],
    ["shipping to PGlite, requests/s", rate("pglite"), 6_000, true, 0],
    ["PGlite backlog after the long run, s", long?.long.drainSeconds ?? Number.NaN, 5, false, 1],
    ["times Portkey (shipping to PostgreSQL)", rate("postgres") / rate("portkey"), 10, true, 1],
    ["added p50 at one connection, ms", p50("postgres") - p50("mock"), 0.3, false, 3],
    ["added time to first part p99 with 512 streams, ms", first(1) - first(0), 10, false, 1],
    ["RSS with PostgreSQL, MB", rss("postgres"), 200, false, 0],
    ["RSS embedded, MB", rss("pglite"), 600, false, 0],
  ];
  return table(
    ["promise", "measured", "promised", ""],
    lines.map(([what, measured, promised, isLeast, digits]) => {
      const holds = isLeast ? measured >= promised : measured <= promised;
      return [
        what,
        number(measured, digits),
        `${isLeast ? "≥" : "≤"} ${number(promised, promised < 1 ? 1 : 0)}`,
        Number.isNaN(measured) ? "not measured" : holds ? "holds" : "falls short",
      ];
    }),
  );
}

export function toMarkdown(results: Results): string {
  const ledger = results.ledger.map(
    ({ title, answered, cut, inLedger }) =>
      `- Ledger, ${title}: ${number(answered)} calls answered, ${number(inLedger)} in the ledger${inLedger >= answered && inLedger <= answered + cut ? "" : " — THEY DIFFER"} (up to ${number(cut)} were under way when a run was cut).`,
  );
  return [
    `Measured ${results.at} at commit ${results.commit}: ${results.machine}; ${results.how}.`,
    promises(results),
    results.load.length === 0 ? "" : loadTable(results.load),
    results.latency.length === 0 ? "" : latencyTable(results.latency),
    results.streams.length === 0 ? "" : streamTable(results.streams),
    results.long.length === 0 ? "" : longTable(results.long),
    ledger.join("\n"),
    results.failed.map((failure) => `- Not measured: ${failure}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

export function updateDocs(file: string, markdown: string): void {
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} has no ${START} … ${END}`);
  writeFileSync(file, `${text.slice(0, from + START.length)}\n\n${markdown}\n\n${text.slice(to)}`);
}
