import type { Usage } from "../../domain/chat.ts";
import { countOf, isRecord } from "../json.ts";

/** `usage` of a chunk or an answer; undefined where it says nothing that can be believed. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined;
  const inputTokens = countOf(value["prompt_tokens"]);
  let outputTokens = countOf(value["completion_tokens"]);
  if (inputTokens === undefined) return undefined;
  const input = isRecord(value["prompt_tokens_details"]) ? value["prompt_tokens_details"] : {};
  const output = isRecord(value["completion_tokens_details"]) ? value["completion_tokens_details"] : {};
  const reasoningTokens = countOf(output["reasoning_tokens"]) ?? 0;
  const total = countOf(value["total_tokens"]);
  if (outputTokens === undefined) outputTokens = Math.max(0, (total ?? inputTokens) - inputTokens);
  // Some servers leave reasoning out of the completion and bill it all the same: their total says so.
  else if (reasoningTokens > 0 && total === inputTokens + outputTokens + reasoningTokens) outputTokens += reasoningTokens;
  if (inputTokens === 0 && outputTokens === 0) return undefined;
  const cachedTokens = Math.min(inputTokens, countOf(input["cached_tokens"]) ?? countOf(value["prompt_cache_hit_tokens"]) ?? 0);
  const cacheWriteTokens = Math.min(inputTokens - cachedTokens, countOf(input["cache_write_tokens"]) ?? 0);
  return { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens, source: "reported" };
}
