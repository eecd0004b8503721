import { chooseFusion, MIXES, rankAll, scoreRankings, valuesOf, type FusionReport, type Mix, type QueryKind } from "../evaluate/index.ts";
import { classifyQuery } from "../retrieve/index.ts";
import { type Api, pathOf } from "./api.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT, requireText } from "./command.ts";
import { readCount, readJudged } from "./eval-files.ts";
import { findCollection, showCount } from "./eval-run.ts";
import { createSearch, documentOf, namesOf, type SearchOptions } from "./eval-search.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { renderTable } from "./table.ts";
import { withTenant } from "./tenant-key.ts";

const METRICS = ["nDCG@10", "recall@5", "MRR"] as const;

export const evalFusion: Command = {
  name: "eval fusion",
  summary: "Measures on a collection's own questions how words and vectors are best put together, and proposes the setting.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    collection: { value: "NAME", description: "the collection; it needs an embedding model" },
    queries: { value: "FILE", description: "a question a line, `id<tab>text`" },
    qrels: { value: "FILE", description: "what answers them, `query 0 document grade`" },
    metric: { value: "NAME", description: `what counts: ${METRICS.join(", ")} (else nDCG@10)` },
    apply: { value: undefined, description: "set the proposal, where it is better by more than chance" },
    "at-once": { value: "N", description: "searches at a time (else 4)" },
    json: { value: undefined, description: "print JSON" },
    tenant: { value: "SLUG", description: "the tenant whose collection it is (else the only one)" },
    ...REACH_FLAGS,
  },
  examples: [
    "weir eval fusion --collection handbook --queries q.tsv --qrels r.txt",
    "weir eval fusion --collection handbook --queries q.tsv --qrels r.txt --apply",
  ],
  run: (args, deps) => withServer(args, deps, (reached) => withTenant(reached, args, deps, (api) => measure(api, args, deps))),
};

async function measure(api: Api, args: Args, deps: CliDeps): Promise<number> {
  const metric = METRICS.find((name) => name.toLowerCase() === (args.text("metric") ?? METRICS[0]).toLowerCase());
  if (metric === undefined) throw new CommandError(`--metric is one of ${METRICS.join(", ")}.`, EXIT.usage);
  const { queries, judgements } = await readJudged(args, deps);
  const collection = await findCollection(api, requireText(args, "collection"));
  const known = namesOf(judgements);
  const passages = createSearch(api, collection.id);
  const atOnce = readCount(args, "at-once", 4, 64);
  const count = showCount(deps.terminal, queries.length * (MIXES.length + 1));
  const score = async (options: SearchOptions): Promise<readonly number[]> => {
    const search = async (query: string) => (await passages(query, undefined, options)).map((passage) => documentOf(passage, known));
    const rankings = await rankAll({ search, monotonicMs: deps.clock.monotonicMs, done: count.step }, queries, atOnce);
    return valuesOf(scoreRankings(rankings, judgements, [5]), metric);
  };
  const kinds = queries.map(({ text }): QueryKind => classifyQuery(text));
  const [current, scores] = await scoreAll(score).finally(count.end);
  const report = chooseFusion(scores, kinds, current);
  deps.terminal.out(
    args.on("json") ? `${JSON.stringify({ metric, mixes: toMeans(scores), ...report }, null, 2)}\n` : toText(metric, scores, kinds, report),
  );
  if (args.on("apply") && report.worthIt) {
    await api.post(pathOf("v1", "vector_stores", collection.id), { weir: { fusion: report.proposed } });
    deps.terminal.err("The setting is changed.\n");
  }
  return EXIT.done;
}

type Scored = { readonly mix: Mix; readonly values: readonly number[] };

async function scoreAll(
  score: (options: SearchOptions) => Promise<readonly number[]>,
): Promise<readonly [readonly number[], readonly Scored[]]> {
  const current = await score({});
  const scores: Scored[] = [];
  for (const mix of MIXES) {
    const hybrid = { embedding_weight: mix.weight, text_weight: 1 - mix.weight };
    scores.push({ mix, values: await score({ ranking_options: { hybrid_search: hybrid }, weir: { fusion: mix.method } }) });
  }
  return [current, scores];
}

/** Without vectors every search goes by words alone, whatever weights it is asked with. */
const makesNoDifference = (scores: readonly Scored[]): boolean =>
  scores.every(({ values }) => values.every((value, at) => value === scores[0]?.values[at]));

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const toMeans = (scores: readonly Scored[]) => scores.map(({ mix, values }) => ({ ...mix, mean: meanOf(values) }));

function toText(metric: string, scores: readonly Scored[], kinds: readonly QueryKind[], report: FusionReport): string {
  const of = (values: readonly number[], kind: QueryKind): string => {
    const own = values.filter((_, at) => kinds[at] === kind);
    return own.length === 0 ? "-" : meanOf(own).toFixed(4);
  };
  const rows = scores.map(({ mix, values }) => [
    mix.weight === 0 ? "words alone" : mix.weight === 1 ? "vectors alone" : `by ${mix.method}`,
    mix.weight.toFixed(1),
    meanOf(values).toFixed(4),
    of(values, "question"),
    of(values, "keyword"),
  ]);
  const table = renderTable(["LEGS", "WEIGHT OF VECTORS", metric, "QUESTIONS", "KEYWORDS"], rows);
  if (makesNoDifference(scores))
    return `${table}\nThe weight makes no difference to any question: the collection has no vectors, or these questions do not tell. There is nothing to set.\n`;
  const { proposed, heldOut, worthIt } = report;
  const { difference } = heldOut;
  const gain = `${difference.mean >= 0 ? "+" : ""}${difference.mean.toFixed(4)} (95 % ${difference.low.toFixed(4)} to ${difference.high.toFixed(4)}, p = ${difference.p.toFixed(3)})`;
  return [
    table,
    `\nBest: by ${proposed.method}, weight ${proposed.questionWeight.toFixed(1)} for questions and ${proposed.keywordWeight.toFixed(1)} for keywords.\n`,
    `Chosen so on four fifths and measured on the rest, against today's setting: ${gain}.\n`,
    worthIt
      ? `Worth it. To set it: --apply, or {"weir": {"fusion": ${JSON.stringify(proposed)}}}\n`
      : "Not better than today's setting by more than chance: leave it.\n",
  ].join("");
}
