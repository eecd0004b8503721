import { type Api, ApiError, listAllAfter, pathOf } from "./api.ts";
import { type CliDeps, CommandError, EXIT } from "./command.ts";
import { waitForIndex } from "./ingest-document.ts";
import { createProgress } from "./progress.ts";
import { textOf } from "./read.ts";
import { printable } from "./terminal.ts";

/** Tries every file of a collection again that has failed, one after the other. */
export async function retryFailed(api: Api, collection: string, deps: CliDeps): Promise<number> {
  const files = pathOf("v1", "vector_stores", collection, "files");
  const failed = (await listAllAfter(api, files, { filter: "failed" })).map((file) => textOf(file, "id"));
  const progress = createProgress(deps.terminal, failed.length);
  const still: string[] = [];
  try {
    for (const id of failed) {
      deps.signal.throwIfAborted();
      const reason = await retryOne(api, `${files}/${encodeURIComponent(id)}`, deps);
      const name = await nameOf(api, id);
      if (reason !== undefined) still.push(`${name}: ${reason}`);
      progress.step(name, reason === undefined ? "completed" : `failed: ${reason}`);
    }
  } finally {
    progress.end();
  }
  for (const line of still) deps.terminal.err(`failed: ${printable(line)}\n`);
  deps.terminal.out(`Collection ${collection}: ${failed.length - still.length} completed, ${still.length} failed again.\n`);
  return still.length === 0 ? EXIT.done : EXIT.failed;
}

/** `report.pdf (file-…)`: several files may have one name. The id alone where somebody has just deleted it. */
async function nameOf(api: Api, id: string): Promise<string> {
  try {
    return `${textOf(await api.get(pathOf("v1", "files", id)), "filename")} (${id})`;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return id;
    throw error;
  }
}

/** Why it has failed again; undefined: it is completed. */
async function retryOne(api: Api, path: string, deps: CliDeps): Promise<string | undefined> {
  try {
    await api.post(`${path}/retry`, {});
    await waitForIndex(api, path, deps);
    return undefined;
  } catch (error) {
    // Somebody else has tried it, or taken it out.
    if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return undefined;
    if (!(error instanceof CommandError)) throw error;
    return error.message;
  }
}
