import { useQueries, useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import { filePath, type Chunk, type ChunkPage } from "./types.ts";

/** Chunks of one request: some screens full, some ten kilobytes. */
export const CHUNKS_PER_PAGE = 100;

const pageOf = (store: string, file: string, page: number) => ({
  queryKey: [`${filePath(store, file)}/chunks`, "page", page],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    get<ChunkPage>(`${filePath(store, file)}/chunks`, { from: page * CHUNKS_PER_PAGE, limit: CHUNKS_PER_PAGE }, signal),
  staleTime: 60_000,
});

/** The first page, which tells how many chunks there are. */
export const useFirstChunks = (store: string, file: string) => useQuery(pageOf(store, file, 0));

export type ChunkAt = { readonly state: "here"; readonly chunk: Chunk } | { readonly state: "coming" } | { readonly state: "deleted" };

/** Chunks by their index, as far as the pages that show `indexes` are here. */
export function useChunks(store: string, file: string, indexes: readonly number[]): (index: number) => ChunkAt {
  const pages = [...new Set(indexes.map((index) => Math.floor(index / CHUNKS_PER_PAGE)))];
  const asked = useQueries({ queries: pages.map((page) => pageOf(store, file, page)) });
  const here = new Map<number, Chunk>();
  const loaded = new Set<number>();
  for (const [at, { data }] of asked.entries()) {
    if (data === undefined) continue;
    loaded.add(pages[at] ?? -1);
    for (const chunk of data.data) here.set(chunk.index, chunk);
  }
  return (index) => {
    const chunk = here.get(index);
    if (chunk !== undefined) return { state: "here", chunk };
    return { state: loaded.has(Math.floor(index / CHUNKS_PER_PAGE)) ? "deleted" : "coming" };
  };
}

/** What the address asks for: a chunk by its id, or the one that holds a character. */
export type Place = { readonly chunk: string | undefined; readonly start: number | undefined; readonly end: number | undefined };

/** The index of the chunk that is asked for; undefined: none is, or it is not there. */
export function usePlace(store: string, file: string, { chunk, start }: Place) {
  const by = chunk === undefined ? { at: start } : { chunk };
  return useQuery({
    queryKey: [`${filePath(store, file)}/chunks`, "place", by],
    enabled: chunk !== undefined || start !== undefined,
    queryFn: async ({ signal }) =>
      (await get<ChunkPage>(`${filePath(store, file)}/chunks`, { ...by, limit: 1 }, signal)).data[0]?.index ?? null,
  });
}
