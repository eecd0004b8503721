import type { CollectionSettings } from "../domain/collection.ts";
import { terms, termId, type EmbedQuery } from "../retrieve/index.ts";
import type { Embedding } from "./embed.ts";

/**
 * For tests: a vector that is nearer to another one the more words and pieces of words the two texts share. `seed` stands for the model: another one's
 * vectors lie elsewhere.
 */
export function testVector(text: string, dimensions = 64, seed = 1): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  const add = (feature: string, weight: number): void => {
    const hash = termId(`${seed} ${feature}`);
    const at = hash % dimensions;
    vector[at] = (vector[at] ?? 0) + (Math.floor(hash / dimensions) % 2 === 0 ? weight : -weight);
  };
  for (const term of terms(text)) {
    add(term, 1);
    for (let at = 0; at + 4 <= term.length; at++) add(`#${term.slice(at, at + 4)}`, 0.4);
  }
  return vector.some((value) => value !== 0) ? vector : vector.with(0, 1);
}

export type TestEmbedding = Embedding & {
  readonly embedQuery: EmbedQuery;
  /** Texts of each call, in order. */
  readonly asked: (readonly string[])[];
  /** What becomes of an answer before it is given: a fault is thrown here. */
  twist: (vectors: number[][], model: string) => readonly (readonly number[])[];
  /** The model of the configuration. */
  model: string | undefined;
  stored: boolean;
};

function make(name: string, texts: readonly string[]): number[][] {
  const [, seed = "1", dimensions = "64"] = /^m(\d+)(?:@(\d+))?$/.exec(name) ?? [];
  return texts.map((text) => testVector(text, Number(dimensions), Number(seed)));
}

/** Models are called `m` and their seed, such as `m1`; `m2@96` has vectors of 96 numbers. */
export function createTestEmbedding(model: string | undefined = "m1"): TestEmbedding {
  const made: TestEmbedding = {
    asked: [],
    twist: (vectors) => vectors,
    model,
    stored: true,
    modelOf: (settings: CollectionSettings) => (settings.embedding === null ? undefined : (settings.embedding ?? made.model)),
    spaceOf: (name) => (/^m\d+(@\d+)?$/.test(name) ? `upstream-${name}` : undefined),
    isPrivate: (name) => name !== "m9",
    isStored: async () => made.stored,
    async embed(_, name, texts) {
      made.asked.push(texts);
      return { vectors: made.twist(make(name, texts), name), space: `upstream-${name}` };
    },
    async embedQuery(_, name, text) {
      const [vector = []] = made.twist(make(name, [text]), name);
      return { vector, space: `upstream-${name}` };
    },
  };
  return made;
}
