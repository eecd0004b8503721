import type { Socket } from "node:net";
import { countText, isRecord, textOf, type Json } from "./asked.ts";
import type { Directives } from "./directives.ts";
import { writeJson } from "./http.ts";
import type { FakeCall, Ledger } from "./ledger.ts";

/**
 * A call for embeddings. Directives stand in its texts. A model whose name holds "fixed" makes vectors of one length whatever is asked; one with
 * "alike" makes nearer ones of texts that share more pieces of words.
 */
export type AskedVectors = {
  readonly model: string;
  readonly inputs: readonly unknown[];
  readonly inputTokens: number;
  readonly text: string;
};

export function readAskedVectors(body: Json): AskedVectors {
  const { input } = body;
  const inputs: readonly unknown[] = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  const tokens = inputs.reduce<number>((sum, one) => sum + (Array.isArray(one) ? one.length : countText(textOf(one))), 0);
  return { model: textOf(body["model"]), inputs, inputTokens: tokens, text: inputs.map((one) => textOf(one)).join(" ") };
}

export type ServingVectors = {
  readonly socket: Socket;
  readonly asked: AskedVectors;
  readonly body: Json;
  readonly how: Directives;
  readonly call: FakeCall;
  readonly ledger: Ledger;
};

export function serveVectors({ socket, asked, body, how, call, ledger }: ServingVectors): void {
  if (how.fault === "stall") return;
  if (how.fault === "error") {
    writeJson(socket, 200, { error: { type: "api_error", message: "internal: secret words" } });
    ledger.end(call, "faulted");
    return;
  }
  const length = asked.model.includes("fixed") ? how.parts : Number(body["dimensions"] ?? how.parts);
  const base64 = body["encoding_format"] === "base64";
  const data = asked.inputs.map((one, index) => {
    const vector = asked.model.includes("alike") ? alikeVectorOf(textOf(one), length) : vectorOf(JSON.stringify(one), length);
    return { object: "embedding", index, embedding: base64 ? Buffer.from(vector.buffer).toString("base64") : Array.from(vector) };
  });
  const told = how.usage === "zero" ? 0 : asked.inputTokens;
  const usage = how.usage === "none" ? {} : { usage: { prompt_tokens: told, total_tokens: told } };
  // Out of order, as a server may answer that batches by length.
  const sent = how.fault === "malformed" ? data.slice(1) : data.toReversed();
  writeJson(socket, 200, { object: "list", model: asked.model, data: sent, ...usage });
  if (told > 0 && how.usage === "sent") call.reported = { inputTokens: told, outputTokens: 0 };
  ledger.end(call, how.fault === undefined ? "finished" : "faulted");
}

/** The same text has the same vector, and another text another. */
export function vectorOf(text: string, length: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(length);
  let state = 1;
  for (const byte of Buffer.from(text)) state = (state * 31 + byte) % 2_147_483_647;
  for (let at = 0; at < length; at++) {
    state = (state * 48_271) % 2_147_483_647;
    vector[at] = state / 2_147_483_647 - 0.5;
  }
  return vector;
}

/** Pieces of three letters, each of which adds to one number. */
function alikeVectorOf(text: string, length: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(length);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    for (let from = 0; from + 3 <= word.length; from++) {
      let state = 7;
      for (const byte of Buffer.from(word.slice(from, from + 3))) state = (state * 48_271 + byte) % 2_147_483_647;
      const at = state % length;
      vector[at] = (vector[at] ?? 0) + (Math.floor(state / length) % 2 === 0 ? 1 : -1);
    }
  }
  return vector.some((value) => value !== 0) ? vector : vectorOf(text, length);
}

export const isVectorsBody = (value: unknown): value is Json => isRecord(value) && "input" in value;
