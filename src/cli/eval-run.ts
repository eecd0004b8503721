import { type Api, listAllAfter } from "./api.ts";
import { type Args, CommandError, EXIT } from "./command.ts";
import type { SearchOptions } from "./eval-search.ts";
import { createProgress } from "./progress.ts";
import { fieldOf, findText, textOf } from "./read.ts";
import type { Terminal } from "./terminal.ts";

export type FoundCollection = { readonly id: string; readonly settings: unknown };

/** By name or id. */
export async function findCollection(api: Api, name: string): Promise<FoundCollection> {
  const stores = await listAllAfter(api, "/v1/vector_stores");
  const store = stores.find((one) => findText(one, "name") === name) ?? stores.find((one) => findText(one, "id") === name);
  if (store === undefined) throw new CommandError(`There is no collection ${name}. Put documents into it with weir ingest.`);
  return { id: textOf(store, "id"), settings: fieldOf(store, "weir") };
}

/** How it is to be searched, as fields of the request. */
export function toModeOptions(args: Args): SearchOptions {
  const mode = args.text("mode") ?? "fast";
  if (mode !== "fast" && mode !== "quality") throw new CommandError("--mode is fast or quality.", EXIT.usage);
  return mode === "fast" ? {} : { weir: { mode } };
}

/** A bar where it can be redrawn; nothing elsewhere, where it would be a line for each question. */
export function showCount(terminal: Terminal, total: number): { step: () => void; end: () => void } {
  if (!terminal.redraws) return { step: () => undefined, end: () => undefined };
  const progress = createProgress(terminal, total);
  return { step: () => progress.step("", ""), end: () => progress.end() };
}
