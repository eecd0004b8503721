import { toIso, type Clock } from "../../kernel/clock.ts";
import { createAttacker } from "./attacker.ts";
import { compareReports } from "./compare.ts";
import { readCorpus } from "./corpus.ts";
import { createDice } from "./dice.ts";
import { createExcerpt } from "./excerpt.ts";
import { checkGates, type Gate } from "./gate.ts";
import { createSecret } from "./marker.ts";
import { createModelJudge } from "./model-judge.ts";
import type { Finding, SuiteName } from "./probe.ts";
import { comparePromptFiles, isDue, type PromptFile, type PromptState } from "./prompt-files.ts";
import { type Report, SCHEMA_VERSION } from "./report.ts";
import { runProbes, type RunDeps } from "./run-probes.ts";
import { abuse } from "./suite-abuse.ts";
import { corpora } from "./suite-corpora.ts";
import { direct } from "./suite-direct.ts";
import { indirect } from "./suite-indirect.ts";
import { leakage } from "./suite-leakage.ts";
import { personal } from "./suite-personal.ts";
import { prompts } from "./suite-prompts.ts";
import { crossTenant } from "./suite-tenants.ts";
import { type Prepared, type Suite, type SuiteContext, SuiteFailed } from "./suite.ts";
import type { Fetch } from "./target.ts";
import { familiesOf, latencyOf, totalsOf } from "./tally.ts";
import { createUndo, type Undo } from "./undo.ts";

export type RedTeamDeps = {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly wait: (ms: number) => Promise<void>;
  /** Stops the run; what was made is taken away all the same. */
  readonly signal: AbortSignal;
  readonly readUpstreamLog: (() => Promise<string>) | undefined;
  /** A suite begins, with so many probes. */
  readonly onSuite: (suite: SuiteName, probes: number) => void;
  readonly onFinding: (finding: Finding) => void;
  /** Made by this run and still there: kind and id. */
  readonly onLeft: (left: readonly string[]) => void;
};

export type RedTeamOptions = {
  /** Scheme, host and port of the server. */
  readonly url: string;
  /** A tenant's key. Undefined: a tenant is made, for which `adminKey` is needed. */
  readonly key: string | undefined;
  readonly adminKey: string | undefined;
  readonly suites: readonly SuiteName[];
  readonly model: string;
  readonly embeddingModel: string | undefined;
  /** A model of the same server that decides where no rule can. */
  readonly judge: string | undefined;
  /** Folder of published collections, and how many texts of each are tried. */
  readonly data: string | undefined;
  readonly limit: number;
  readonly prompts: readonly PromptFile[];
  readonly baseline: Report | undefined;
  readonly gates: readonly Gate[];
  readonly concurrency: number;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly totalMs: number;
  readonly version: string;
};

/** Attacks a live server over its public interface and reports what came of it. Takes away whatever it made, however it ends. */
export async function runRedTeam(deps: RedTeamDeps, options: RedTeamOptions): Promise<Report> {
  const undo = createUndo();
  try {
    return await attack(deps, options, undo);
  } finally {
    const left = await undo.all();
    if (left.length > 0) deps.onLeft(left);
  }
}

async function attack(deps: RedTeamDeps, options: RedTeamOptions, undo: Undo): Promise<Report> {
  const { clock } = deps;
  const [startedAtMs, startMs] = [clock.nowMs(), clock.monotonicMs()];
  const dice = createDice(options.seed);
  const runId = startedAtMs.toString(36);
  const attacker = await createAttacker({ ...deps, undo }, { ...options, runId });
  const { target, afterwards, ownUndo } = attacker;
  const { adminKey, model, embeddingModel } = options;
  const base = { target, afterwards, adminKey, model, embeddingModel, families: await readCorpus(), undo, ownUndo, runId };
  const context: Omit<SuiteContext, "dice"> = { ...base, wait: deps.wait, readUpstreamLog: deps.readUpstreamLog };
  const judge = options.judge === undefined ? undefined : createModelJudge(target, options.judge, createSecret(dice.fork("judge")));
  const excerpt = createExcerpt(() => [...attacker.keys(), adminKey ?? ""]);
  const running: RunDeps = { target, afterwards, undo: ownUndo, judge, clock, excerpt, onFinding: deps.onFinding };
  const states = comparePromptFiles(options.prompts, options.baseline?.prompts ?? []);
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const suite of suitesOf(options, states)) {
    const prepared = await prepare(suite, { ...context, dice: dice.fork(suite.name) });
    notes.push(...prepared.notes);
    deps.onSuite(suite.name, prepared.probes.length);
    const found = await runProbes(prepared.probes, running, { concurrency: options.concurrency, endsAtMs: startMs + options.totalMs });
    findings.push(...found);
  }
  const families = familiesOf(findings);
  const { baseline } = options;
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: "weir redteam",
    version: options.version,
    startedAt: toIso(startedAtMs),
    durationMs: Math.round(clock.monotonicMs() - startMs),
    target: options.url,
    model,
    judge: options.judge ?? null,
    seed: options.seed,
    suites: options.suites,
    notes: [...notes, ...attacker.notes()],
    totals: totalsOf(findings),
    families,
    latency: latencyOf(findings),
    gates: checkGates(options.gates, findings),
    prompts: promptsOf(options, states, findings),
    comparison: baseline === undefined ? null : compareReports(baseline, { findings }),
    findings,
  };
}

/** A run without prompt files hands on what the last one knew, so that the next need not run all of them again. */
function promptsOf(options: RedTeamOptions, states: readonly PromptState[], findings: readonly Finding[]): readonly PromptState[] {
  if (!options.suites.includes("prompts")) return options.baseline?.prompts ?? [];
  const notPassed = (path: string): number =>
    findings.filter(({ suite, family, outcome }) => suite === "prompts" && family === path && outcome !== "passed").length;
  return states.map((state) => (isDue(state) ? { ...state, notPassed: notPassed(state.path) } : state));
}

/** A suite that cannot be made ready is a finding of its own: it must not look like one that found nothing. */
async function prepare(suite: Suite, context: SuiteContext): Promise<Prepared> {
  try {
    return await suite.prepare(context);
  } catch (error) {
    if (!(error instanceof SuiteFailed)) throw error;
    const why = error.message;
    const probe = {
      id: `${suite.name}/ready`,
      suite: suite.name,
      family: "ready",
      severity: "high" as const,
      kind: "attack" as const,
      ask: { method: "GET", path: "/healthz" },
      judge: () => ({ outcome: "failed" as const, blocked: false, why: `the suite could not be tried: ${why}` }),
    };
    return { probes: [probe], notes: [`${suite.name}: not tried, because ${why}`] };
  }
}

function suitesOf(options: RedTeamOptions, states: readonly PromptState[]): Suite[] {
  const { data, limit } = options;
  const known: Readonly<Record<SuiteName, Suite | undefined>> = {
    direct,
    indirect,
    leakage,
    "cross-tenant": crossTenant,
    pii: personal,
    abuse,
    corpora: data === undefined ? undefined : corpora(data, limit),
    prompts: states.length === 0 ? undefined : prompts(options.prompts, states),
  };
  return options.suites.flatMap((name) => known[name] ?? []);
}
