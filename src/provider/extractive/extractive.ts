import type { ChatCall, Content, FinishReason, Part, Usage } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import type { Provider, ProviderCall } from "../spec.ts";
import { findAnswer } from "./answer.ts";
import type { Quoted } from "./answer.ts";
import type { Language } from "./language.ts";
import { readSameWords } from "./same-words.ts";

const NOT_HELD = "The documents do not hold the answer to this question.";
const NO_DOCUMENTS =
  'This model answers from documents only, and none were asked for. Name a collection in the request: "rag": {"enabled": true, "collection": "…"}.';

/** Answers with sentences of the passages, word for word, each with its source. No model, no network, the same every time. */
export function createExtractive(language: Language): Provider {
  const words = readSameWords(language.terms);
  /** Small words of the question's own language are not asked for: no sentence would hold `wie viele`, which then counted as its rarest words. */
  const quotesFor = (question: string, passages: ProviderCall["passages"]): readonly Quoted[] => {
    const code = language.spoken?.(question);
    return findAnswer(question, passages, { ...language, terms: (text) => language.terms(text, code) }, words);
  };
  return {
    name: "extractive",
    async *stream(asked: ProviderCall, signal: AbortSignal): AsyncGenerator<readonly Part[], void> {
      if (signal.aborted) throw new Fault("client_gone");
      const grounded = asked.call.chat.rag?.enabled === true;
      const quotes = grounded ? quotesFor(language.toQuery(asked.call.chat.messages), asked.passages) : [];
      const plain = grounded ? NOT_HELD : NO_DOCUMENTS;
      const pieces = quotes.length > 0 ? toPieces(quotes) : [{ text: plain, cited: undefined }];
      yield speak(pieces, asked.chat, language);
    },
    probe: () => Promise.resolve(),
    close: () => undefined,
  };
}

type Piece = {
  readonly text: string;
  readonly cited: { readonly passage: number; readonly start: number; readonly end: number; readonly quote: string } | undefined;
};

/** `Sentence [1].` would part a quotation from its full stop, so the number stands behind it. */
function toPieces(quotes: readonly Quoted[]): readonly Piece[] {
  let at = 0;
  return quotes.map(({ text, passage }, index) => {
    const lead = index === 0 ? "" : " ";
    const quote = /[.!?…:;"'”’)\]]$/.test(text) ? text : `${text}.`;
    const piece = `${lead}${quote} [${passage + 1}]`;
    const start = at + lead.length;
    at += piece.length;
    return { text: piece, cited: { passage, start, end: start + quote.length, quote: text } };
  });
}

function speak(pieces: readonly Piece[], chat: ChatCall, language: Language): readonly Part[] {
  const inputTokens = language.countTokens(chat.messages.map((message) => textOf(message.content)).join("\n"));
  let outputTokens = 0;
  let reason: FinishReason = "stop";
  const parts: Part[] = [];
  for (const { text, cited } of pieces) {
    const tokens = language.countTokens(text);
    // A sentence is said whole or not at all.
    if (outputTokens + tokens > chat.maxOutputTokens) {
      reason = "length";
      break;
    }
    outputTokens += tokens;
    parts.push({ type: "text-delta", choice: 0, text });
    if (cited !== undefined) parts.push({ type: "citation", choice: 0, ...cited });
  }
  parts.push({ type: "usage", usage: usage(inputTokens, outputTokens) });
  parts.push({ type: "choice-finish", choice: 0, reason, rawReason: undefined });
  parts.push({ type: "finish", upstreamId: undefined, upstreamModel: "extractive" });
  return parts;
}

const usage = (inputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  outputTokens,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "counted",
});

function textOf(content: Content | null): string {
  if (content === null || typeof content === "string") return content ?? "";
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}
