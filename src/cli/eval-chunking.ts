import { randomBytes } from "node:crypto";
import {
  compare,
  createSource,
  estimate,
  parseSpanQuestions,
  scoreSpans,
  type Source,
  type SpanQuestion,
  type SpanScore,
} from "../evaluate/index.ts";
import { countTokens } from "../retrieve/index.ts";
import { type Api, listAllAfter, pathOf } from "./api.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT } from "./command.ts";
import { readCount, readFlagFile } from "./eval-files.ts";
import { showCount } from "./eval-run.ts";
import { createSearch, passageText, withoutEnding } from "./eval-search.ts";
import { parseVariants, VARIANTS_DEFAULT, type Variant } from "./eval-variants.ts";
import { type Document, findDocuments } from "./find-documents.ts";
import { ingestDocument } from "./ingest-document.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { findText, listOf, textOf } from "./read.ts";
import { renderTable } from "./table.ts";
import { withTenant } from "./tenant-key.ts";

export const evalChunking: Command = {
  name: "eval chunking",
  summary: "Compares ways of cutting documents on questions whose exact answers are known, in collections made for it and removed after.",
  operands: "PATH…",
  operandsMin: 1,
  operandsMax: Number.POSITIVE_INFINITY,
  flags: {
    questions: { value: "FILE", description: 'JSON lines: {"question", "document": "name.md", "references": ["exact words", …]}' },
    strategies: {
      value: "LIST",
      description: `what is compared; the first is what the others are measured against (else ${VARIANTS_DEFAULT})`,
    },
    top: { value: "N", description: "passages of each search (else 5)" },
    "at-once": { value: "N", description: "searches at a time (else 4)" },
    json: { value: undefined, description: "print JSON" },
    tenant: { value: "SLUG", description: "the tenant that they are made for (else the only one)" },
    ...REACH_FLAGS,
  },
  examples: [
    "weir eval chunking docs/ --questions questions.jsonl",
    "weir eval chunking docs/ --questions questions.jsonl --strategies sentence:512/128,structural:512+structure --top 8",
  ],
  async run(args, deps) {
    const variants = parseVariants(args.text("strategies") ?? VARIANTS_DEFAULT);
    const questions = await readFlagFile("questions", args, deps, parseSpanQuestions);
    const { documents } = await findDocuments(args.operands, deps.cwd);
    if (questions.length === 0 || documents.length === 0) throw new CommandError("There are no questions, or no documents.", EXIT.usage);
    const ask = { variants, questions, documents, top: readCount(args, "top", 5, 50), atOnce: readCount(args, "at-once", 4, 64) };
    return withServer(args, deps, (reached) => withTenant(reached, args, deps, (api) => compareAll(api, ask, args, deps)));
  },
};

type Ask = {
  readonly variants: readonly Variant[];
  readonly questions: readonly SpanQuestion[];
  readonly documents: readonly Document[];
  readonly top: number;
  readonly atOnce: number;
};

/** What one way of cutting came to. `scores`: of each question, in their order; undefined where its answer stands in no document. */
type Outcome = {
  readonly variant: Variant;
  readonly scores: readonly (SpanScore | undefined)[];
  readonly p95Ms: number;
};

async function compareAll(api: Api, ask: Ask, args: Args, deps: CliDeps): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const variant of ask.variants) {
    deps.signal.throwIfAborted();
    deps.terminal.err(`${variant.name} …\n`);
    outcomes.push(await withCollection(api, variant, ask, deps, (id) => askAll(api, id, variant, ask, deps)));
  }
  const scored = ask.questions.map((_, at) => at).filter((at) => outcomes.every(({ scores }) => scores[at] !== undefined));
  if (scored.length === 0) throw new CommandError("No question's references stand in its document: are they its exact words?");
  deps.terminal.out(args.on("json") ? toJson(outcomes, scored, ask) : toText(outcomes, scored, ask));
  return EXIT.done;
}

/** A collection of its own, which is gone after, with its files. */
async function withCollection<T>(api: Api, variant: Variant, ask: Ask, deps: CliDeps, body: (id: string) => Promise<T>): Promise<T> {
  const name = `weir-eval-${randomBytes(6).toString("hex")}`;
  const collectionId = textOf(await api.post("/v1/vector_stores", { name, weir: variant.settings }), "id");
  try {
    for (const document of ask.documents) {
      const outcome = await ingestDocument({ api, collectionId, earlier: [], document }, deps);
      if (outcome.kind === "failed") throw new CommandError(`${document.filename}: ${outcome.reason}`);
    }
    return await body(collectionId);
  } finally {
    const at = pathOf("v1", "vector_stores", collectionId);
    const files = await listAllAfter(api, `${at}/files`).catch(() => []);
    await api.delete(at).catch(() => deps.terminal.err(`The collection ${name} could not be removed.\n`));
    for (const file of files) await api.delete(pathOf("v1", "files", textOf(file, "id"))).catch(() => undefined);
  }
}

async function askAll(api: Api, collectionId: string, variant: Variant, ask: Ask, deps: CliDeps): Promise<Outcome> {
  const sources = await readSources(api, collectionId);
  const search = createSearch(api, collectionId);
  const times: number[] = [];
  const scores: (SpanScore | undefined)[] = [];
  const count = showCount(deps.terminal, ask.questions.length);
  const entries = ask.questions.entries();
  const work = async (): Promise<void> => {
    for (const [at, question] of entries) {
      const startedMs = deps.clock.monotonicMs();
      const passages = await search(question.text, ask.top);
      times.push(deps.clock.monotonicMs() - startedMs);
      const found = passages.map((passage) => ({ document: nameOf(textOf(passage, "filename")), text: passageText(passage) }));
      scores[at] = scoreSpans({ ...question, document: nameOf(question.document) }, found, sources);
      count.step();
    }
  };
  await Promise.all(Array.from({ length: ask.atOnce }, work)).finally(count.end);
  const sorted = times.toSorted((one, other) => one - other);
  return { variant, scores, p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0 };
}

/** Every document's text as the server read it, by name. */
async function readSources(api: Api, collectionId: string): Promise<ReadonlyMap<string, Source>> {
  const at = `${pathOf("v1", "vector_stores", collectionId)}/files`;
  const sources = new Map<string, Source>();
  for (const file of await listAllAfter(api, at)) {
    const id = textOf(file, "id");
    const filename = textOf(await api.get(pathOf("v1", "files", id)), "filename");
    const content = listOf(await api.get(`${at}/${encodeURIComponent(id)}/content`), "data");
    sources.set(nameOf(filename), createSource(content.map((part) => findText(part, "text") ?? "").join("\n"), countTokens));
  }
  return sources;
}

const nameOf = (filename: string): string => withoutEnding(filename.replace(/^.*[/\\]/, ""));
const of = ({ scores }: Outcome, scored: readonly number[], field: keyof SpanScore): readonly number[] =>
  scored.map((at) => scores[at]?.[field] ?? 0);

function toText(outcomes: readonly Outcome[], scored: readonly number[], ask: Ask): string {
  const [first] = outcomes;
  const rows = outcomes.map((outcome) => {
    const [recall, precision] = [estimate(of(outcome, scored, "recall")), estimate(of(outcome, scored, "precision"))];
    const change =
      first === undefined || outcome === first ? undefined : compare(of(first, scored, "recall"), of(outcome, scored, "recall"));
    return [
      outcome.variant.name,
      `${percent(recall.mean)} (${percent(recall.low)}-${percent(recall.high)})`,
      `${percent(precision.mean)} (${percent(precision.low)}-${percent(precision.high)})`,
      change === undefined ? "-" : `${change.mean >= 0 ? "+" : ""}${percent(change.mean)}`,
      change === undefined ? "-" : change.p.toFixed(3),
      `${outcome.p95Ms.toFixed(0)} ms`,
    ];
  });
  const left = ask.questions.length - scored.length;
  return [
    `${String(scored.length)} questions${left > 0 ? ` (${String(left)} whose answers stand in no document left out)` : ""}, top ${String(ask.top)}, in percent of tokens, with 95 % intervals\n`,
    renderTable(["CHUNKING", "RECALL", "PRECISION", "RECALL AGAINST FIRST", "P", "SEARCH P95"], rows),
  ].join("");
}

function toJson(outcomes: readonly Outcome[], scored: readonly number[], { top }: Ask): string {
  const variants = outcomes.map((outcome) => ({
    chunking: outcome.variant.name,
    settings: outcome.variant.settings,
    recall: estimate(of(outcome, scored, "recall")),
    precision: estimate(of(outcome, scored, "precision")),
    overlap: estimate(of(outcome, scored, "overlap")),
    searchP95Ms: outcome.p95Ms,
    ...(outcomes[0] === undefined || outcome === outcomes[0]
      ? {}
      : { againstFirst: compare(of(outcomes[0], scored, "recall"), of(outcome, scored, "recall")) }),
  }));
  return `${JSON.stringify({ questions: scored.length, top, variants }, null, 2)}\n`;
}

const percent = (share: number): string => (share * 100).toFixed(1);
