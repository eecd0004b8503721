import { unitVector } from "../domain/unit-vector.ts";
import type { Clock } from "../kernel/clock.ts";
import { sha256Hex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import { createSingleFlight } from "../kernel/single-flight.ts";
import type { Scored } from "./bm25.ts";
import type { CollectionView, PassageIndex, SearchedGeneration } from "./passage-index.ts";

/** The vector of a question, on the path of every call. Throws a Fault. */
export type EmbedQuery = (
  tenantId: TenantId,
  model: string,
  text: string,
  signal: AbortSignal,
) => Promise<{ readonly vector: readonly number[] | Float32Array; readonly space: string }>;

/** Why a search went without vectors: a fixed word for a metric. */
export type WhyDegraded = "embedding-failed" | "embedding-slow" | "vector-unfit" | "search-failed";

export type DenseDeps = {
  readonly index: PassageIndex;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly embedQuery: EmbedQuery;
  /** Told of each search that went by words alone though there are vectors. */
  readonly degraded: (why: WhyDegraded, error?: unknown) => void;
  /** Aborts after so long. Tests hand in one that waits for nothing. */
  readonly timeout?: (afterMs: number) => AbortSignal;
};

/** Whoever asks waits for it, so a model that takes longer is left out of the search. A local one takes 20 ms, a commercial one 100 to 300. */
const EMBED_MS_MAX = 2_000;
/** The same question comes again at once (a second page, a client's repeat, several collections); hours later it costs one call more. */
const KEPT_MS = 300_000;
/** Some megabytes of vectors. */
const KEPT_MAX = 1_000;

export type Dense = {
  /** Which vectors answer this question. undefined: there are none. */
  choose(view: CollectionView, query: string): Promise<SearchedGeneration | undefined>;
  /** undefined: it could not be done now, which was told. */
  find(view: CollectionView, generation: SearchedGeneration, query: string, limit: number): Promise<readonly Scored[] | undefined>;
};

/** Search by meaning: a question's vector, then what is nearest to it. Whatever fails here leaves the search by words. */
export function createDense(deps: DenseDeps): Dense {
  const { index, degraded } = deps;
  const vectorOf = createQueryVectors(deps);

  async function embed(view: CollectionView, generation: SearchedGeneration, query: string): Promise<Float32Array | undefined> {
    const signal = (deps.timeout ?? AbortSignal.timeout.bind(AbortSignal))(EMBED_MS_MAX);
    try {
      const vector = await vectorOf(view.ask.tenantId, generation, query, signal);
      if (vector !== undefined && vector.length === generation.dimensions) return vector;
      degraded("vector-unfit");
    } catch (error) {
      degraded(signal.aborted ? "embedding-slow" : "embedding-failed", error);
    }
    return undefined;
  }

  return {
    async choose(view, query) {
      if (view.settings.embedding === null) return undefined;
      const found = await index.generations(view);
      const candidate = found.find(({ serving, share }) => !serving && share > 0 && share > bucketOf(view, query));
      return candidate ?? found.find(({ serving }) => serving);
    },
    async find(view, generation, query, limit) {
      const vector = await embed(view, generation, query);
      if (vector === undefined) return undefined;
      try {
        return await index.dense(view, generation, vector, limit);
      } catch (error) {
        degraded("search-failed", error);
        return undefined;
      }
    },
  };
}

/** 0 to 99, the same for the same question in the same collection. */
const bucketOf = (view: CollectionView, query: string): number => Number.parseInt(sha256Hex(`${view.id} ${query}`).slice(0, 8), 16) % 100;

/** Vectors of questions, kept for a short while. undefined: not of the generation's space, or without a direction. */
function createQueryVectors({ embedQuery, clock }: DenseDeps) {
  const flight = createSingleFlight<Float32Array | undefined>();
  const kept = new Map<string, { readonly vector: Float32Array; readonly untilMs: number }>();

  async function make(tenantId: TenantId, { model, space }: SearchedGeneration, query: string, signal: AbortSignal, key: string) {
    const made = await withAbort(embedQuery(tenantId, model, query, signal), signal);
    const vector = made.space === space ? unitVector(made.vector) : undefined;
    if (vector === undefined) return undefined;
    kept.set(key, { vector, untilMs: clock.monotonicMs() + KEPT_MS });
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    return vector;
  }

  return async (
    tenantId: TenantId,
    generation: SearchedGeneration,
    query: string,
    signal: AbortSignal,
  ): Promise<Float32Array | undefined> => {
    const key = sha256Hex(JSON.stringify([tenantId, generation.model, generation.space, query]));
    const known = kept.get(key);
    if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.vector;
    kept.delete(key);
    return await flight(key, () => make(tenantId, generation, query, signal, key));
  };
}

/** Whoever embeds may be slow to notice that it is too late. */
async function withAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const tooLate = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error("it took too long"));
    signal.addEventListener("abort", tooLate, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", tooLate));
    if (signal.aborted) tooLate();
  });
}
