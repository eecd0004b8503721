import type { ChatCall } from "../domain/chat.ts";
import type { EmbeddingInput, EmbeddingWish } from "../domain/embedding.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { RerankWish } from "../domain/rerank.ts";
import { isChat, type FellReason, type Target, type Trust } from "../domain/target.ts";
import { estimateInputTokens, fitOutput } from "./context.ts";
import { isWished } from "./preference.ts";

/** What decides, whatever is asked for, where a call may go. */
export type Claim = {
  readonly who: TenantPrincipal;
  /** Set where a rule narrows trust. */
  readonly trust: Trust | undefined;
  /** A budget counts for this call, so a price must be known. */
  readonly budgeted: boolean;
  /** What was found in it keeps it on own hardware: this is why. */
  readonly keptIn?: "personal-data" | "unreadable-content" | undefined;
};

export type Wanted = Claim & {
  readonly chat: ChatCall;
  /** UTF-8 bytes of the prompt with passages and system prompt. */
  readonly inputBytes: number;
  readonly passages: number;
};

/** Why a target may not serve this call; undefined where it may. Privacy first, then place, then what it can do. */
export function whyFell(target: Target, wanted: Wanted): FellReason | undefined {
  const barred = whyBarred(target, wanted);
  if (barred !== undefined) return barred;
  const { chat } = wanted;
  if (chat.prefer !== undefined && !isWished(target, chat.prefer)) return "caller";
  if (target.kind === "extractive" && chat.rag?.enabled !== true && chat.model !== "extractive") return "no-passages";
  return whyIncapable(target, chat) ?? (fitOutput(chat, wanted.inputBytes, target) === undefined ? "context" : undefined);
}

const isIn = (target: Target, region: string | undefined): boolean => region === undefined || target.region === region;

/** The one check of where content may go. Every kind of call passes it. */
function whyBarred(target: Target, { who, trust, budgeted, keptIn }: Claim): FellReason | undefined {
  if (keptIn !== undefined && target.trust !== "private") return keptIn;
  if (trust === "private" && target.trust !== "private") return "trust";
  const inProcess = target.kind === "extractive";
  if (!inProcess && !(isIn(target, who.tenant.region) && isIn(target, who.key.region))) return "region";
  if (!inProcess && who.tenant.models !== undefined && !who.tenant.models.includes(target.model)) return "tenant-models";
  if (!inProcess && who.key.models !== undefined && !who.key.models.includes(target.model)) return "key-models";
  return budgeted && target.price === undefined ? "price-unknown" : undefined;
}

export type WantedVectors = Claim & { readonly wish: EmbeddingWish };

/** The same for embeddings. */
export function whyFellEmbedding(target: Target, wanted: WantedVectors): FellReason | undefined {
  const barred = whyBarred(target, wanted);
  if (barred !== undefined) return barred;
  if (target.capabilities.embeddings !== true) return "capability-embeddings";
  const { contextTokens } = target;
  if (contextTokens === undefined) return undefined;
  return wanted.wish.inputs.some((input) => tokensOf(input) > contextTokens) ? "context" : undefined;
}

const tokensOf = (input: EmbeddingInput): number =>
  typeof input === "string" ? estimateInputTokens(Buffer.byteLength(input)) : input.length;

export type WantedOrder = Claim & { readonly wish: Pick<RerankWish, "model" | "inputs" | "inputBytes"> };

/** The same for rankings. A document that is too long is read in part; a query is not. */
export function whyFellRerank(target: Target, wanted: WantedOrder): FellReason | undefined {
  const barred = whyBarred(target, wanted);
  if (barred !== undefined) return barred;
  if (target.capabilities.ranks !== true) return "capability-rerank";
  const { contextTokens } = target;
  return contextTokens !== undefined && tokensOf(wanted.wish.inputs[0]) >= contextTokens ? "context" : undefined;
}

function whyIncapable(target: Target, chat: ChatCall): FellReason | undefined {
  const can = target.capabilities;
  if (!isChat(can)) return "capability-chat";
  if (chat.tools.length > 0 && !can.tools) return "capability-tools";
  if (chat.responseFormat !== undefined && chat.responseFormat.type !== "text" && !can.jsonSchema) return "capability-json-schema";
  if ((chat.sampling.n ?? 1) > 1 && !can.manyChoices) return "capability-choices";
  if (!can.images && hasImages(chat)) return "capability-images";
  return undefined;
}

export function hasImages(chat: ChatCall): boolean {
  return chat.messages.some(
    (message) => typeof message.content === "object" && message.content?.some((block) => block.type === "image") === true,
  );
}
