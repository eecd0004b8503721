import { z } from "zod";
import { DIMENSIONS_MAX, EMBEDDING_INPUTS_MAX, TOKEN_ID_MAX } from "../kernel/limits.ts";

/** OpenAI's `POST /v1/embeddings`. Unknown fields are refused, as OpenAI refuses them. */

const token = z.int().min(0).max(TOKEN_ID_MAX);
const tokens = z.array(token).min(1).max(EMBEDDING_INPUTS_MAX);
const text = z.string().min(1);

/** What `input` may be, for those who read the description; `readInputs` says more plainly what is wrong. */
const INPUT_FORMS = z.union([
  text.describe("One text."),
  z.array(text).min(1).max(EMBEDDING_INPUTS_MAX).describe("Texts; one vector for each."),
  tokens.describe("One input as tokens of the model's vocabulary."),
  z.array(tokens).min(1).max(EMBEDDING_INPUTS_MAX).describe("Inputs as tokens."),
]);
const { $schema: _schema, ...inputForms } = z.toJSONSchema(INPUT_FORMS);

const input = z
  .unknown()
  .transform((value, context): readonly (string | readonly number[])[] => {
    const { inputs, problem } = readInputs(value);
    if (problem !== undefined) context.addIssue({ code: "custom", path: [...problem.path], message: problem.say });
    return inputs;
  })
  .meta({ ...inputForms, description: "What to turn into vectors." });

export const embeddingRequest = z.strictObject({
  model: z.string().min(1).describe("A model of kind embedding, or a route to such."),
  input,
  encoding_format: z.enum(["float", "base64"]).nullish().describe("`base64`: 32-bit floats, little-endian. `float` unless told."),
  dimensions: z.int().min(1).max(DIMENSIONS_MAX).nullish().describe("Length of each vector, where the model can shorten them."),
  user: z.string().nullish().describe("The caller's end user; records keep a salted digest alone."),
});
export type EmbeddingRequest = z.output<typeof embeddingRequest>;

type Read = {
  readonly inputs: readonly (string | readonly number[])[];
  readonly problem?: { readonly path: readonly number[]; readonly say: string };
};
const wrong = (say: string, ...path: number[]): Read => ({ inputs: [], problem: { path, say } });

const FORMS = "a text, a list of texts, a list of tokens, or a list of such lists";
const EMPTY = "expected a text that is not empty";
const TOKEN = `expected a token: a whole number from 0 to ${TOKEN_ID_MAX}`;

/** The inputs one by one, or the first thing that is wrong with them. A union of four forms could only say that none fits. */
export function readInputs(value: unknown): Read {
  if (typeof value === "string") return value === "" ? wrong(EMPTY) : { inputs: [value] };
  if (!Array.isArray(value)) return wrong(`expected ${FORMS}`);
  const items: readonly unknown[] = value;
  if (items.length === 0) return wrong(`expected ${FORMS}, and at least one of them`);
  if (typeof items[0] === "number") {
    const problem = findTokenProblem(items);
    return problem === undefined ? { inputs: [items.filter((item) => typeof item === "number")] } : wrong(problem.say, ...problem.path);
  }
  if (items.length > EMBEDDING_INPUTS_MAX) return wrong(`expected at most ${EMBEDDING_INPUTS_MAX} inputs, got ${items.length}`);
  return typeof items[0] === "string" ? readTexts(items) : readTokenLists(items);
}

function readTexts(items: readonly unknown[]): Read {
  const inputs: string[] = [];
  for (const [at, item] of items.entries()) {
    if (typeof item !== "string") return wrong("expected a text, as the inputs before it are", at);
    if (item === "") return wrong(EMPTY, at);
    inputs.push(item);
  }
  return { inputs };
}

function readTokenLists(items: readonly unknown[]): Read {
  const inputs: number[][] = [];
  for (const [at, item] of items.entries()) {
    if (!Array.isArray(item) || item.length === 0) return wrong("expected a text, or a list of tokens that is not empty", at);
    const problem = findTokenProblem(item);
    if (problem !== undefined) return wrong(problem.say, at, ...problem.path);
    inputs.push(item);
  }
  return { inputs };
}

function findTokenProblem(items: readonly unknown[]): { say: string; path: readonly number[] } | undefined {
  if (items.length > EMBEDDING_INPUTS_MAX)
    return { say: `expected at most ${EMBEDDING_INPUTS_MAX} tokens in one input, got ${items.length}`, path: [] };
  const at = items.findIndex((item) => !Number.isInteger(item) || Number(item) < 0 || Number(item) > TOKEN_ID_MAX);
  return at < 0 ? undefined : { say: TOKEN, path: [at] };
}
