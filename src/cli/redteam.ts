import { GATES, runRedTeam, SUITES, type Report, type SuiteName } from "../evaluate/index.ts";
import { ApiError, createApi } from "./api.ts";
import { type CliDeps, type Command, EXIT, CommandError } from "./command.ts";
import { createProgress, type Progress } from "./progress.ts";
import { keepOnServer } from "./redteam-keep.ts";
import { readRedTeamOptions } from "./redteam-options.ts";
import { findBaseline, writeReports } from "./redteam-reports.ts";
import { renderOutcome } from "./redteam-text.ts";
import { fetchLocally } from "./reach.ts";
import { printable } from "./terminal.ts";

const REPORT_DIR = "redteam-report";
const gates = GATES.map((gate) => `${gate.name}=${gate.isRate ? `${String(gate.limit * 100)}%` : String(gate.limit)}`).join(",");

export const redteam: Command = {
  name: "redteam",
  summary: "Attacks a live server over its own interface, and reports what came of it. Exits 1 when a gate is broken.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    target: { value: "URL", description: "the server, such as http://127.0.0.1:8080" },
    key: { value: "KEY", description: "the key that attacks, or env:NAME or file:PATH (else a tenant is made, with --admin)" },
    admin: { value: "KEY", description: "an admin key: for attacks across tenants and on the operator's prompt" },
    "i-own-this-target": { value: undefined, description: "the server is not on this machine, and attacking it is allowed" },
    suite: { value: "NAMES", description: `which, with commas: ${SUITES.join(", ")} (else all that can be run)` },
    model: { value: "MODEL", description: "model or route that is attacked (else auto)" },
    "embedding-model": { value: "MODEL", description: "model for embeddings, into which personal data is planted too" },
    judge: { value: "MODEL", description: "a model of the server that decides where no rule can" },
    "upstream-log": { value: "FILE|URL", description: "what an external provider has received: personal data in it is a failure" },
    data: { value: "DIR", description: "published collections of attacks and ordinary prompts" },
    limit: { value: "N", description: "texts of each of them (else 100)" },
    prompts: { value: "DIR|GLOB", description: "prompt files: those that changed since the last report are attacked" },
    report: { value: "DIR", description: `where the reports are written (else ./${REPORT_DIR})` },
    baseline: { value: "FILE", description: "report in JSON to compare with (else the newest in the folder)" },
    gate: { value: "LIST", description: `what is allowed: ${gates}` },
    concurrency: { value: "N", description: "requests at a time (else 4)" },
    minutes: { value: "N", description: "what has not begun by then is not asked (else 30)" },
    seed: { value: "N", description: "what is drawn by chance follows from it (else 1)" },
  },
  examples: [
    "weir redteam --target http://127.0.0.1:8080 --key env:WEIR_KEY --admin env:WEIR_ADMIN_KEY",
    "weir redteam --target http://127.0.0.1:8080 --key env:WEIR_KEY --suite direct,leakage --prompts prompts/",
    "weir redteam --target https://weir.example --i-own-this-target --key env:WEIR_KEY --gate direct=10%,false-positive=2%",
  ],
  async run(args, deps) {
    const options = await readRedTeamOptions(args, deps);
    const folder = args.text("report") ?? REPORT_DIR;
    const baseline = await findBaseline(args.text("baseline"), folder, deps);
    await checkTarget(options.run, deps);
    const report = await attack(deps, { ...options.run, baseline }, options.readUpstreamLog);
    if (report.totals.probes === 0) return nothingTried(report, deps);
    const written = await writeReports(report, folder, deps.cwd);
    deps.terminal.out(renderOutcome(report, written));
    await keep(options.run, report, deps);
    return report.gates.every((gate) => gate.ok) ? EXIT.done : EXIT.failed;
  },
};

/** Probes that nobody answers are inconclusive, every one: a wrong address or key is better told before the first. */
async function checkTarget({ url, key, adminKey }: RunOptionsAsked, deps: CliDeps): Promise<void> {
  const api = createApi({ url, key: key ?? adminKey ?? "", fetch: fetchLocally(url, deps), signal: deps.signal });
  try {
    await api.get(key === undefined ? "/admin/v1/tenants" : "/v1/models");
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) return;
    if (error instanceof CommandError) throw new CommandError(error.message, EXIT.usage);
    throw error;
  }
}

/** The server that was attacked has a list of reports, for whoever has its admin key. */
async function keep({ url, adminKey }: RunOptionsAsked, report: Report, deps: CliDeps): Promise<void> {
  if (adminKey === undefined) return;
  const said = await keepOnServer(createApi({ url, key: adminKey, fetch: fetchLocally(url, deps), signal: deps.signal }), report);
  if (said !== undefined) deps.terminal.err(printable(said.trimEnd()) + "\n");
}

/** No report is written: it would be the next one's baseline, and hold nothing to compare with. */
function nothingTried({ prompts, notes }: Report, { terminal }: CliDeps): number {
  if (prompts.length === 0) throw new CommandError("There was nothing to try: every suite that was asked for is empty.");
  terminal.out(`${notes.map(printable).join("\n")}\nNothing was tried: no prompt file changed.\n`);
  return EXIT.done;
}

type RunOptionsAsked = Awaited<ReturnType<typeof readRedTeamOptions>>["run"];
type RunOptions = Parameters<typeof runRedTeam>[1];

async function attack(deps: CliDeps, options: RunOptions, readUpstreamLog: (() => Promise<string>) | undefined): Promise<Report> {
  const { terminal, clock, signal, wait } = deps;
  const shown = createShown(deps);
  try {
    return await runRedTeam(
      {
        fetch: fetchLocally(options.url, deps),
        clock,
        wait,
        signal,
        readUpstreamLog,
        onSuite: shown.suite,
        onFinding: ({ id, outcome }) => shown.finding(id, outcome === "failed"),
        onLeft: (left) => terminal.err(`Still on the server, though made by this run: ${printable(left.join(", "))}.\n`),
      },
      options,
    );
  } finally {
    shown.end();
  }
}

/** A bar for each suite on a terminal, elsewhere a line. */
function createShown({ terminal }: CliDeps) {
  let progress: Progress | undefined;
  return {
    suite(name: SuiteName, probes: number): void {
      progress?.end();
      progress = terminal.redraws ? createProgress(terminal, probes) : undefined;
      if (progress === undefined) terminal.err(`${name}: ${String(probes)} probes\n`);
    },
    finding(id: string, isFailed: boolean): void {
      if (isFailed) progress?.say(`failed: ${id}`);
      progress?.step(id, "");
    },
    end: (): void => progress?.end(),
  };
}
