import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import type { Json } from "../json.ts";
import { isRecord } from "../json.ts";
import type { FinishPart } from "../wire.ts";
import type { Choice } from "./choice.ts";
import { createChoice } from "./choice.ts";
import { readIndex } from "./tool-reader.ts";

const NOTHING: Json = Object.freeze({});

/** What a streamed answer and a whole one have in common: who answered, and the choices with their ends. */
export function createAnswer() {
  const choices = new Map<number, Choice>();
  let id: string | undefined;
  let model: string | undefined;
  let fingerprint: string | undefined;
  let headRead = false;
  return {
    readHead(chunk: Json): void {
      if (headRead) return;
      if (typeof chunk["id"] === "string") id = chunk["id"];
      if (typeof chunk["model"] === "string") model = chunk["model"];
      if (typeof chunk["system_fingerprint"] === "string") fingerprint = chunk["system_fingerprint"];
      // Azure's first event holds filter results and no model.
      headRead = id !== undefined && id !== "" && model !== undefined && model !== "";
    },
    readChoice(value: unknown, key: "delta" | "message", position: number, parts: Part[]): void {
      if (!isRecord(value)) throw new Fault("target_broken");
      const index = readIndex(value["index"], position);
      let choice = choices.get(index);
      if (choice === undefined) choices.set(index, (choice = createChoice(index)));
      const said = value[key];
      choice.read(isRecord(said) ? said : NOTHING, value, parts);
    },
    /** Throws `target_broken` unless every choice has its end, and there are so many of them. */
    finish(choicesMin: number): FinishPart {
      if (choices.size < choicesMin) throw new Fault("target_broken");
      for (const choice of choices.values()) if (!choice.finished) throw new Fault("target_broken");
      return { type: "finish", upstreamId: id, upstreamModel: model, systemFingerprint: fingerprint };
    },
  };
}
