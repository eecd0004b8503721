import type { Query } from "./data.ts";
import type { Ranking } from "./score.ts";

/** Documents that a search found, best first. One that comes twice (by two passages) counts where it came first. */
export type Search = (query: string) => Promise<readonly string[]>;

export type RunDeps = {
  readonly search: Search;
  readonly monotonicMs: () => number;
  /** Told of each query that is done. */
  readonly done: () => void;
};

/** Asks every query, a few at a time, and keeps their order. The first failure ends the run. */
export async function rankAll(
  { search, monotonicMs, done }: RunDeps,
  queries: readonly Query[],
  atOnce: number,
): Promise<readonly Ranking[]> {
  const rankings: Ranking[] = [];
  let failed = false;
  const entries = queries.entries();
  const work = async (): Promise<void> => {
    for (const [at, query] of entries) {
      if (failed) return;
      const startedMs = monotonicMs();
      try {
        const ranked = [...new Set(await search(query.text))];
        rankings[at] = { query, ranked, latencyMs: monotonicMs() - startedMs };
      } catch (error) {
        failed = true;
        throw error;
      }
      done();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
  return rankings;
}
