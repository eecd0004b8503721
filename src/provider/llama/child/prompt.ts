import { randomBytes } from "node:crypto";
import type { LlamaModel, Token } from "node-llama-cpp";
import type { ChatOrder } from "../lines.ts";
import { Refusal } from "./refusal.ts";
import type { ChatTemplate } from "./template.ts";

export type Prompt = {
  readonly tokens: Token[];
  /** The template has begun the answer with `<think>` itself. */
  readonly thinking: boolean;
};

/**
 * The prompt's tokens. The template's own marks (`<|im_end|>`) become the model's control tokens; the same characters in a message stay
 * text, or a caller, or a document, could end its turn and speak as the system.
 */
export function toPrompt(model: LlamaModel, template: ChatTemplate, order: Pick<ChatOrder, "messages" | "tools">): Prompt {
  if (order.tools.length > 0 && !template.knowsTools)
    throw new Refusal(
      "target_refused",
      "The model's chat template has no tool calls in a form that this server reads (<tool_call>).",
      "tools",
    );
  const { messages } = order;
  if (!messages.some((message) => holdsMark(model, message.content))) {
    const text = template.render(messages, order.tools);
    return { tokens: withBegin(model, model.tokenize(text, true)), thinking: endsThinking(text) };
  }
  const nonce = randomBytes(12).toString("hex");
  const nameOf = (at: number): string => `\uE000${nonce}:${String(at)}\uE001`;
  const text = template.render(
    messages.map((message, at) => ({ ...message, content: nameOf(at) })),
    order.tools,
  );
  const pieces = text.split(new RegExp(`\uE000${nonce}:(\\d+)\uE001`));
  const tokens = pieces.flatMap((piece, at) => {
    if (at % 2 === 0) return model.tokenize(piece, true, at === 0 ? undefined : "trimLeadingSpace");
    return model.tokenize(messages[Number(piece)]?.content ?? "", false, "trimLeadingSpace");
  });
  return { tokens: withBegin(model, tokens), thinking: endsThinking(text) };
}

const endsThinking = (text: string): boolean => text.trimEnd().endsWith("<think>");

/** The text has characters that the tokenizer would read as a control token. */
function holdsMark(model: LlamaModel, text: string): boolean {
  // Every mark has one of these; most text has none, and costs one look.
  if (!/[<[|]/.test(text)) return false;
  const [asMarks, asText] = [model.tokenize(text, true), model.tokenize(text, false)];
  return asMarks.length !== asText.length || asMarks.some((token, at) => token !== asText[at]);
}

function withBegin(model: LlamaModel, tokens: Token[]): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
}
