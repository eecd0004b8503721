import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { isRecord } from "../json.ts";
import { errorObjectFault } from "../upstream-fault.ts";
import { createAnswer } from "./answer.ts";
import { readUsage } from "./usage.ts";

/** The parts of a whole chat completion, `finish` last. */
export function readAnswer(body: unknown, parts: Part[] = []): readonly Part[] {
  if (!isRecord(body)) throw new Fault("target_broken");
  if (body["error"] !== undefined && body["error"] !== null) throw errorObjectFault(body);
  const { choices } = body;
  if (!Array.isArray(choices)) throw new Fault("target_broken");
  const answer = createAnswer();
  answer.readHead(body);
  for (const [position, choice] of choices.entries()) {
    if (!isRecord(choice) || !isRecord(choice["message"])) throw new Fault("target_broken");
    answer.readChoice(choice, "message", position, parts);
  }
  const usage = readUsage(body["usage"]);
  if (usage !== undefined) parts.push({ type: "usage", usage });
  parts.push(answer.finish(1));
  return parts;
}
