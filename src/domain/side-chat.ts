import type { ChatCall, Message } from "./chat.ts";

export type SideChatAsk = {
  /** The call that it is made for: its wishes about providers hold. */
  readonly asked: Pick<ChatCall, "prefer">;
  readonly model: string;
  readonly outputTokens: number;
};

/** A short question of the server's own to a model, beside a call: whole, without tools, documents or chance. */
export const toSideChat = (messages: readonly Message[], { asked, model, outputTokens }: SideChatAsk): ChatCall => ({
  model,
  messages,
  tools: [],
  toolChoice: undefined,
  parallelToolCalls: undefined,
  responseFormat: undefined,
  sampling: { temperature: 0 },
  maxOutputTokens: outputTokens,
  maxOutputAsked: true,
  stream: false,
  rag: undefined,
  prefer: asked.prefer,
  extra: {},
  endUser: undefined,
  inputBytes: Buffer.byteLength(JSON.stringify(messages)),
});
