import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { isRecord, textOf } from "../json.ts";
import { errorObjectFault } from "../upstream-fault.ts";
import { createBlockReader } from "./block-reader.ts";
import { toChoiceFinish } from "./stop-reason.ts";
import { createUsageReader } from "./usage.ts";

/** The parts of a whole message, `finish` last. */
export function readAnswer(body: unknown, parts: Part[] = []): readonly Part[] {
  if (!isRecord(body)) throw new Fault("target_broken");
  if (body["type"] === "error" || isRecord(body["error"])) throw errorObjectFault(body);
  const { content } = body;
  const reason = textOf(body["stop_reason"]);
  if (!Array.isArray(content)) throw new Fault("target_broken");
  const blocks = createBlockReader(parts);
  for (const block of content) {
    if (!isRecord(block)) throw new Fault("target_broken");
    blocks.start(block).stop();
  }
  if (reason !== "") parts.push(toChoiceFinish(reason, body));
  const usage = createUsageReader().read(body["usage"]);
  if (usage !== undefined) parts.push({ type: "usage", usage });
  if (reason === "") throw new Fault("target_broken");
  parts.push({ type: "finish", upstreamId: textOf(body["id"]) || undefined, upstreamModel: textOf(body["model"]) || undefined });
  return parts;
}
