import type { Config } from "../config/index.ts";
import type { ChatDeps } from "../http/index.ts";
import { admitChat, admitEmbeddings, admitModerations, admitRerank } from "./admission.ts";
import type { EndpointsDeps } from "./endpoints.ts";
import type { Parts } from "./parts.ts";

type Calls = Pick<EndpointsDeps, "chat" | "embeddings" | "rerank" | "rerankFor" | "moderations">;

/** The endpoints that admit calls: each takes its place and its tokens, runs its path, and ends with the server. */
export function composeCalls(config: Config, parts: Parts, pacer: ChatDeps["pacer"]): Calls {
  const { chat, live, telemetry } = parts;
  const { admission } = parts.admission;
  const shared = { live, traced: telemetry.tracer !== undefined };
  const outputLimits = { defaultTokens: config.maxOutputTokensDefault, capTokens: config.maxOutputTokensCap };
  return {
    chat: { ...shared, admit: admitChat(admission, chat.refuse), answer: chat.answer, outputLimits, pacer },
    embeddings: { ...shared, admit: admitEmbeddings(admission, chat.refuse), embed: chat.embed },
    rerank: { ...shared, admit: admitRerank(admission, chat.refuse), rerank: chat.rerank },
    rerankFor: chat.rerankFor,
    moderations: { live, admit: admitModerations(admission, chat.refuse), moderate: chat.moderate },
  };
}
