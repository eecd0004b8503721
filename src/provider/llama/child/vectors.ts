import type { LlamaEmbeddingContext, LlamaModel, LlamaRankingContext, Token } from "node-llama-cpp";
import type { EmbedOrder, RankOrder, Report } from "../lines.ts";
import { Refusal } from "./refusal.ts";

export type Vectors = {
  embed(order: EmbedOrder, signal: AbortSignal): Promise<Report>;
  rank(order: RankOrder, signal: AbortSignal): Promise<Report>;
};

type Options = { readonly contextTokens: number; readonly threads: number };

/** One context for embeddings and one for ranking, made when first asked for; each works on one job at a time. */
export function createVectors(model: LlamaModel, { contextTokens, threads }: Options): Vectors {
  let embedding: Promise<LlamaEmbeddingContext> | undefined;
  let ranking: Promise<LlamaRankingContext> | undefined;
  const inTurn = createTurns();
  // Encoders read an input in one step.
  const size = { contextSize: contextTokens, batchSize: contextTokens, threads };

  return {
    embed: (order, signal) =>
      inTurn(async () => {
        embedding ??= model.createEmbeddingContext(size);
        const context = await embedding;
        const inputs = order.inputs.map((input, at) => toTokens(model, input, at));
        const lengths = inputs.map((input) => context.calculateInputLength([...input]));
        lengths.forEach((length, at) => checkFits(length, contextTokens, `input[${String(at)}]`));
        const vectors: string[] = [];
        for (const input of inputs) {
          if (signal.aborted) return { type: "end", id: order.id, reason: "cancelled", outputTokens: 0 };
          const { vector } = await context.getEmbeddingFor(input);
          vectors.push(toBase64(toUnit(vector)));
        }
        return { type: "vectors", id: order.id, vectors, inputTokens: sum(lengths) };
      }),
    rank: (order, signal) =>
      inTurn(async () => {
        ranking ??= createRanking(model, size);
        const context = await ranking;
        const query = model.tokenize(order.query, false, "trimLeadingSpace");
        const room = contextTokens - 1 - context.calculateInputLength(query, []);
        if (room < ROOM_TOKENS_MIN) throw queryTooLong(query.length, contextTokens);
        const scores: number[] = [];
        let inputTokens = 0;
        for (const document of order.documents) {
          let best = 0;
          for (const piece of toPieces(model.tokenize(document, false, "trimLeadingSpace"), room)) {
            if (signal.aborted) return { type: "end", id: order.id, reason: "cancelled", outputTokens: 0 };
            inputTokens += context.calculateInputLength(query, piece);
            best = Math.max(best, await context.rank(query, piece));
          }
          scores.push(best);
        }
        return { type: "scores", id: order.id, scores, inputTokens };
      }),
  };
}

/** Beside a query that leaves less, no document says anything. */
const ROOM_TOKENS_MIN = 32;

function queryTooLong(length: number, contextTokens: number): Refusal {
  const say = `The query has ${String(length)} tokens; the model reads at most ${String(contextTokens - 1)}, a document among them.`;
  return new Refusal("context_too_long", say, "query");
}

/** A document that the model cannot read at once is as good as its best piece. Each begins with the last half of the one before. */
function toPieces(document: readonly Token[], room: number): readonly Token[][] {
  const pieces: Token[][] = [];
  const step = Math.ceil(room / 2);
  for (let at = 0; ; at += step) {
    pieces.push(document.slice(at, at + room));
    if (at + room >= document.length) return pieces;
  }
}

async function createRanking(model: LlamaModel, size: { contextSize: number; batchSize: number; threads: number }) {
  if (!model.fileInsights.supportsRanking) throw new Refusal("target_refused", "The model does not rank: it has no head for it.");
  return await model.createRankingContext(size);
}

/** Ids beyond the vocabulary would be read past the end of the model's table. */
function toTokens(model: LlamaModel, input: string | readonly number[], at: number): Token[] {
  if (typeof input === "string") return model.tokenize(input, false);
  const size = vocabularySize(model);
  const tokens = input.filter((token): token is Token => Number.isInteger(token) && token >= 0 && token < size);
  if (tokens.length === input.length) return tokens;
  throw new Refusal("target_refused", `The model's tokens are the whole numbers below ${String(size)}.`, `input[${String(at)}]`);
}

const sizes = new WeakMap<LlamaModel, number>();
function vocabularySize(model: LlamaModel): number {
  const known = sizes.get(model);
  if (known !== undefined) return known;
  const size = [...model.iterateAllTokens()].length;
  sizes.set(model, size);
  return size;
}

function checkFits(length: number, contextTokens: number, param: string): void {
  if (length < contextTokens) return;
  throw new Refusal(
    "context_too_long",
    `The text has ${String(length)} tokens; the model reads at most ${String(contextTokens - 1)}.`,
    param,
  );
}

/** Of length one, as OpenAI's are: a dot product is then the cosine. */
function toUnit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

const toBase64 = (vector: Float32Array): string => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
