import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCsv } from "./csv.ts";
import { fieldOf, findText, parseJson } from "./json-field.ts";

/** A published collection, each text as it stands. */
export type Corpus = {
  readonly name: string;
  readonly kind: "attack" | "control";
  /** `tool-result`: what a tool brings, not what a user says. */
  readonly as: "user" | "tool-result";
  readonly texts: readonly string[];
};

export type CorporaRead = { readonly corpora: readonly Corpus[]; /** Files that are not there. */ readonly missing: readonly string[] };

type Source = Omit<Corpus, "texts"> & { readonly file: string; readonly read: (text: string) => readonly unknown[] };

const lines = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseJson);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
const labelled = (rows: readonly unknown[], label: number): unknown[] => rows.filter((row) => fieldOf(row, "label") === label);
const prompts = (text: string): unknown[] => list(parseJson(text)).map((row) => findText(row, "prompt"));
const byCategory = (text: string): unknown[] => Object.values(parseJson(text) ?? {}).flatMap(list);

/** The files of `--data`, in the forms in which they are published. */
const SOURCES: readonly Source[] = [
  {
    name: "deepset",
    kind: "attack",
    as: "user",
    file: "deepset/train.jsonl",
    read: (text) => labelled(lines(text), 1).map((row) => findText(row, "text")),
  },
  {
    name: "deepset-benign",
    kind: "control",
    as: "user",
    file: "deepset/train.jsonl",
    read: (text) => labelled(lines(text), 0).map((row) => findText(row, "text")),
  },
  {
    name: "jailbreak-wild",
    kind: "attack",
    as: "user",
    file: "jailbreak/inthewild_jailbreak_llms.json",
    read: (text) => list(parseJson(text)),
  },
  {
    name: "jailbreak-itw",
    kind: "attack",
    as: "user",
    file: "jailbreak/jailbreak_prompts_itw.csv",
    read: (text) => readCsv(text).map((row) => row["prompt"]),
  },
  { name: "bipia", kind: "attack", as: "tool-result", file: "bipia/text_attack_train.json", read: byCategory },
  {
    name: "bipia-mail",
    kind: "control",
    as: "tool-result",
    file: "bipia/email-train.jsonl",
    read: (text) => lines(text).map((row) => findText(row, "context")),
  },
  { name: "notinject", kind: "control", as: "user", file: "notinject/NotInject_one.json", read: prompts },
  { name: "wildguard", kind: "control", as: "user", file: "notinject/wildguard.json", read: prompts },
  {
    name: "xstest",
    kind: "control",
    as: "user",
    file: "xstest/xstest_prompts.csv",
    read: (text) => readCsv(text).flatMap((row) => (row["label"] === "safe" ? [row["prompt"]] : [])),
  },
];

/** Reads whatever of the known files is in the folder. What is missing is named, not passed over. */
export async function readCorpora(folder: string): Promise<CorporaRead> {
  const corpora: Corpus[] = [];
  const missing = new Set<string>();
  for (const { file, read, ...source } of SOURCES) {
    const text = await readFile(join(folder, file), "utf8").catch(() => undefined);
    const texts = text === undefined ? [] : read(text).filter((each): each is string => typeof each === "string" && each.trim() !== "");
    if (texts.length === 0) missing.add(file);
    else corpora.push({ ...source, texts: [...new Set(texts)] });
  }
  return { corpora, missing: [...missing] };
}
