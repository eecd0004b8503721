import { createExposition, EXPOSITION_TYPE, toText, type Family, type HistogramSeries, type Series } from "./exposition.ts";

/** Labels are names from the configuration and fixed words, so their number is bounded. No tenant, key or content is a label. */
export type Metrics = {
  /** A finished, failed or aborted call. Durations in milliseconds. */
  call(done: DoneCall): void;
  refusal(code: string): void;
  /** A rule whose condition could not be told for a call; `rule` counts from 1. */
  conditionFailed(route: string, rule: number): void;
  /** What the rules for content found and did in one call: types and rules are fixed words. */
  guarded(what: GuardedCall): void;
  /** Of an answer from documents: its marks, and whether something in it rests on a passage. */
  grounded(what: GroundedCall): void;
  /** A follow-up question that a model was to put into words of its own: `rewritten`, or why not. */
  rewritten(outcome: string): void;
  /** A search whose passages a model was to put in order: `reranked`, or why it has not. */
  reranked(outcome: string): void;
  attempt(tried: TriedAttempt): void;
  /** A copy of a call: what became of it, or why it was not made. */
  shadow(model: string, outcome: string): void;
  /** A call under a cascade; `route` is a name of the configuration. */
  cascade(route: string, what: { readonly escalated: number; readonly unjudged?: number | undefined }): void;
  /** A rollout moved: by hand, or by its gates. */
  rolloutMoved(act: string): void;
  /** A file of a collection can be found, so long after it came. */
  indexed(seconds: number): void;
  /** What the gates saw of a file on its way into a collection, by fixed words. */
  gated(facts: { readonly documents: Readonly<Record<string, number>>; readonly chunks: Readonly<Record<string, number>> }): void;
  http(method: string, path: string, status: number): void;
  /** A browser kept the console from something that its rules forbid; `directive` is a fixed word. */
  cspReport(directive: string): void;
  /** The text of `/metrics`, Prometheus exposition format. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** The same as data. */
  collect(): readonly Family[];
};

export type DoneCall = {
  readonly model: string;
  readonly provider: string;
  readonly outcome: string;
  readonly stream: boolean;
  readonly latencyMs: number;
  readonly firstPartMs: number | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
};
export type GroundedCall = {
  readonly cited: number;
  readonly removed: number;
  readonly grounded: boolean;
  readonly notHeld?: true | undefined;
};
export type GuardedCall = {
  readonly found?: Readonly<Record<string, number | undefined>> | undefined;
  readonly masked?: true | undefined;
  readonly injection?: number | undefined;
  readonly withheld?: number | undefined;
  readonly answer?: Readonly<Record<string, number>> | undefined;
};
export type TriedAttempt = {
  readonly model: string;
  readonly provider: string;
  readonly outcome: string;
  readonly code: string | undefined;
};

export type Gauges = {
  callsInFlight(): number;
  journalBacklogBytes(): number;
  /** Since the ledger last had everything. */
  journalBacklogSeconds(): number;
  residentBytes(): number;
  /** Handed to the collector, and lost on the way to it. */
  spansExported(): number;
  spansDropped(): number;
  /** Calls whose content was to be kept, and is not. */
  contentLost(): number;
  /** Personal data that the newest scan found in what is kept. */
  contentFindings(): number;
  /** Keys whose score is high now, by level. */
  abuseKeys(): Readonly<Record<string, number>>;
  /** By model: 0 closed, 1 half-open, 2 open. */
  breakers(): Readonly<Record<string, number>>;
  /** 0 full, 1 reduced, 2 emergency. */
  serviceLevel(): number;
  breakersOpened(): Readonly<Record<string, number>>;
  repeats(): Readonly<Record<string, number>>;
  indexLagSeconds(): number;
  /** Searches that went by words alone though there are vectors, by why. */
  searchesDegraded(): Readonly<Record<string, number>>;
};

/** From a cache hit to a long reasoning answer. Seconds. */
const LATENCY_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** From a note in the request itself to a book behind a thousand others. Seconds. */
const INDEX_BUCKETS = [0.05, 0.25, 1, 2.5, 10, 30, 60, 300, 1800, 7200];

type Child = {
  readonly calls: Series;
  readonly latency: HistogramSeries;
  readonly first: HistogramSeries;
  readonly input: Series;
  readonly output: Series;
  readonly cost: Series;
};

/** What others count, read when somebody looks. */
function registerGauges(all: ReturnType<typeof createExposition>, gauges: Gauges): void {
  all.gauge("weir_calls_in_flight", "Calls under way.", gauges.callsInFlight);
  all.gauge("weir_journal_backlog_bytes", "Bytes in the journal that the database does not have yet.", gauges.journalBacklogBytes);
  all.gauge("weir_journal_backlog_seconds", "Time since the database last had all of the journal.", gauges.journalBacklogSeconds);
  all.count("weir_spans_exported_total", "Trace spans that the collector took.", gauges.spansExported);
  all.count("weir_spans_dropped_total", "Trace spans that were lost: too many, or not taken.", gauges.spansDropped);
  all.count("weir_content_lost_total", "Calls whose content was to be kept, and is not.", gauges.contentLost);
  all.gauge("weir_content_scan_findings", "Personal data that the newest scan found in what is kept.", gauges.contentFindings);
  all.gauges(
    "weir_abuse_keys",
    "Keys whose score of misuse is above the first (elevated) or second (high) threshold.",
    "level",
    gauges.abuseKeys,
  );
  all.gauges("weir_breaker_state", "Breaker of a model at its provider: 0 closed, 1 half-open, 2 open.", "model", gauges.breakers);
  all.gauge("weir_service_level", "Level of service: 0 full, 1 reduced, 2 emergency.", gauges.serviceLevel);
  all.counts("weir_breaker_opened_total", "Times that a breaker has opened.", "model", gauges.breakersOpened);
  all.counts("weir_repeats_total", "Attempts at a model that the same call had tried before.", "model", gauges.repeats);
  all.counts("weir_searches_degraded_total", "Searches that went by words alone though there are vectors.", "why", gauges.searchesDegraded);
  all.gauge("weir_index_lag_seconds", "Age of the oldest file that is on its way into a collection's index.", gauges.indexLagSeconds);
  all.gauge("process_resident_memory_bytes", "Resident memory.", gauges.residentBytes);
}

export function createMetrics(gauges: Gauges): Metrics {
  const all = createExposition();
  const target = ["model", "provider"];
  const calls = all.counter("weir_calls_total", "Calls by outcome.", [...target, "outcome", "stream"]);
  const refusals = all.counter("weir_refusals_total", "Calls refused before any provider was asked.", ["code"]);
  const findings = all.counter("weir_guard_findings_total", "Personal data and secrets found in calls.", ["type"]);
  const guards = all.counter("weir_guard_actions_total", "What rules for content did.", ["action"]);
  const attempts = all.counter("weir_attempts_total", "Upstream attempts.", [...target, "outcome", "code"]);
  const rollouts = all.counter(
    "weir_rollout_moves_total",
    "Rollouts that were started, promoted, finished, rolled back, paused, resumed.",
    ["act"],
  );
  const requests = all.counter("weir_http_requests_total", "HTTP requests by route.", ["method", "path", "status"]);
  const tokens = all.counter("weir_tokens_total", "Tokens by direction.", [...target, "direction"]);
  const cost = all.counter("weir_cost_micro_usd_total", "Cost in micro-dollars.", target);
  const latency = all.histogram("weir_call_seconds", "Time of a whole call.", target, LATENCY_BUCKETS);
  const first = all.histogram("weir_first_part_seconds", "Time to the first part of an answer.", target, LATENCY_BUCKETS);
  registerGauges(all, gauges);

  const callSeries = remember((model: string, provider: string, outcome: string, stream: string): Child => ({
    calls: calls.series(model, provider, outcome, stream),
    latency: latency.series(model, provider),
    first: first.series(model, provider),
    input: tokens.series(model, provider, "input"),
    output: tokens.series(model, provider, "output"),
    cost: cost.series(model, provider),
  }));
  const attemptSeries = remember((...labels) => attempts.series(...labels));
  const httpSeries = remember((...labels) => requests.series(...labels));

  return {
    call(done) {
      const child = callSeries(done.model, done.provider, done.outcome, done.stream ? "true" : "false");
      child.calls.value++;
      latency.observe(child.latency, done.latencyMs / 1000);
      if (done.firstPartMs !== undefined) first.observe(child.first, done.firstPartMs / 1000);
      child.input.value += done.inputTokens;
      child.output.value += done.outputTokens;
      child.cost.value += done.costMicroUsd;
    },
    refusal(code) {
      refusals.series(code).value++;
    },
    ...countRoutes(all),
    ...countGrounds(all),
    ...countIngest(all),
    ...countReports(all),
    guarded({ found, masked, injection, withheld, answer }) {
      for (const [type, count] of Object.entries(found ?? {})) findings.series(type).value += count ?? 0;
      if (masked === true) guards.series("masked").value++;
      if (injection !== undefined) guards.series("injection-seen").value++;
      if (withheld !== undefined) guards.series("withheld").value += withheld;
      for (const [rule, count] of Object.entries(answer ?? {})) guards.series(`answer-${rule}`).value += count;
    },
    attempt({ model, provider, outcome, code }) {
      attemptSeries(model, provider, outcome, code ?? "").value++;
    },
    rolloutMoved(act) {
      rollouts.series(act).value++;
    },
    http(method, path, status) {
      httpSeries(method, path, String(status)).value++;
    },
    expose: async () => ({ contentType: EXPOSITION_TYPE, body: toText(all.collect()) }),
    collect: all.collect,
  };
}

function countReports(all: ReturnType<typeof createExposition>): Pick<Metrics, "cspReport"> {
  const reports = all.counter("weir_csp_reports_total", "What browsers report that the console's rules forbade.", ["directive"]);
  return { cspReport: (directive) => void reports.series(directive).value++ };
}

function countIngest(all: ReturnType<typeof createExposition>): Pick<Metrics, "indexed" | "gated"> {
  const indexing = all.histogram("weir_index_seconds", "Time from a file's coming into a collection until it is found.", [], INDEX_BUCKETS);
  const documents = all.counter(
    "weir_ingest_documents_total",
    "Files on their way into collections: all, and what the gates saw of them.",
    ["fact"],
  );
  const chunks = all.counter("weir_ingest_chunks_total", "Chunks of these files: all, and what the gates saw of them.", ["fact"]);
  return {
    indexed(seconds) {
      indexing.observe(indexing.series(), seconds);
    },
    gated(facts) {
      for (const [fact, count] of Object.entries(facts.documents)) documents.series(fact).value += count;
      for (const [fact, count] of Object.entries(facts.chunks)) chunks.series(fact).value += count;
    },
  };
}

function countGrounds(all: ReturnType<typeof createExposition>): Pick<Metrics, "grounded" | "reranked" | "rewritten"> {
  const reranks = all.counter("weir_reranked_searches_total", "Searches on the quality path: put in order by the model, or why not.", [
    "outcome",
  ]);
  const marks = all.counter(
    "weir_citations_total",
    "Marks in answers from documents: kept, or removed because their passage supports nothing.",
    ["result"],
  );
  const answers = all.counter(
    "weir_grounded_answers_total",
    "Answers from documents: grounded, ungrounded, or saying that the documents do not hold it.",
    ["result"],
  );
  const rewrites = all.counter("weir_query_rewrites_total", "Follow-up questions for the rewriting model: rewritten, or why not.", [
    "outcome",
  ]);
  return {
    rewritten(outcome) {
      rewrites.series(outcome).value++;
    },
    reranked(outcome) {
      reranks.series(outcome).value++;
    },
    grounded({ cited, removed, grounded, notHeld }) {
      marks.series("kept").value += cited;
      marks.series("removed").value += removed;
      answers.series(notHeld === true ? "not-held" : grounded ? "grounded" : "ungrounded").value++;
    },
  };
}

/** What the rules of routes did. */
function countRoutes(all: ReturnType<typeof createExposition>): Pick<Metrics, "conditionFailed" | "cascade" | "shadow"> {
  const conditions = all.counter("weir_route_condition_failures_total", "Conditions that could not be told for a call.", ["route", "rule"]);
  const cascades = all.counter("weir_cascade_calls_total", "Calls that went by a cascade.", ["route", "escalated"]);
  const unjudged = all.counter("weir_cascade_unjudged_total", "Answers of cascades that could not be judged.", ["route"]);
  const shadows = all.counter("weir_shadow_calls_total", "Copies of calls by outcome, or by why there is none.", ["model", "outcome"]);
  return {
    shadow(model, outcome) {
      shadows.series(model, outcome).value++;
    },
    conditionFailed(route, rule) {
      conditions.series(route, String(rule)).value++;
    },
    cascade(route, what) {
      cascades.series(route, String(what.escalated > 0)).value++;
      if (what.unjudged !== undefined) unjudged.series(route).value += what.unjudged;
    },
  };
}

/** Looking labels up costs more than counting, so what was found is kept. */
function remember<S>(find: (...labels: [string, string, string, string]) => S): (...labels: string[]) => S {
  const kept = new Map<string, S>();
  return (a = "", b = "", c = "", d = "") => {
    const key = `${a}\u0000${b}\u0000${c}\u0000${d}`;
    let found = kept.get(key);
    if (found === undefined) kept.set(key, (found = find(a, b, c, d)));
    return found;
  };
}
