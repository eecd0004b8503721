import { CUTS_DEFAULT, rankAll, scoreRankings, type Ranking, type Scores } from "../evaluate/index.ts";
import type { Api } from "./api.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT, requireText } from "./command.ts";
import { readCount, readCuts, readJudged } from "./eval-files.ts";
import { findCollection, showCount, toModeOptions } from "./eval-run.ts";
import { createSearch, documentOf, namesOf } from "./eval-search.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { renderTable } from "./table.ts";
import { withTenant } from "./tenant-key.ts";

export const evalRetrieval: Command = {
  name: "eval retrieval",
  summary: "Measures what a collection's search finds, by questions and what answers them: recall, precision, nDCG, MRR.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    collection: { value: "NAME", description: "the collection" },
    queries: { value: "FILE", description: "a question a line, `id<tab>text` (or BEIR's queries.jsonl)" },
    qrels: { value: "FILE", description: "what answers them, TREC's `query 0 document grade` (or BEIR's tsv); documents by file name" },
    k: { value: "LIST", description: "how many places are looked at (else 1,3,5,10,20)" },
    mode: { value: "fast|quality", description: "how it searches; quality reranks (else fast)" },
    "at-once": { value: "N", description: "searches at a time (else 4)" },
    json: { value: undefined, description: "print the figures as JSON, each with its value for every query" },
    tenant: { value: "SLUG", description: "the tenant whose collection it is (else the only one)" },
    ...REACH_FLAGS,
  },
  examples: [
    "weir eval retrieval --collection handbook --queries q.tsv --qrels r.txt",
    "weir eval retrieval --collection handbook --queries q.tsv --qrels r.txt --mode quality --json",
  ],
  run: (args, deps) => withServer(args, deps, (reached) => withTenant(reached, args, deps, (api) => measure(api, args, deps))),
};

async function measure(api: Api, args: Args, deps: CliDeps): Promise<number> {
  const name = requireText(args, "collection");
  const cuts = readCuts(args, CUTS_DEFAULT);
  const { queries, judgements, unjudged } = await readJudged(args, deps);
  const collection = await findCollection(api, name);
  const known = namesOf(judgements);
  const search = createSearch(api, collection.id);
  const options = toModeOptions(args);
  const count = showCount(deps.terminal, queries.length);
  const rankings = await rankAll(
    {
      search: async (query) => (await search(query, undefined, options)).map((passage) => documentOf(passage, known)),
      monotonicMs: deps.clock.monotonicMs,
      done: count.step,
    },
    queries,
    readCount(args, "at-once", 4, 64),
  ).finally(count.end);
  const found = rankings.flatMap(({ ranked }) => ranked);
  if (found.length > 0 && !found.some((document) => known.has(document)))
    throw new CommandError(
      `Nothing that was found is named in --qrels. Found: ${found[0] ?? ""}; judged: ${[...known][0] ?? ""}. Name documents by their files.`,
    );
  const scores = scoreRankings(rankings, judgements, cuts);
  deps.terminal.out(args.on("json") ? toJson(name, scores, rankings, unjudged) : toText(name, scores, rankings, unjudged));
  return EXIT.done;
}

function toText(name: string, scores: Scores, rankings: readonly Ranking[], unjudged: number): string {
  const rows = scores.metrics.map(({ name: metric, estimate }) => [
    metric,
    estimate.mean.toFixed(4),
    `${estimate.low.toFixed(4)} - ${estimate.high.toFixed(4)}`,
  ]);
  const times = latencyOf(rankings);
  return [
    `Collection ${name}: ${String(scores.scored)} questions${unjudged > 0 ? ` (${String(unjudged)} without a relevant document left out)` : ""}, ` +
      `a search took ${times.p50Ms.toFixed(0)} ms (p95 ${times.p95Ms.toFixed(0)})\n`,
    renderTable(["METRIC", "MEAN", "95 % INTERVAL"], rows),
  ].join("");
}

function toJson(collection: string, scores: Scores, rankings: readonly Ranking[], unjudged: number): string {
  const metrics = Object.fromEntries(scores.metrics.map(({ name, estimate, values }) => [name, { ...estimate, values }]));
  const queries = rankings.map(({ query, ranked, latencyMs }) => ({ id: query.id, found: ranked, latencyMs }));
  const report = { collection, questions: scores.scored, unjudged, latency: latencyOf(rankings), metrics, queries };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function latencyOf(rankings: readonly Ranking[]): { readonly p50Ms: number; readonly p95Ms: number } {
  const sorted = rankings.map(({ latencyMs }) => latencyMs).toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
