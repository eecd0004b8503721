import { unitVector } from "../domain/unit-vector.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { EmbedQuery, NearSearch } from "../retrieve/index.ts";
import type { Database } from "../store/index.ts";
import type { Generation } from "../store/vector-generations.ts";
import { sampleTexts, searchVectors, type VectorAsk, type VectorHit } from "../store/vectors.ts";
import type { Compare } from "./reembed.ts";

/** Questions that both are asked: the first sentence of chunks all over the collection, whose own chunk is a good answer. */
const QUESTIONS = 50;
const BEST = 10;
const QUESTION_CHARS_MAX = 200;
/** Models are asked this often at most while somebody waits. */
const EMBED_MS_MAX = 30_000;

export type CompareDeps = {
  readonly db: Database;
  readonly clock: Pick<Clock, "monotonicMs" | "nowMs">;
  readonly embedQuery: EmbedQuery;
  readonly near: NearSearch;
};

/** Recall of the candidate's own index against an exact search, what both agree on, and how long each takes, the question's vector not counted. */
export function createCompare({ db, clock, embedQuery, near }: CompareDeps): Compare {
  type At = { readonly tenantId: TenantId; readonly collectionId: CollectionId };

  async function vectorOf(tenantId: TenantId, { model, space, dimensions }: Generation, text: string): Promise<Float32Array> {
    const made = await embedQuery(tenantId, model, text, AbortSignal.timeout(EMBED_MS_MAX));
    const vector = made.space === space ? unitVector(made.vector) : undefined;
    if (vector?.length === dimensions && vector !== undefined) return vector;
    throw new Fault("conflict", { say: `The model ${model} makes other vectors now than those that are stored.` });
  }

  const askOf = (at: At, { generation }: Generation, vector: Float32Array): VectorAsk => ({
    ...at,
    generation,
    vector,
    visible: { kind: "hidden", ranges: [] },
    limit: BEST,
  });

  async function ask(at: At, generation: Generation, text: string) {
    const vector = await vectorOf(at.tenantId, generation, text);
    const startedMs = clock.monotonicMs();
    const found = await near(askOf(at, generation, vector), generation);
    return { vector, found, tookMs: clock.monotonicMs() - startedMs };
  }

  return async (at, serving, candidate) => {
    const texts = (await sampleTexts(db, at.tenantId, at.collectionId, QUESTIONS)).map(toQuestion);
    if (texts.length === 0) throw new Fault("conflict", { say: "The collection holds nothing that could be asked for." });
    let [recall, overlap] = [0, 0];
    const took = { candidate: [] as number[], serving: [] as number[] };
    for (const text of texts) {
      const theirs = await ask(at, serving, text);
      const own = await ask(at, candidate, text);
      const exact = candidate.graph ? await searchVectors(db, askOf(at, candidate, own.vector), "exact") : own.found;
      recall += shareIn(exact, own.found);
      overlap += shareIn(theirs.found, own.found);
      took.serving.push(theirs.tookMs);
      took.candidate.push(own.tookMs);
    }
    return {
      at: new Date(clock.nowMs()).toISOString(),
      questions: texts.length,
      recall: round(recall / texts.length),
      overlap: round(overlap / texts.length),
      latencyMs: { candidate: round(medianOf(took.candidate)), serving: round(medianOf(took.serving)) },
    };
  };
}

function shareIn(wanted: readonly VectorHit[], found: readonly VectorHit[]): number {
  const there = new Set(found.map(({ no }) => no));
  return wanted.length === 0 ? 1 : wanted.filter(({ no }) => there.has(no)).length / wanted.length;
}

const toQuestion = (text: string): string => (/^.{20,}?[.!?。](?=\s|$)/su.exec(text)?.[0] ?? text).slice(0, QUESTION_CHARS_MAX);
const round = (value: number): number => Math.round(value * 1000) / 1000;
const medianOf = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
