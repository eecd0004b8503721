import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import { type Api, listAllAfter, pathOf } from "./api.ts";
import { type CliDeps, CommandError } from "./command.ts";
import type { Document } from "./find-documents.ts";
import { fieldOf, findText, textOf } from "./read.ts";

/** What became of one document. */
export type Outcome =
  | { readonly kind: "unchanged"; readonly name: string }
  | {
      readonly kind: "added" | "replaced";
      readonly name: string;
      /** What looks like an attack in it, in words. */ readonly warning?: string | undefined;
    }
  | { readonly kind: "failed"; readonly name: string; readonly reason: string };

/** A file that an earlier run put into the collection for the same document: the whole one, and those of runs that failed. */
export type Earlier = { readonly fileId: string; readonly sha256: string; readonly completed: boolean };

/** OpenAI's limit for one attribute; a longer path is not remembered, and such a document is added each time. */
const ATTRIBUTE_CHARS_MAX = 512;
const POLL_FIRST_MS = 50;
const POLL_LAST_MS = 1000;
/** A document takes seconds; after ten minutes its indexing has stopped. */
const INDEXING_MS_MAX = 600_000;

export async function readEarlier(api: Api, collectionId: string): Promise<ReadonlyMap<string, readonly Earlier[]>> {
  const earlier = new Map<string, Earlier[]>();
  for (const file of await listAllAfter(api, pathOf("v1", "vector_stores", collectionId, "files"))) {
    const attributes = fieldOf(file, "attributes");
    const path = findText(attributes, "path");
    const sha256 = findText(attributes, "sha256");
    const fileId = findText(file, "id");
    if (path === undefined || sha256 === undefined || fileId === undefined) continue;
    const copy: Earlier = { fileId, sha256, completed: findText(file, "status") === "completed" };
    earlier.set(path, [...(earlier.get(path) ?? []), copy]);
  }
  return earlier;
}

type Job = { readonly api: Api; readonly collectionId: string; readonly earlier: readonly Earlier[]; readonly document: Document };

/** Uploads, indexes and waits. An unchanged document is left alone; a changed one replaces what an earlier run put there, once it can be found. */
export async function ingestDocument(job: Job, deps: CliDeps): Promise<Outcome> {
  const { api, collectionId, earlier, document } = job;
  const name = document.filename;
  try {
    const bytes = await readDocument(document.path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (earlier.some((copy) => copy.completed && copy.sha256 === sha256)) return { kind: "unchanged", name };
    const fileId = await upload(api, name, bytes);
    const attributes = document.identity.length <= ATTRIBUTE_CHARS_MAX ? { path: document.identity, sha256 } : {};
    const files = pathOf("v1", "vector_stores", collectionId, "files");
    await api.post(files, { file_id: fileId, attributes });
    const warning = await waitForIndex(api, `${files}/${encodeURIComponent(fileId)}`, deps);
    for (const copy of earlier) {
      await api.delete(`${files}/${encodeURIComponent(copy.fileId)}`);
      await api.delete(pathOf("v1", "files", copy.fileId));
    }
    return { kind: earlier.length === 0 ? "added" : "replaced", name, warning };
  } catch (error) {
    // What concerns this document is told at the end; anything else ends the run.
    if (error instanceof CommandError) return { kind: "failed", name, reason: error.message };
    throw error;
  }
}

async function readDocument(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new CommandError(`is larger than ${String(FILE_BYTES_MAX / 1024 / 1024)} MiB.`);
    if (size === 0) throw new CommandError("is empty.");
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError("cannot be read.");
  }
}

async function upload(api: Api, filename: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const form = new FormData();
  form.append("purpose", "user_data");
  form.append("file", new Blob([bytes]), filename);
  return textOf(await api.upload("/v1/files", form), "id");
}

/** Returns what is to be told of a file that was indexed. */
export async function waitForIndex(api: Api, path: string, deps: CliDeps): Promise<string | undefined> {
  const startedMs = deps.clock.monotonicMs();
  for (let delayMs = POLL_FIRST_MS; ; delayMs = Math.min(delayMs * 1.5, POLL_LAST_MS)) {
    const file = await api.get(path);
    const status = textOf(file, "status");
    if (status === "completed") return toWarning(fieldOf(file, "weir"));
    if (status !== "in_progress")
      throw new CommandError(findText(fieldOf(file, "last_error"), "message") ?? `its indexing ended as ${status}.`);
    if (deps.clock.monotonicMs() - startedMs > INDEXING_MS_MAX) throw new CommandError("was not indexed within ten minutes.");
    await deps.wait(delayMs);
  }
}

/** `2 chunks look like instructions to the model, or like no text (p. 3, p. 4): 1 quarantined, 1 flagged`. */
function toWarning(found: unknown): string | undefined {
  const [quarantined, flagged] = ["quarantined", "flagged"].map((name) => Number(fieldOf(found, name) ?? 0));
  const sum = (quarantined ?? 0) + (flagged ?? 0);
  if (sum === 0 || quarantined === undefined || flagged === undefined) return undefined;
  const places = fieldOf(found, "places");
  const where = Array.isArray(places) && places.length > 0 ? ` (${places.join(", ")})` : "";
  const counts = [quarantined > 0 ? `${quarantined} quarantined` : "", flagged > 0 ? `${flagged} flagged` : ""].filter(
    (each) => each !== "",
  );
  return `${sum} ${sum === 1 ? "chunk looks" : "chunks look"} like instructions to the model, or like no text${where}: ${counts.join(", ")}`;
}
