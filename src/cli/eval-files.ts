import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { DataError, parseJudgements, parseQueries, type Judged, type Query } from "../evaluate/index.ts";
import { type Args, type CliDeps, CommandError, EXIT, requireText } from "./command.ts";

/** Reads the file that a flag names. What cannot be read is told with the flag and the line. */
export async function readFlagFile<T>(flag: string, args: Args, deps: CliDeps, parse: (text: string) => T): Promise<T> {
  const path = requireText(args, flag);
  let text: string;
  try {
    text = await readFile(resolve(deps.cwd, path), "utf8");
  } catch {
    throw new CommandError(`--${flag}: ${path} cannot be read.`, EXIT.usage);
  }
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof DataError ? new CommandError(`--${flag}: ${path}, ${error.message}.`, EXIT.usage) : error;
  }
}

export type JudgedQueries = { readonly queries: readonly Query[]; readonly judgements: ReadonlyMap<string, Judged> };

/** `--queries` and `--qrels`. Queries that nobody judged are left out and counted. */
export async function readJudged(args: Args, deps: CliDeps): Promise<JudgedQueries & { readonly unjudged: number }> {
  const asked = await readFlagFile("queries", args, deps, parseQueries);
  const judgements = await readFlagFile("qrels", args, deps, parseJudgements);
  const queries = asked.filter(({ id }) => [...(judgements.get(id)?.values() ?? [])].some((grade) => grade > 0));
  if (queries.length === 0)
    throw new CommandError("No query of --queries has a relevant document in --qrels: do their ids agree?", EXIT.usage);
  return { queries, judgements, unjudged: asked.length - queries.length };
}

/** A list of whole numbers such as `1,5,10`. */
export function readCuts(args: Args, otherwise: readonly number[]): readonly number[] {
  const text = args.text("k");
  if (text === undefined) return otherwise;
  const cuts = text.split(",").map(Number);
  if (cuts.some((cut) => !Number.isInteger(cut) || cut < 1 || cut > 50))
    throw new CommandError("--k is a list of whole numbers from 1 to 50, such as 1,5,10.", EXIT.usage);
  return [...new Set(cuts)].toSorted((one, other) => one - other);
}

/** A whole number from 1 to `most`. */
export function readCount(args: Args, flag: string, otherwise: number, most: number): number {
  const text = args.text(flag);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new CommandError(`--${flag} is a whole number from 1 to ${String(most)}.`, EXIT.usage);
  return value;
}
