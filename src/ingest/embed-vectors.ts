import { unitVector } from "../domain/unit-vector.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";

/** Why a document is not embedded: its file fails with this sentence, which names it. */
export class NotEmbedded extends Error {
  readonly code = "server_error";
}

/**
 * Vectors as they are stored: of length 1, one for each text. Throws `NotEmbedded` where a model's answer cannot be searched: too few, another
 * length than before, a number that is none, or no direction at all.
 */
export function checkVectors(
  vectors: readonly (readonly number[] | Float32Array)[],
  wanted: { readonly count: number; readonly dimensions: number | undefined; readonly model: string; readonly filename: string },
): readonly Float32Array[] {
  const { count, dimensions, model, filename } = wanted;
  function refuse(why: string): never {
    throw new NotEmbedded(`${filename} could not be embedded: the model ${model} ${why}. Nothing of it was stored.`);
  }
  if (vectors.length !== count) refuse(`gave ${vectors.length} vectors for ${count} texts`);
  const length = dimensions ?? vectors[0]?.length ?? 0;
  return vectors.map((vector) => {
    if (vector.length !== length) refuse(`gave a vector of ${vector.length} numbers where this collection's have ${length}`);
    if (vector.length === 0) refuse("gave an empty vector");
    return unitVector(vector) ?? refuse("gave a vector without a direction: of zeros, or with a number that is none or infinite");
  });
}

/** The model, or the tenant's budget or rate, does not let a document be embedded now. It is no fault of the file: it waits, and is tried again. */
export class EmbeddingAway extends Error {}

/** What of a call's faults passes, and what fails the file. What is the server's own (its database, its end) stays as it is. */
export function toEmbedError(error: unknown, model: string, filename: string): unknown {
  if (!(error instanceof Fault) || OWN.has(error.code)) return error;
  const passes = error.retry === "later" || (error.retry === "elsewhere" && error.code !== "context_too_long");
  if (passes) return new EmbeddingAway(`The embedding model ${model} does not answer now: ${error.message}`, { cause: error });
  return new NotEmbedded(`${filename} could not be embedded by the model ${model}: ${error.message}`, { cause: error });
}

const OWN: ReadonlySet<string> = new Set<FaultCode>(["bug", "draining", "store_unavailable", "journal_unavailable", "client_gone"]);
