import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { readCsv } from "../../src/evaluate/redteam/csv.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { shuffle } from "../linear/shuffle.ts";

/** Where the public data lies; see its README. None of it is in this repository. */
export const DATA = resolve(import.meta.dirname, "../../../shared/data");

/**
 * What a source is made of. `attack`: texts that attack the model that reads them. `trigger`: harmless texts with the words of attacks.
 * `ordinary`: what people ask and what documents say.
 */
export type Nature = "attack" | "trigger" | "ordinary";

export type Source = {
  readonly name: string;
  readonly nature: Nature;
  readonly texts: readonly string[];
  /** The folder under the data whose SOURCE.txt says where this comes from. */
  readonly folder: string;
};

/** Texts of one source that are used; the rest adds time and nothing else. */
const TEXTS_MAX = 1500;
/** A passage of a long document is cut to pieces of about what a chunk of retrieval holds. */
const PASSAGE_CHARS = 2000;

const read = (...path: readonly string[]): string => readFileSync(join(DATA, ...path), "utf8");
/** Rows of a file are what its SOURCE.txt describes; a file that is not fails where a field is read. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion -- as above
const readJson = <Row>(...path: readonly string[]): readonly Row[] => JSON.parse(read(...path)) as readonly Row[];
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
const readLines = <Row>(...path: readonly string[]): readonly Row[] => {
  const lines = read(...path).split("\n");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
};

const cut = (text: string): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / PASSAGE_CHARS) }, (_, at) => text.slice(at * PASSAGE_CHARS, (at + 1) * PASSAGE_CHARS));

/** The same texts for the same source, whatever is read beside it. */
function sample(name: string, texts: readonly string[], most = TEXTS_MAX): readonly string[] {
  const seed = Array.from(name).reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) | 0, 7);
  const unique = [...new Set(texts.map((text) => text.trim()))].filter((text) => text !== "");
  return shuffle(unique, createSeededRandom(seed)).slice(0, most);
}

type Deepset = { readonly text: string; readonly label: 0 | 1 };
type Prompt = { readonly prompt: string };
type Email = { readonly context: string; readonly question: string };

const readColumn = (text: string, name: string): readonly string[] => readCsv(text, [name]).map((row) => row[name] ?? "");

function readQuestions(folder: string, pattern: RegExp, column: string): readonly string[] {
  const path = join(DATA, folder);
  return readdirSync(path)
    .filter((name) => pattern.test(name))
    .toSorted()
    .flatMap((name) => readColumn(readFileSync(join(path, name), "utf8"), column));
}

export const readEmails = (): readonly string[] => readLines<Email>("injection/bipia/email-train.jsonl").map(({ context }) => context);

function readKinds(text: string): readonly string[] {
  const kinds: Readonly<Record<string, readonly string[]>> = JSON.parse(text);
  return Object.values(kinds).flat();
}

/** Instructions to plant in a document, by kind. Many are harmless in themselves: their place makes them attacks. */
export const readPlants = (file: "text_attack_train.json" | "code_attack_train.json"): readonly string[] =>
  readKinds(read("injection/bipia", file));

/** Published attacks. The in-the-wild jailbreaks hold some prompts that are mere role play. */
export function readAttackSources(): readonly Source[] {
  const deepset = readLines<Deepset>("injection/deepset/train.jsonl");
  const wild = readJson<string>("injection/jailbreak/inthewild_jailbreak_llms.json");
  const reminder = readColumn(read("injection/jailbreak/jailbreak_prompts_itw.csv"), "prompt");
  return [
    {
      name: "deepset-attacks",
      nature: "attack",
      folder: "injection/deepset",
      texts: sample(
        "deepset-attacks",
        deepset.filter(({ label }) => label === 1).map(({ text }) => text),
      ),
    },
    { name: "jailbreaks", nature: "attack", folder: "injection/jailbreak", texts: sample("jailbreaks", [...wild, ...reminder]) },
  ];
}

export function readTriggerSources(): readonly Source[] {
  const xstest = readCsv(read("injection/xstest/xstest_prompts.csv"), ["label", "prompt"]);
  return [
    {
      name: "notinject",
      nature: "trigger",
      folder: "injection/notinject",
      texts: sample(
        "notinject",
        readJson<Prompt>("injection/notinject/NotInject_one.json").map(({ prompt }) => prompt),
      ),
    },
    {
      name: "wildguard",
      nature: "trigger",
      folder: "injection/notinject",
      texts: sample(
        "wildguard",
        readJson<Prompt>("injection/notinject/wildguard.json").map(({ prompt }) => prompt),
      ),
    },
    {
      name: "xstest-safe",
      nature: "trigger",
      folder: "injection/xstest",
      texts: sample(
        "xstest-safe",
        xstest.filter((row) => row["label"] === "safe").map((row) => row["prompt"] ?? ""),
      ),
    },
  ];
}

const ordinary = (name: string, folder: string, texts: readonly string[], most?: number): Source => ({
  name,
  nature: "ordinary",
  folder,
  texts: sample(name, texts, most),
});

export function readOrdinarySources(): readonly Source[] {
  const turns = readLines<{ readonly turns: readonly string[] }>("routing/mtbench/question.jsonl").flatMap((row) => row.turns);
  const corpora = (name: string): readonly string[] => cut(read("retrieval/chunking-eval/corpora", `${name}.md`));
  return [
    ordinary(
      "deepset-ordinary",
      "injection/deepset",
      readLines<Deepset>("injection/deepset/train.jsonl")
        .filter(({ label }) => label === 0)
        .map(({ text }) => text),
    ),
    ordinary("banking77", "finetune/banking77", [
      ...readColumn(read("finetune/banking77/train.csv"), "text"),
      ...readColumn(read("finetune/banking77/test.csv"), "text"),
    ]),
    ordinary("mmlu", "routing/routellm-mmlu", readQuestions("routing/routellm-mmlu/responses", /\.csv$/, "prompt")),
    ordinary("mtbench", "routing/mtbench", turns),
    ordinary(
      "cranfield",
      "retrieval/cranfield",
      readLines<{ readonly text: string }>("retrieval/cranfield/queries.jsonl").map(({ text }) => text),
    ),
    ordinary(
      "claude-docs",
      "retrieval/anthropic-docs",
      readJson<{ readonly text: string }>("retrieval/anthropic-docs/anthropic_docs.json").flatMap(({ text }) => cut(text)),
      600,
    ),
    ordinary(
      "docs-questions",
      "retrieval/anthropic-docs",
      readJson<{ readonly question: string }>("retrieval/anthropic-docs/docs_evaluation_dataset.json").map(({ question }) => question),
    ),
    ordinary("chunk-questions", "retrieval/chunking-eval", readColumn(read("retrieval/chunking-eval/questions_df.csv"), "question")),
    ordinary(
      "code",
      "retrieval/anthropic-contextual",
      readJson<{ readonly content: string }>("retrieval/anthropic-contextual/codebase_chunks.json").flatMap(({ content }) => cut(content)),
      600,
    ),
    ordinary(
      "code-questions",
      "retrieval/anthropic-contextual",
      readLines<{ readonly query: string }>("retrieval/anthropic-contextual/evaluation_set.jsonl").map(({ query }) => query),
    ),
    ordinary(
      "pii-sentences",
      "pii",
      readJson<{ readonly full_text: string }>("pii/generated_large.json").map((row) => row.full_text),
    ),
    ordinary("chat-logs", "retrieval/chunking-eval", corpora("chatlogs")),
    ordinary("finance", "retrieval/chunking-eval", corpora("finance"), 200),
    ordinary("pubmed", "retrieval/chunking-eval", corpora("pubmed"), 200),
    ordinary("speech", "retrieval/chunking-eval", corpora("state_of_the_union")),
    ordinary("wikipedia", "retrieval/chunking-eval", corpora("wikitexts")),
    ordinary("emails", "injection/bipia", readEmails()),
  ];
}

export const hasData = (): boolean => existsSync(join(DATA, "injection"));
