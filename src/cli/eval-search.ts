import type { Judged } from "../evaluate/index.ts";
import type { Api } from "./api.ts";
import { pathOf } from "./api.ts";
import { fieldOf, findText, listOf, textOf } from "./read.ts";

/** As many passages as one search gives: several of them may be of one document. */
const PASSAGES = 50;

/** Fields of a search beside its words. */
export type SearchOptions = Readonly<Record<string, unknown>>;

/** A search of a collection over the public API, as passages, best first. */
export type SearchPassages = (query: string, limit?: number, options?: SearchOptions) => Promise<readonly unknown[]>;

export const createSearch =
  (api: Api, collectionId: string): SearchPassages =>
  async (query, limit = PASSAGES, options = {}) =>
    listOf(await api.post(`${pathOf("v1", "vector_stores", collectionId)}/search`, { query, max_num_results: limit, ...options }), "data");

/** Every document that some judgement names. */
export function namesOf(judgements: ReadonlyMap<string, Judged>): ReadonlySet<string> {
  return new Set([...judgements.values()].flatMap((judged) => [...judged.keys()]));
}

/**
 * The name that judgements know a passage's document by: its attribute `id`, its file's name, that without its ending or its folders, or its
 * file id. What none of them names keeps its file's name.
 */
export function documentOf(passage: unknown, known: ReadonlySet<string>): string {
  const filename = textOf(passage, "filename");
  const base = filename.replace(/^.*[/\\]/, "");
  const names = [
    findText(fieldOf(passage, "attributes"), "id") ?? "",
    filename,
    withoutEnding(filename),
    base,
    withoutEnding(base),
    findText(passage, "file_id") ?? "",
  ];
  return names.find((name) => known.has(name)) ?? filename;
}

export const withoutEnding = (filename: string): string => filename.replace(/\.[a-z0-9]{1,10}$/i, "");

/** All text of a passage. */
export const passageText = (passage: unknown): string =>
  listOf(passage, "content")
    .map((part) => findText(part, "text") ?? "")
    .join("\n");
