import type { Usage } from "../../domain/chat.ts";
import { countOf, isRecord } from "../json.ts";

/** Counts as they came last: `message_start` has the prompt's, `message_delta` the answer's, sometimes both again. */
export type UsageReader = { read(value: unknown): Usage | undefined };

/** Anthropic's `input_tokens` leave out what was read from the cache and written to it; ours hold all. */
export function createUsageReader(): UsageReader {
  let fresh: number | undefined;
  let output: number | undefined;
  let cachedTokens = 0;
  let cacheWriteTokens = 0;
  return {
    read(value) {
      if (!isRecord(value)) return undefined;
      fresh = countOf(value["input_tokens"]) ?? fresh;
      output = countOf(value["output_tokens"]) ?? output;
      cachedTokens = countOf(value["cache_read_input_tokens"]) ?? cachedTokens;
      cacheWriteTokens = countOf(value["cache_creation_input_tokens"]) ?? cacheWriteTokens;
      if (fresh === undefined && output === undefined) return undefined;
      const inputTokens = (fresh ?? 0) + cachedTokens + cacheWriteTokens;
      if (inputTokens === 0 && (output ?? 0) === 0) return undefined;
      return { inputTokens, outputTokens: output ?? 0, cachedTokens, cacheWriteTokens, reasoningTokens: 0, source: "reported" };
    },
  };
}
