/**
 * Ways of cutting documents, on the chunk evaluation (five corpora, 472 questions with the exact words that answer) through the real index, by
 * words alone: `bun bench/chunking.ts [pglite|postgres] [strategy:tokens/overlap+context …]`. All five stand in one collection. What is measured
 * is the share of the answering tokens among those of the five best passages (recall), and the share of these that answer (precision).
 * `bun bench/chunking.ts speed` measures reading and cutting.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Chunking, Cutting } from "../src/domain/collection.ts";
import { readCsv } from "../src/evaluate/redteam/csv.ts";
import { compare, estimate } from "../src/evaluate/index.ts";
import { intersect, measureSpans, unite, type Span } from "../src/evaluate/retrieval/span.ts";
import { parse } from "../src/ingest/parse.ts";
import { prepare } from "../src/ingest/prepare.ts";
import { countTokens } from "../src/retrieve/index.ts";
import { DATA } from "./knowledge/corpus.ts";
import { openBench, type Bench } from "./knowledge/engine.ts";

const FOLDER = join(DATA, "chunking-eval");
const CORPORA = ["state_of_the_union", "wikitexts", "pubmed", "chatlogs", "finance"] as const;
const TOP = 5;
const BASELINE = "fixed:400/0";
const VARIANTS =
  "fixed:400/0 fixed:200/0 fixed:400/200 fixed:800/400 fixed:512/128 sentence:512/128 sentence:256/0 sentence:128/0 window:96 window:128 window:160 parent-child:128/512 parent-child:192/768 structural:512 structural:256 sentence:512/128+structure window:128+structure structural:512+structure";

type Question = {
  readonly text: string;
  readonly corpus: string;
  /** Where the words that answer stand. */
  readonly spans: readonly Span[];
  /** For each of the words' stretches every place in which they stand: a document that says it twice answers from either. */
  readonly places: readonly (readonly Span[])[];
};
type Score = {
  readonly recall: number;
  /** Of the very place that the question was made from. */
  readonly exact: number;
  readonly precision: number;
  readonly tokens: number;
};

function parseVariant(name: string): Cutting {
  const [, strategy = "", first = "0", second = "0", context = "none"] = /^([a-z-]+):(\d+)(?:\/(\d+))?(?:\+([a-z]+))?$/.exec(name) ?? [];
  const [tokens, other] = [Number(first), Number(second)];
  const chunkings: Readonly<Record<string, Chunking>> = {
    fixed: { strategy: "fixed", tokens, overlap: other },
    sentence: { strategy: "sentence", tokens, overlap: other },
    window: { strategy: "window", tokens },
    "parent-child": { strategy: "parent-child", tokens, parentTokens: other },
    structural: { strategy: "structural", tokens },
  };
  const chunking = chunkings[strategy];
  if (chunking === undefined) throw new Error(`what is ${name}?`);
  return { chunking, context: context === "structure" ? "structure" : "none" };
}

const corpusText = (name: string): string => readFileSync(join(FOLDER, "corpora", `${name}.md`), "utf8");

async function parsedText(name: string): Promise<string> {
  const parsed = await parse(`${name}.md`, Buffer.from(corpusText(name)));
  if (!parsed.ok) throw new Error(name);
  return parsed.text;
}

/** Positions of the letters and digits of a text: what is the same before and after it is read. */
function lettersOf(text: string): { readonly letters: string; readonly at: readonly number[] } {
  const at: number[] = [];
  let letters = "";
  for (const { index, 0: found } of text.matchAll(/[\p{L}\p{N}]/gu)) {
    letters += found;
    for (let unit = 0; unit < found.length; unit++) at.push(index);
  }
  return { letters, at };
}

/** Questions with their answers' places in the text as it is read. References are counted in code points of the corpus. */
async function readQuestions(): Promise<readonly Question[]> {
  const found: Question[] = [];
  const rows = [...readCsv(readFileSync(join(FOLDER, "questions_df.csv"), "utf8"), ["question", "references", "corpus_id"])];
  for (const corpus of CORPORA) {
    const source = Array.from(corpusText(corpus));
    const { letters, at } = lettersOf(await parsedText(corpus));
    const before = lettersBefore(source);
    for (const row of rows.filter(({ corpus_id: id }) => id === corpus)) {
      const references: readonly { start_index: number; end_index: number }[] = JSON.parse(row["references"] ?? "[]");
      const places = references.map(({ start_index: start, end_index: end }): readonly Span[] => {
        // Readers of Markdown leave out what looks like a tag.
        const words = source
          .slice(start, end)
          .join("")
          .replace(/<[a-z]+>/g, "");
        const wanted = lettersOf(words).letters;
        const own = nearest(letters, wanted, before[start] ?? 0);
        if (own === undefined) throw new Error(`${corpus}: a reference is not in the text: ${words}`);
        const others = placesOf(letters, wanted).filter((place) => place !== own);
        return [own, ...others].map((place): Span => [at[place] ?? 0, (at[place + wanted.length - 1] ?? 0) + 1]);
      });
      const spans = unite(places.flatMap(([own]) => (own === undefined ? [] : [own])));
      found.push({ text: row["question"] ?? "", corpus, spans, places });
    }
  }
  return found;
}

/** How many letters and digits stand before each code point: of a text that stands there twice, the right one is meant. */
function lettersBefore(source: readonly string[]): readonly number[] {
  let count = 0;
  return source.map((letter) => {
    const before = count;
    if (/[\p{L}\p{N}]/u.test(letter)) count += letter.length;
    return before;
  });
}

function placesOf(text: string, wanted: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

function nearest(text: string, wanted: string, near: number): number | undefined {
  const [after, before] = [text.indexOf(wanted, near), text.lastIndexOf(wanted, near)];
  if (after < 0 || before < 0) return Math.max(after, before) < 0 ? undefined : Math.max(after, before);
  return after - near < near - before ? after : before;
}

async function measure(
  bench: Bench,
  name: string,
  questions: readonly Question[],
  texts: ReadonlyMap<string, string>,
): Promise<readonly Score[]> {
  const { chunking, context } = parseVariant(name);
  await bench.ingest.createCollection(bench.tenantId, { name, settings: { chunking, context } });
  for (const corpus of CORPORA) {
    const file = await bench.ingest.createFile(bench.tenantId, {
      filename: `${corpus}.md`,
      purpose: "user_data",
      bytes: Buffer.from(corpusText(corpus)),
    });
    const added = await bench.ingest.addFileToCollection(bench.tenantId, name, file.id);
    if (added.status !== "completed") throw new Error(`${corpus}: ${added.lastError?.message ?? added.status}`);
  }
  const scores: Score[] = [];
  for (const question of questions) {
    const { passages } = await bench.retrieve(bench.tenantId, { collection: name, query: question.text, topK: TOP });
    const text = texts.get(question.corpus) ?? "";
    const sizeOf = ([start, end]: Span): number => countTokens(text.slice(start, end));
    const own = passages.filter(({ filename }) => filename === `${question.corpus}.md`);
    for (const passage of own)
      if (text.slice(passage.start, passage.end) !== passage.text && context === "none" && !overlaps(chunking))
        throw new Error("a passage is not its document's text");
    const found = unite(own.map(({ start, end }): Span => [start, end]));
    const exact = measureSpans(intersect(question.spans, found), sizeOf);
    const hit = unite(question.places.flatMap((places) => bestOf(places, found, sizeOf)));
    const tokens = passages.reduce((sum, passage) => sum + countTokens(passage.text), 0);
    const wanted = measureSpans(question.spans, sizeOf);
    scores.push({
      recall: Math.min(1, measureSpans(hit, sizeOf) / wanted),
      exact: exact / wanted,
      precision: tokens === 0 ? 0 : Math.min(1, measureSpans(hit, sizeOf) / tokens),
      tokens,
    });
  }
  return scores;
}

/** What was found of the same words, in the place where most of them were. */
function bestOf(places: readonly Span[], found: readonly Span[], sizeOf: (span: Span) => number): readonly Span[] {
  const hits = places.map((place) => intersect([place], found));
  return hits.reduce<readonly Span[]>((best, hit) => (measureSpans(hit, sizeOf) > measureSpans(best, sizeOf) ? hit : best), []);
}

/** Joined passages of these have a line break where the text may have a blank. */
const overlaps = ({ strategy }: Chunking): boolean => strategy === "sentence" || strategy === "fixed" || strategy === "structural";

const percent = (value: number): string => (value * 100).toFixed(1);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function print(name: string, scores: readonly Score[], questions: readonly Question[], baseline: readonly Score[]): void {
  const [recall, precision] = [scores.map((score) => score.recall), scores.map((score) => score.precision)];
  const [ofRecall, ofPrecision] = [estimate(recall), estimate(precision)];
  const change = compare(
    baseline.map((score) => score.recall),
    recall,
  );
  const times = mean(precision) / mean(baseline.map((score) => score.precision));
  const cells = CORPORA.map((corpus) => {
    const own = scores.filter((_, at) => questions[at]?.corpus === corpus);
    return `${percent(mean(own.map((score) => score.recall)))} / ${percent(mean(own.map((score) => score.precision)))}`;
  });
  const overall = `${percent(ofRecall.mean)} (${percent(ofRecall.low)}-${percent(ofRecall.high)}) | ${(ofPrecision.mean * 100).toFixed(2)} (${(ofPrecision.low * 100).toFixed(2)}-${(ofPrecision.high * 100).toFixed(2)})`;
  const exact = percent(mean(scores.map((score) => score.exact)));
  const against =
    scores === baseline
      ? "- | -"
      : `${change.mean >= 0 ? "+" : ""}${percent(change.mean)} (p ${change.p.toFixed(3)}) | ${times.toFixed(2)}`;
  console.log(
    `| ${name} | ${overall} | ${exact} | ${against} | ${mean(scores.map((score) => score.tokens)).toFixed(0)} | ${cells.join(" | ")} |`,
  );
}

async function compareAll(engine: string, names: readonly string[]): Promise<void> {
  const questions = await readQuestions();
  const texts = new Map(await Promise.all(CORPORA.map(async (corpus) => [corpus, await parsedText(corpus)] as const)));
  const bench = await openBench(engine);
  try {
    console.log(`${questions.length} questions, top ${TOP}, ${engine}: recall / precision in percent, with 95 % intervals`);
    console.log(
      `| chunking | recall | precision | at the very place | recall against ${BASELINE} | times its precision | tokens | ${CORPORA.join(" | ")} |`,
    );
    const baseline = await measure(bench, BASELINE, questions, texts);
    print(BASELINE, baseline, questions, baseline);
    for (const name of names.filter((one) => one !== BASELINE))
      print(name, await measure(bench, name, questions, texts), questions, baseline);
  } finally {
    await bench.close();
  }
}

/** Megabytes of text a second of one core, read and cut; and how much longer a text of ten times the size takes. */
async function measureSpeed(): Promise<void> {
  const prose = CORPORA.map(corpusText).join("\n\n");
  const documents: readonly { readonly content: string }[] = JSON.parse(
    readFileSync(join(DATA, "anthropic-contextual", "codebase_chunks.json"), "utf8"),
  );
  const code = documents.map(({ content }) => content).join("\n\n");
  for (const [filename, text] of [
    ["prose.md", prose],
    ["code.java", code],
  ] as const) {
    for (const name of "fixed:512/128 sentence:512/128 window:128 parent-child:128/512 structural:512 structural:512+structure".split(
      " ",
    )) {
      const timeOf = async (part: string): Promise<number> => {
        let best = Number.POSITIVE_INFINITY;
        for (let turn = 0; turn < 3; turn++) {
          const bytes = Buffer.from(part);
          const started = process.cpuUsage();
          await prepare(filename, bytes, parseVariant(name));
          const { user, system } = process.cpuUsage(started);
          best = Math.min(best, (user + system) / 1000);
        }
        return best;
      };
      const large = text.repeat(Math.ceil(1_000_000 / text.length)).slice(0, 1_000_000);
      const [smallMs, largeMs] = [await timeOf(large.slice(0, 100_000)), await timeOf(large)];
      console.log(
        `${filename} ${name}: ${(1000 / largeMs).toFixed(1)} MB/s, 10 times the text takes ${(largeMs / smallMs).toFixed(1)} times as long`,
      );
    }
  }
}

const [engine = "pglite", ...names] = process.argv.slice(2);
if (engine === "speed") await measureSpeed();
else await compareAll(engine, names.length > 0 ? names : VARIANTS.split(" "));
