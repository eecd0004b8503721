import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Example, Span } from "./fill.ts";

/** Where the public data for development lies; not part of the project. */
const SHARED = resolve(import.meta.dirname, "../../../shared/data");
export const hasSharedData = (): boolean => existsSync(SHARED);

const read = (...path: readonly string[]): string => readFileSync(join(SHARED, ...path), "utf8");
const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line.trim() !== "");

export type Labelled = Example & { readonly template: number };

const LABELS: Readonly<Record<string, number>> = { PERSON: 1, LOCATION: 2, ORGANIZATION: 3, ADDRESS: 4 };

type Raw = {
  readonly full_text: string;
  readonly template_id: number;
  readonly spans: readonly { readonly entity_type: string; readonly start_position: number; readonly end_position: number }[];
};

function readRaw(file: string): readonly Raw[] {
  return JSON.parse(read("pii", file));
}

/** The labelled sentences with their template. Titles alone ("Mr.") are labelled as persons there; they name nobody and are left out. */
export function readLabelled(): readonly Labelled[] {
  return ["generated_large.json", "generated_small.json"].flatMap((file) =>
    readRaw(file).map((raw) => {
      const spans: Span[] = [];
      for (const { entity_type: type, start_position: start, end_position: end } of raw.spans) {
        const label = LABELS[type];
        if (label !== undefined && !/^(?:mr|mrs|ms|miss|dr)\.?$/iu.test(raw.full_text.slice(start, end))) spans.push({ start, end, label });
      }
      return { text: raw.full_text, template: raw.template_id, spans: spans.toSorted((one, other) => one.start - other.start) };
    }),
  );
}

/** Half of the templates, chosen by a hash of their number. */
export const isTrainingTemplate = (template: number): boolean => ((Math.imul(template + 1, 0x9e3779b1) >>> 16) & 1) === 0;

/** The first column of a CSV file whose first column may be quoted. */
function firstColumn(text: string): readonly string[] {
  return [...text.matchAll(/^(?:"((?:[^"]|"")*)"|([^,\n]*)),[^\n]*$/gmu)].map((row) =>
    (row[1]?.replaceAll('""', '"') ?? row[2] ?? "").trim(),
  );
}

type Row = { readonly text: string; readonly turns: readonly string[]; readonly prompt: string };

function jsonLines(...path: readonly string[]): readonly Row[] {
  return lines(read(...path)).map((line): Row => JSON.parse(line));
}

function prompts(file: string): readonly string[] {
  const rows: readonly Row[] = JSON.parse(read("injection/notinject", file));
  return rows.map((row) => row.prompt);
}

/** Sets of ordinary texts to count false alarms in. Those of `named` hold names of real persons and places, and are told apart. */
export function readOrdinary(): readonly { readonly name: string; readonly named: boolean; readonly texts: readonly string[] }[] {
  return [
    { name: "banking77 test", named: false, texts: firstColumn(read("finetune/banking77/test.csv")).slice(1) },
    { name: "cranfield queries", named: false, texts: jsonLines("retrieval/cranfield/queries.jsonl").map((row) => row.text) },
    { name: "notinject", named: true, texts: prompts("NotInject_one.json") },
    { name: "wildguard benign", named: true, texts: prompts("wildguard.json").filter((_, at) => at % 2 === 0) },
    { name: "mtbench", named: true, texts: jsonLines("routing/mtbench/question.jsonl").flatMap((row) => row.turns) },
    ...readdirSync(join(SHARED, "mcq/test"))
      .toSorted()
      .map((file) => ({
        name: `mmlu ${file.replace("_test.csv", "").replaceAll("_", " ")}`,
        named: true,
        texts: firstColumn(read("mcq/test", file)),
      })),
  ];
}

/** Ordinary texts to learn from: none is among those of `readOrdinary`. */
export function readOrdinaryTraining(): { readonly clean: readonly string[]; readonly named: readonly string[] } {
  const chunking = join(SHARED, "retrieval/chunking-eval");
  const long = readdirSync(chunking, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.(?:md|txt)$/u.test(name) && !/LICENSE|SOURCE/u.test(name),
  );
  return {
    clean: [
      ...firstColumn(read("finetune/banking77/train.csv")).slice(1),
      ...jsonLines("retrieval/cranfield/corpus.jsonl").map((row) => row.text),
    ],
    named: [
      ...prompts("wildguard.json").filter((_, at) => at % 2 === 1),
      ...jsonLines("injection/deepset/train.jsonl")
        .filter((_, at) => at % 2 === 1)
        .map((row) => row.text),
      ...readdirSync(join(SHARED, "mcq/dev")).flatMap((file) => firstColumn(read("mcq/dev", file))),
      ...long.map((name) => readFileSync(join(chunking, name), "utf8").slice(0, 400_000)),
    ],
  };
}
