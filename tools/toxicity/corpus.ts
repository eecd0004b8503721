import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readCsv } from "../../src/evaluate/redteam/csv.ts";
import { foldToxic, GROUP_WORD } from "../../src/guard/toxicity/fold-toxic.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { shuffle } from "../linear/shuffle.ts";
import { HARMLESS } from "./harmless.ts";

const DATA = join(import.meta.dirname, "../../../shared/data");

/** One case of HateCheck (https://github.com/paul-rottger/hatecheck-data, CC BY 4.0). */
export type HateCase = {
  readonly text: string;
  readonly isHateful: boolean;
  readonly functionality: string;
  readonly template: string;
  /** The template that it is a variation or a contrast of. */
  readonly ofTemplate: string;
};

export type Benign = { readonly source: string; readonly texts: readonly string[] };

export const HATECHECK = join(DATA, "toxicity", "test_suite_cases.csv");
export const hasData = (): boolean => existsSync(HATECHECK);

export const readHateCheck = (): readonly HateCase[] =>
  readCsv(readFileSync(HATECHECK, "utf8"), ["test_case", "label_gold", "functionality", "templ_id", "ref_templ_id"]).map((row) => ({
    text: (row["test_case"] ?? "").trim(),
    isHateful: row["label_gold"] === "hateful",
    functionality: row["functionality"] ?? "",
    template: row["templ_id"] ?? "",
    ofTemplate: row["ref_templ_id"] ?? "",
  }));

/**
 * Functionalities that are held out together: a fold is tested on sentences of a kind that its model never saw. Kinds that are made of
 * each other (the spellings) are in one fold.
 */
export const FOLDS: readonly (readonly string[])[] = [
  ["derog_neg_emote_h", "derog_neg_attrib_h", "target_obj_nh"],
  ["derog_dehum_h", "derog_impl_h", "counter_ref_nh"],
  ["threat_dir_h", "threat_norm_h", "ident_pos_nh"],
  ["slur_h", "slur_homonym_nh", "slur_reclaimed_nh"],
  ["profanity_h", "profanity_nh", "ident_neutral_nh"],
  ["ref_subs_clause_h", "ref_subs_sent_h", "counter_quote_nh"],
  ["negate_pos_h", "negate_neg_nh", "target_group_nh"],
  ["phrase_opinion_h", "phrase_question_h", "target_indiv_nh"],
  ["spell_char_del_h", "spell_char_swap_h", "spell_leet_h", "spell_space_add_h", "spell_space_del_h"],
];

/** What a fold's model may learn from: nothing of the fold's kinds, and nothing that is a variation of a sentence in it. */
export function splitFold(
  cases: readonly HateCase[],
  fold: readonly string[],
): { readonly train: readonly HateCase[]; readonly test: readonly HateCase[] } {
  const test = cases.filter(({ functionality }) => fold.includes(functionality));
  const templates = new Set(test.flatMap(({ template, ofTemplate }) => [template, ofTemplate]).filter((one) => one !== ""));
  const train = cases.filter(
    ({ functionality, template, ofTemplate }) => !fold.includes(functionality) && !templates.has(template) && !templates.has(ofTemplate),
  );
  return { train, test };
}

const TEXTS_MAX = 1500;
const sample = (texts: readonly string[], seed: number): readonly string[] =>
  shuffle([...new Set(texts.map((text) => text.trim()).filter((text) => text !== ""))], createSeededRandom(seed)).slice(0, TEXTS_MAX);
const read = (...path: readonly string[]): string => readFileSync(join(DATA, ...path), "utf8");
const sentences = (text: string): readonly string[] => text.match(/[A-Za-z][^.!?\n]{20,240}[.!?]/g) ?? [];
const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

function readQuestions(folder: string): readonly string[] {
  const path = join(DATA, "mcq", folder);
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => lines(read("mcq", folder, name)).map((line) => line.slice(0, 300)));
}

/** Sentences of exam questions that speak of a group of people. Every other subject is learned from, the others are tested on. */
function readAboutGroups(part: 0 | 1): Benign {
  const path = join(DATA, "routing", "routellm-mmlu", "responses");
  const tested = new Set(readdirSync(join(DATA, "mcq", "test")).map((name) => name.replace(/_test\.csv$/, "")));
  const subjects = readdirSync(path).toSorted();
  const texts = subjects.flatMap((name, at) => {
    const isTested = [...tested].some((subject) => name.includes(subject));
    if (at % 2 !== part || (part === 0 && isTested)) return [];
    return readCsv(readFileSync(join(path, name), "utf8"), ["prompt"]).flatMap((row) =>
      sentences((row["prompt"] ?? "").replaceAll("\n", " ")),
    );
  });
  const about = texts.filter((text) => foldToxic(text).includes(GROUP_WORD));
  return {
    source: `routing/routellm-mmlu, sentences about groups, ${part === 0 ? "even" : "odd"} subjects`,
    texts: sample(about, 13 + part),
  };
}

/** Ordinary texts to learn from. */
export function readBenignToLearn(): readonly Benign[] {
  const deepset: readonly { text: string; label: number }[] = lines(read("injection", "deepset", "train.jsonl")).map((line) =>
    JSON.parse(line),
  );
  const corpus = (name: string, seed: number): Benign => ({
    source: `retrieval/chunking-eval/${name}`,
    texts: sample(sentences(read("retrieval", "chunking-eval", "corpora", `${name}.md`)), seed),
  });
  return [
    {
      source: "finetune/banking77",
      texts: sample(
        readCsv(read("finetune", "banking77", "train.csv"), ["text"]).map((row) => row["text"] ?? ""),
        1,
      ),
    },
    {
      source: "injection/deepset (label 0)",
      texts: sample(
        deepset.filter(({ label }) => label === 0).map(({ text }) => text),
        2,
      ),
    },
    { source: "mcq/dev", texts: sample(readQuestions("dev"), 3) },
    corpus("wikitexts", 4),
    corpus("chatlogs", 5),
    corpus("pubmed", 10),
    corpus("finance", 11),
    readAboutGroups(0),
    { source: "none: own sentences, tools/toxicity/harmless.ts", texts: sample(HARMLESS, 6) },
  ];
}

/** Ordinary texts that no model learns from, those with violent or delicate words among them. */
export function readBenignToTest(): readonly Benign[] {
  const wildguard: readonly { prompt: string; label: number }[] = JSON.parse(read("injection", "notinject", "wildguard.json"));
  const notInject: readonly { prompt: string }[] = JSON.parse(read("injection", "notinject", "NotInject_one.json"));
  const xstest = readCsv(read("injection", "xstest", "xstest_prompts.csv"), ["label", "prompt"]);
  const mtbench = lines(read("routing", "mtbench", "question.jsonl")).flatMap((line): readonly string[] => JSON.parse(line).turns);
  const documentation: readonly { chunk_heading?: string; text?: string }[] = JSON.parse(
    read("retrieval", "anthropic-docs", "anthropic_docs.json"),
  );
  const state = read("retrieval", "chunking-eval", "corpora", "state_of_the_union.md");
  return [
    {
      source: "finetune/banking77, test",
      texts: sample(
        readCsv(read("finetune", "banking77", "test.csv"), ["text"]).map((row) => row["text"] ?? ""),
        7,
      ),
    },
    { source: "injection/notinject", texts: notInject.map(({ prompt }) => prompt) },
    { source: "injection/notinject/wildguard", texts: wildguard.map(({ prompt }) => prompt) },
    { source: "injection/xstest, safe", texts: xstest.filter((row) => row["label"] === "safe").map((row) => row["prompt"] ?? "") },
    { source: "routing/mtbench", texts: mtbench },
    readAboutGroups(1),
    { source: "mcq/test", texts: sample(readQuestions("test"), 8) },
    { source: "retrieval/chunking-eval/state_of_the_union", texts: sample(sentences(state), 9) },
    {
      source: "retrieval/anthropic-docs",
      texts: sample(
        documentation.flatMap(({ text }) => sentences(text ?? "")),
        12,
      ),
    },
  ];
}
