import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestSignals } from "../../src/guard/attack/digest.ts";
import { SETTINGS } from "./fit.ts";
import { DATA, type Source } from "./sources.ts";

const fields = (text: string, name: string): readonly string[] =>
  Array.from(text.matchAll(new RegExp(`^${name}: ([^\\n]+)`, "gm")), (match) => match[1]?.trim() ?? "");

/** Where a folder comes from, as its SOURCE.txt says. */
function readOrigin(folder: string): Readonly<Record<string, unknown>> {
  const path = join(DATA, folder, "SOURCE.txt");
  if (!existsSync(path)) return { folder };
  const text = readFileSync(path, "utf8");
  // A commit is named with its day; the day is no part of what it is.
  const commits = fields(text, "commit").map((commit) => commit.split(" ")[0] ?? "");
  return { folder, repositories: fields(text, "repo"), commits, licences: fields(text, "licence") };
}

/** Everything that makes the file what it is; no date, so that the same data gives the same bytes. */
export function describeProvenance(corpus: readonly Source[]): Readonly<Record<string, unknown>> {
  return {
    madeBy: "bun tools/train-injection.ts",
    signals: digestSignals(),
    settings: SETTINGS,
    sources: corpus.map(({ name, nature, folder, texts }) => ({ name, nature, folder, texts: texts.length })),
    origins: [...new Set(corpus.map(({ folder }) => folder))].map(readOrigin),
  };
}
