import type { CollectionSettings } from "../domain/collection.ts";
import type { Clock } from "../kernel/clock.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import {
  holdGeneration,
  listGenerations,
  markEmbedded,
  readSettings,
  settleSpace,
  startGeneration,
  type Generation,
  type VectorEngine,
} from "../store/vector-generations.ts";
import { copyVectors, insertVectors, listUnembedded, type NewVector, type Unembedded } from "../store/vectors.ts";
import { embeddedText, textHash } from "./embed-text.ts";
import { checkVectors, NotEmbedded, toEmbedError } from "./embed-vectors.ts";

/** Vectors of texts by a model of the configuration, on the path of every call: rules, budgets, records. Throws a Fault. */
export type EmbedTexts = (
  tenantId: TenantId,
  model: string,
  texts: readonly string[],
) => Promise<{ readonly vectors: readonly (readonly number[] | Float32Array)[]; readonly space: string }>;

export type Embedding = {
  /** Which model embeds a collection's documents; undefined: none, they are found by their words. */
  modelOf(settings: CollectionSettings): string | undefined;
  readonly embed: EmbedTexts;
  /** What the provider of a model of kind embedding calls it: vectors of the same name compare. undefined: there is no such model. */
  spaceOf(model: string): string | undefined;
  /** It runs on own hardware. */
  isPrivate(model: string): boolean;
  /** False: the database has no pgvector. */
  isStored(): Promise<boolean>;
};

type Key = { readonly collectionId: CollectionId; readonly generation: number };

/** The approximate indexes, and what holds them. */
export type Graphs = {
  readonly engine: VectorEngine;
  /** A generation of more vectors than this gets one. */
  readonly above: number;
  /** Longer vectors get none. */
  readonly dimensionsMax: number;
  create(tenantId: TenantId, key: Key, dimensions: number): Promise<void>;
  /** Whether it holds all that is marked as held by it; asked once in a process. undefined: it cannot be otherwise. */
  isWhole?(tenantId: TenantId, key: Key, dimensions: number): Promise<boolean>;
  /** Puts a few vectors into it. Returns how many; 0: all are in. */
  indexSome(tenantId: TenantId, key: Key, dimensions: number): Promise<number>;
  /** Of some chunks whose rows are gone, or of a whole generation before its rows go. */
  remove(tenantId: TenantId, key: Key, range?: { readonly from: number; readonly to: number }): Promise<void>;
  /** Those of generations that are no more. */
  dropStale(): Promise<unknown>;
};

export type EmbedderDeps = { readonly db: Database; readonly clock: Clock; readonly embedding: Embedding };

/** A call's texts: 16,000 tokens at most where chunks have 512, which every server of embeddings takes at once. */
const TEXTS_PER_CALL = 32;
/** Calls of one document under way: the next is computed while the last is stored. More would only wait in the model's queue. */
const CALLS_AT_ONCE = 2;
/** Vectors in a transaction of 25 ms: 0.8 ms each in PGlite, 4 ms where they go into the approximate index as well. */
const ROWS_PER_STEP = 20;
const INDEXED_ROWS_PER_STEP = 5;

/** A document whose chunks are written. */
export type EmbedAsk = {
  readonly tenantId: TenantId;
  readonly collectionId: CollectionId;
  /** Its first chunk. */
  readonly document: number;
  readonly filename: string;
};

/** Part of each transaction: moves the document's lease on, and throws where somebody else has it. */
export type Step = (tx: Tx) => Promise<void>;

/** The generation was given up: it needs no more vectors. */
export class GivenUp extends Error {}

export type Embedder = Pick<Embedding, "isStored"> & {
  /** Generations that a new document goes into, with the first one made where the collection is to have vectors. */
  open(tenantId: TenantId, collectionId: CollectionId, settings: CollectionSettings): Promise<readonly Generation[]>;
  /**
   * Gives every chunk of a document its vector in a generation. What is there already, or in another collection, is not paid for again. Throws
   * `GivenUp`.
   */
  embedDocument(ask: EmbedAsk, generation: Generation, step?: Step): Promise<void>;
};

export function createEmbedder({ db, clock, embedding }: EmbedderDeps): Embedder {
  const { settle, ask, store, takeOver, finish } = createEmbedSteps(db, embedding);

  async function open(tenantId: TenantId, collectionId: CollectionId, settings: CollectionSettings): Promise<readonly Generation[]> {
    if (!(await embedding.isStored())) return [];
    const found = await listGenerations(db, tenantId, collectionId);
    const model = embedding.modelOf(settings);
    const space = model === undefined ? undefined : embedding.spaceOf(model);
    if (found.length > 0 || model === undefined) return found;
    if (space === undefined)
      throw new NotEmbedded(`The collection is to be embedded by ${model}, which is no model of kind embedding here: change its setting.`);
    const now = new Date(clock.nowMs());
    await db.transaction(tenantScope(tenantId), (tx) => startGeneration(tx, tenantId, { collectionId, model, space, now }));
    return await listGenerations(db, tenantId, collectionId);
  }

  return {
    isStored: embedding.isStored,
    open,
    async embedDocument(at, generation, step = async () => undefined) {
      const { trust } = await readSettings(db, at.tenantId, at.collectionId);
      if (trust === "private" && !embedding.isPrivate(generation.model))
        throw new NotEmbedded(
          `${at.filename} could not be embedded: its collection's documents go to private models only, and ${generation.model} is none.`,
        );
      const run: Run = { at, generation, step, space: generation.space, dimensions: generation.dimensions };
      for (let texts = await next(db, run); texts.length > 0; texts = await next(db, run)) {
        const missing: Text[] = [];
        for (const some of piecesOf(texts, stepOf(run))) missing.push(...(await takeOver(run, some)));
        await eachInTurn(
          piecesOf(withoutRepeats(missing), TEXTS_PER_CALL),
          (batch) => ask(run, batch),
          async (made) => {
            await settle(run, made.space, made.dimensions);
            await store(run, made.vectors);
          },
        );
      }
      await finish(run);
    },
  };
}

type Made = { readonly vectors: readonly NewVector[]; readonly space: string; readonly dimensions: number };

/** What embedding a document is made of. */
function createEmbedSteps(db: Database, embedding: Embedding) {
  /** A transaction of the document and the generation as they are now. `indexed`: what it writes is in the approximate index. */
  const write = <T>(run: Run, body: (tx: Tx, indexed: boolean) => Promise<T>): Promise<T> =>
    db.transaction(tenantScope(run.at.tenantId), async (tx) => {
      await run.step(tx);
      const held = await holdGeneration(tx, { ...keyOf(run), createdAt: run.generation.createdAt });
      if (held === undefined) throw new GivenUp();
      return await body(tx, held.indexed);
    });

  /** All vectors of a generation come from one model, and are of one length. */
  async function settle(run: Run, space: string, dimensions: number): Promise<void> {
    if (run.space === space && run.dimensions === dimensions) return;
    if (!(await settleSpace(db, run.at.tenantId, keyOf(run), { space, dimensions }))) {
      await write(run, () => Promise.resolve());
      throw new NotEmbedded(
        `${run.at.filename} could not be embedded: ${run.generation.model} is another model now than the one that this collection was embedded with. Embed it anew (weir embedding start).`,
      );
    }
    run.dimensions = dimensions;
  }

  return {
    settle,
    async ask({ at, generation, dimensions }: Run, batch: readonly Text[]): Promise<Made> {
      const { model } = generation;
      const texts = batch.map(({ text }) => text);
      const made = await embedding.embed(at.tenantId, model, texts).catch((error: unknown) => {
        throw toEmbedError(error, model, at.filename);
      });
      const vectors = checkVectors(made.vectors, { count: texts.length, dimensions, model, filename: at.filename });
      return {
        space: made.space,
        dimensions: vectors[0]?.length ?? 0,
        vectors: vectors.map((vector, place) => ({ no: batch[place]?.no ?? 0, textHash: batch[place]?.textHash ?? "", vector })),
      };
    },
    /** In steps of a few rows: what is stored is not asked for again, whoever goes on. */
    async store(run: Run, vectors: readonly NewVector[]): Promise<void> {
      for (const some of piecesOf(vectors, stepOf(run)))
        await write(run, (tx, indexed) => insertVectors(tx, run.at.tenantId, keyOf(run), some, indexed));
    },
    /** Vectors that the same texts have already. Returns those that have none. */
    async takeOver(run: Run, texts: readonly Text[]): Promise<readonly Text[]> {
      const { space, dimensions } = run;
      const had = await write(run, (tx, indexed) => copyVectors(tx, run.at.tenantId, keyOf(run), { space, dimensions, indexed }, texts));
      if (had.dimensions !== undefined) await settle(run, space, had.dimensions);
      return texts.filter(({ no }) => !had.numbers.has(no));
    },
    finish: (run: Run): Promise<void> =>
      write(run, (tx) => markEmbedded(tx, run.at.tenantId, run.at.collectionId, run.at.document, [run.generation.generation])),
  };
}

/** pgvector's index takes a row as it is written. */
const stepOf = ({ generation }: Run): number =>
  generation.graph && generation.engine === "pgvector" ? INDEXED_ROWS_PER_STEP : ROWS_PER_STEP;

type Run = {
  readonly at: EmbedAsk;
  readonly generation: Generation;
  readonly step: Step;
  readonly space: string;
  dimensions: number | undefined;
};
type Text = { readonly no: number; readonly textHash: string; readonly text: string };

const keyOf = ({ at, generation }: Run) => ({ collectionId: at.collectionId, generation: generation.generation });

async function next(db: Database, { at, generation }: Run): Promise<readonly Text[]> {
  const key = { collectionId: at.collectionId, generation: generation.generation };
  const chunks = await listUnembedded(db, at.tenantId, key, { document: at.document, limit: TEXTS_PER_CALL * CALLS_AT_ONCE * 2 });
  return chunks.map(toText);
}

function toText(chunk: Unembedded): Text {
  const text = embeddedText(chunk);
  return { no: chunk.no, textHash: textHash(text), text };
}

/** A text that stands there twice is asked for once, and taken over in the next turn. */
function withoutRepeats(texts: readonly Text[]): readonly Text[] {
  return [...new Map(texts.toReversed().map((text) => [text.textHash, text])).values()].toReversed();
}

function piecesOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += size) pieces.push(items.slice(from, from + size));
  return pieces;
}

/** Asks ahead of what is stored, by `CALLS_AT_ONCE`. Whatever goes wrong, no answer is left that nobody waits for. */
async function eachInTurn<T, U>(items: readonly T[], ask: (item: T) => Promise<U>, store: (answer: U) => Promise<void>): Promise<void> {
  const waiting: Promise<U>[] = [];
  const rest = [...items];
  try {
    while (rest.length > 0 || waiting.length > 0) {
      for (const item of rest.splice(0, CALLS_AT_ONCE - waiting.length)) {
        const asked = ask(item);
        asked.catch(() => undefined);
        waiting.push(asked);
      }
      const first = waiting.shift();
      if (first !== undefined) await store(await first);
    }
  } finally {
    await Promise.allSettled(waiting);
  }
}
