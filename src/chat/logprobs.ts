import type { Part } from "../domain/chat.ts";

type Token = { readonly token: string; readonly logprob: number; readonly others: readonly Token[] };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

/** Tokens of OpenAI's `logprobs` object; none where it is another. */
export function tokensOf(part: Part): readonly Token[] {
  if (part.type !== "text-delta" || !isRecord(part.logprobs)) return [];
  const { content } = part.logprobs;
  return Array.isArray(content) ? content.flatMap(toToken) : [];
}

function toToken(value: unknown): Token[] {
  if (!isRecord(value) || typeof value["token"] !== "string" || typeof value["logprob"] !== "number") return [];
  const others = Array.isArray(value["top_logprobs"]) ? value["top_logprobs"].flatMap(toToken) : [];
  return [{ token: value["token"], logprob: value["logprob"], others }];
}

/** Mean log probability of the tokens that came; undefined: none was told. */
export function createMeanLogprob() {
  let sum = 0;
  let count = 0;
  return {
    saw(part: Part): void {
      for (const { logprob } of tokensOf(part)) {
        sum += logprob;
        count++;
      }
    },
    get mean(): number | undefined {
      return count === 0 ? undefined : sum / count;
    },
  };
}

/** The same part without what its caller did not ask for; undefined: nothing else was in it. */
export function withoutLogprobs(part: Part): Part | undefined {
  if (part.type !== "text-delta" || part.logprobs === undefined) return part;
  const { logprobs: _, ...rest } = part;
  return rest.text === "" && rest.extra === undefined ? undefined : rest;
}
