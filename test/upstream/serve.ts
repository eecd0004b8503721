import type { Socket } from "node:net";
import { anthropicAnswer, anthropicCutEvent, anthropicErrorEvent, anthropicFrames, anthropicMalformedEvent } from "./anthropic-frames.ts";
import type { AnswerPlan, Frame } from "./answer-plan.ts";
import type { Asked } from "./asked.ts";
import type { Directives, Position } from "./directives.ts";
import type { Gate } from "./gate.ts";
import { createBodyWriter, headText, writeJson } from "./http.ts";
import type { FakeCall, Ledger } from "./ledger.ts";
import { openAiAnswer, openAiCutEvent, openAiErrorEvent, openAiFrames, openAiMalformedEvent } from "./openai-frames.ts";

export type Serving = {
  readonly socket: Socket;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  readonly call: FakeCall;
  readonly asked: Asked;
  readonly how: Directives;
  readonly plan: AnswerPlan;
  readonly ledger: Ledger;
  readonly gate: Gate | undefined;
};

const WORDS = {
  openai: { frames: openAiFrames, answer: openAiAnswer, error: openAiErrorEvent, malformed: openAiMalformedEvent, cut: openAiCutEvent },
  anthropic: {
    frames: anthropicFrames,
    answer: anthropicAnswer,
    error: anthropicErrorEvent,
    malformed: anthropicMalformedEvent,
    cut: anthropicCutEvent,
  },
} as const;

/** The part that a fault comes in place of. */
function faultAt(position: Position, parts: number): number {
  if (position === "first") return 0;
  return position === "last" ? Math.max(0, parts - 1) : Math.floor(parts / 2);
}

export async function serveStream(serving: Serving): Promise<void> {
  const { socket, closed, call, asked, how, plan, ledger, gate } = serving;
  const words = WORDS[asked.protocol];
  const framing = how.framing === "close" ? { connection: "close" } : { "transfer-encoding": "chunked" };
  socket.write(headText(200, { "content-type": "text/event-stream; charset=utf-8", ...framing }));
  const body = createBodyWriter(socket, how.framing, closed);
  const parts = how.fault === undefined ? 0 : [...words.frames(plan, how)].filter((frame) => frame.isPart).length;
  const at = how.fault === undefined ? -1 : faultAt(how.at, parts);
  let part = 0;
  for (const frame of words.frames(plan, how)) {
    if (frame.isPart && part++ === at && (await breakStream(serving, body))) return;
    if (frame.isPart && gate !== undefined) await Promise.race([gate.pass(), closed]);
    else if (frame.isPart && how.pace !== undefined) await new Promise((resolve) => setTimeout(resolve, 1000 / (how.pace ?? 1)));
    if (socket.destroyed) return;
    await body.write(frame.text);
    count(call, frame, plan);
    ledger.changed();
  }
  body.end();
  ledger.end(call, "finished");
}

function count(call: FakeCall, frame: Frame, plan: AnswerPlan): void {
  call.outputTokens += frame.tokens;
  // Anthropic's first event names the prompt's tokens only.
  if (plan.usage !== undefined && frame.text.includes('"usage":{') && !frame.text.includes('"message_start"')) call.reported = plan.usage;
}

/** Does the harm. False: the stream goes on behind it, as if nothing were wrong. */
async function breakStream({ socket, call, asked, how, ledger }: Serving, body: ReturnType<typeof createBodyWriter>): Promise<boolean> {
  const words = WORDS[asked.protocol];
  switch (how.fault) {
    case "stall":
      return true;
    case "malformed":
      await body.write(words.malformed);
      return false;
    case "end":
      body.end();
      break;
    case "truncate":
      socket.end();
      break;
    case "reset":
      socket.resetAndDestroy();
      break;
    case "error":
      await body.write(words.error);
      body.end();
      break;
    case "cut-character":
      await body.write(Buffer.from(words.cut).subarray(0, -1));
      body.end();
      break;
    case undefined:
    case "context":
    case "end-head":
    case "garbage":
    case "redirect":
    case "reset-head":
    case "slow-first-byte":
      return false;
  }
  ledger.end(call, "faulted");
  return true;
}

export function serveWhole(serving: Serving): void {
  const { socket, call, asked, how, plan, ledger } = serving;
  const words = WORDS[asked.protocol];
  const answer = words.answer(plan, how);
  call.outputTokens = [...words.frames(plan, how)].reduce((sum, frame) => sum + frame.tokens, 0);
  if (how.fault === undefined || how.fault === "end") {
    call.reported = plan.usage;
    writeJson(socket, 200, answer);
    ledger.end(call, how.fault === undefined ? "finished" : "faulted");
    return;
  }
  if (how.fault === "error") {
    writeJson(socket, 200, { type: "error", error: { type: "api_error", message: "internal: secret words" } });
    ledger.end(call, "faulted");
    return;
  }
  breakBody(serving, Buffer.from(JSON.stringify(answer)));
  if (how.fault !== "stall") ledger.end(call, "faulted");
}

function breakBody({ socket, how }: Serving, whole: Buffer): void {
  const at = how.at === "first" ? 1 : how.at === "last" ? whole.length - 1 : Math.floor(whole.length / 2);
  const head = (length: number): string => headText(200, { "content-type": "application/json", "content-length": length });
  if (how.fault === "malformed") {
    const bad = Buffer.concat([whole.subarray(0, at), Buffer.from("\u0000"), whole.subarray(at)]);
    socket.write(head(bad.length));
    socket.write(bad);
    return;
  }
  if (how.fault === "cut-character") {
    const cut = Buffer.concat([whole.subarray(0, at), Buffer.from("水").subarray(0, 2)]);
    socket.write(head(cut.length));
    socket.write(cut);
    return;
  }
  socket.write(head(whole.length));
  // Only once the bytes have left: a reset drops what is still to be sent.
  socket.write(whole.subarray(0, at), () => {
    if (how.fault === "truncate") socket.end();
    else if (how.fault === "reset") socket.resetAndDestroy();
  });
}
