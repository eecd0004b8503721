import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import type { Json } from "../json.ts";
import { isRecord } from "../json.ts";
import { errorObjectFault } from "../upstream-fault.ts";
import type { StreamReader } from "../wire.ts";
import { createAnswer } from "./answer.ts";
import { readUsage } from "./usage.ts";

/**
 * Reads the events of a streamed chat completion.
 *
 * The answer is whole when every answer asked for has its `finish_reason`. `[DONE]` alone does not say so: a server that lost its
 * model writes it too. A clean end of the connection without `[DONE]` does not deny it: the model's own ending came, some servers and
 * proxies leave the mark out, and what can be missing after it is the usage, which is then counted. With `[DONE]`, fewer answers than
 * asked for are accepted, since the server says that there are no more; without it they are a break.
 */
export function createStreamReader(choicesAsked: number): StreamReader {
  const parts: Part[] = [];
  const answer = createAnswer();
  let ended = false;
  return {
    parts,
    isEnded: () => ended,
    event(name, data) {
      if (data === "[DONE]") {
        ended = true;
        return;
      }
      const chunk = parseEvent(data);
      if (name === "error" || (chunk["error"] !== undefined && chunk["error"] !== null)) throw errorObjectFault(chunk);
      answer.readHead(chunk);
      const { choices, usage } = chunk;
      if (Array.isArray(choices)) for (const [position, choice] of choices.entries()) answer.readChoice(choice, "delta", position, parts);
      else if (!isRecord(usage)) throw new Fault("target_broken");
      if (isRecord(usage)) {
        const read = readUsage(usage);
        if (read !== undefined) parts.push({ type: "usage", usage: read });
      }
    },
    finish: () => answer.finish(ended ? 1 : choicesAsked),
  };
}

function parseEvent(data: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new Fault("target_broken");
  }
  if (!isRecord(value)) throw new Fault("target_broken");
  return value;
}
