import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import type { Json } from "../json.ts";
import { isRecord, textOf } from "../json.ts";
import { errorObjectFault } from "../upstream-fault.ts";
import type { StreamReader } from "../wire.ts";
import type { OpenBlock } from "./block-reader.ts";
import { createBlockReader } from "./block-reader.ts";
import { toChoiceFinish } from "./stop-reason.ts";
import { createUsageReader } from "./usage.ts";

/** Reads the events of a streamed message. Whole is what has its stop reason and then `message_stop`; this API always sends both. */
export function createStreamReader(): StreamReader {
  const parts: Part[] = [];
  const usage = createUsageReader();
  const blocks = createBlockReader(parts);
  const open = new Map<unknown, OpenBlock>();
  let id: string | undefined;
  let model: string | undefined;
  let stopped = false;
  let ended = false;

  const pushUsage = (value: unknown): void => {
    const read = usage.read(value);
    if (read !== undefined) parts.push({ type: "usage", usage: read });
  };
  const openBlock = (index: unknown): OpenBlock => {
    const block = open.get(index);
    if (block === undefined) throw new Fault("target_broken");
    return block;
  };
  const on: Readonly<Record<string, (event: Json) => void>> = {
    message_start({ message }) {
      if (!isRecord(message)) throw new Fault("target_broken");
      id = textOf(message["id"]) || undefined;
      model = textOf(message["model"]) || undefined;
      pushUsage(message["usage"]);
    },
    content_block_start({ index, content_block: block }) {
      if (!isRecord(block) || open.has(index)) throw new Fault("target_broken");
      open.set(index, blocks.start(block));
    },
    content_block_delta({ index, delta }) {
      if (!isRecord(delta)) throw new Fault("target_broken");
      openBlock(index).delta(delta);
    },
    content_block_stop({ index }) {
      openBlock(index).stop();
      open.delete(index);
    },
    message_delta({ delta, usage: used }) {
      if (!isRecord(delta)) throw new Fault("target_broken");
      pushUsage(used);
      const reason = textOf(delta["stop_reason"]);
      if (reason === "" || stopped) return;
      if (open.size > 0) throw new Fault("target_broken");
      stopped = true;
      parts.push(toChoiceFinish(reason, delta));
    },
    message_stop() {
      ended = true;
    },
    error(event) {
      throw errorObjectFault(event);
    },
  };

  return {
    parts,
    isEnded: () => ended,
    event(name, data) {
      const event = parseEvent(data);
      const type = textOf(event["type"]) || name;
      // `ping`, and kinds of event that do not exist yet.
      if (Object.hasOwn(on, type)) on[type]?.(event);
    },
    finish() {
      if (!ended || !stopped) throw new Fault("target_broken");
      return { type: "finish", upstreamId: id, upstreamModel: model };
    },
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
