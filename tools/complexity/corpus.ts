/** What the scorer of complexity is fitted to and measured on. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readCsv } from "../../src/evaluate/redteam/csv.ts";
import { featuresOf } from "../../src/route/complexity/features.ts";
import { readText } from "../../src/route/complexity/read.ts";

export const DATA = resolve(import.meta.dirname, "../../../shared/data");
const MMLU = join(DATA, "routing/routellm-mmlu");
const MTBENCH = join(DATA, "routing/mtbench/question.jsonl");
const GRADED = join(import.meta.dirname, "graded.txt");

export const hasData = (): boolean => existsSync(MMLU) && existsSync(MTBENCH);

export type Question = {
  readonly subject: string;
  readonly text: string;
  readonly features: Float64Array;
  /** Whether each model answered right, 0 or 1. */
  readonly weak: number;
  readonly strong: number;
};

/** 14,042 questions of MMLU with what Mixtral 8x7B and GPT-4 made of them. */
export function readQuestions(): Question[] {
  const folder = join(MMLU, "responses");
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) =>
      readCsv(readFileSync(join(folder, file), "utf8")).map((row) => {
        // The form of the harness, which no user writes.
        const text = (row["prompt"] ?? "").replace(/\nAnswer:$/, "");
        return {
          subject: file.replace(/^mmlu_|\.csv$/g, ""),
          text,
          features: featuresOf(readText(text)),
          weak: row["mistralai/Mixtral-8x7B-Instruct-v0.1"] === "True" ? 1 : 0,
          strong: row["gpt-4-1106-preview"] === "True" ? 1 : 0,
        };
      }),
    );
}

export const readMmluSource = (): string[] => readFileSync(join(MMLU, "SOURCE.txt"), "utf8").trim().split("\n").slice(0, 3);

export type Graded = { /** 0 to 4. */ readonly grade: number; readonly text: string; readonly features: Float64Array };

/** Requests of our own in eleven languages. */
export function readGraded(): Graded[] {
  return readFileSync(GRADED, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [grade, written = ""] = line.split("\t");
      const text = written.replaceAll("\\n", "\n");
      return { grade: Number(grade), text, features: featuresOf(readText(text)) };
    });
}

export type FreeForm = { readonly category: string; readonly text: string };

/** The first turns of MT-bench: nothing is fitted to them. */
export function readMtBench(): FreeForm[] {
  return readFileSync(MTBENCH, "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const question: { category: string; turns: string[] } = JSON.parse(line);
      return { category: question.category, text: question.turns[0] ?? "" };
    });
}

/** Texts as people send them, by source: what a new tenant's ranks are compared with. */
export function readOrdinary(): ReadonlyMap<string, readonly string[]> {
  const wildguard: { prompt: string }[] = JSON.parse(readFileSync(join(DATA, "injection/notinject/wildguard.json"), "utf8"));
  const banking = readCsv(readFileSync(join(DATA, "finetune/banking77/test.csv"), "utf8"));
  return new Map([
    ["injection/notinject/wildguard.json", wildguard.map(({ prompt }) => prompt)],
    ["finetune/banking77/test.csv", banking.map((row) => row["text"] ?? "")],
    ["routing/mtbench", readMtBench().map(({ text }) => text)],
    ["tools/complexity/graded.txt", readGraded().map(({ text }) => text)],
  ]);
}
