import type { ChatCall } from "../domain/chat.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { FellReason, Target, Trust } from "../domain/target.ts";
import { fitOutput } from "./context.ts";

export type Wanted = {
  readonly chat: ChatCall;
  readonly who: TenantPrincipal;
  /** UTF-8 bytes of the prompt with passages and system prompt. */
  readonly inputBytes: number;
  readonly passages: number;
  /** Set where a rule narrows trust. */
  readonly trust: Trust | undefined;
  /** A budget counts for this call, so a price must be known. */
  readonly budgeted: boolean;
};

/** Why a target may not serve this call; undefined where it may. Privacy first, then place, then what it can do. */
export function whyFell(target: Target, wanted: Wanted): FellReason | undefined {
  const { chat, who } = wanted;
  if (wanted.trust === "private" && target.trust !== "private") return "trust";
  const inProcess = target.kind === "extractive";
  if (who.tenant.region !== undefined && !inProcess && target.region !== who.tenant.region) return "region";
  if (!inProcess && who.tenant.models !== undefined && !who.tenant.models.includes(target.model)) return "tenant-models";
  if (!inProcess && who.key.models !== undefined && !who.key.models.includes(target.model)) return "key-models";
  if (wanted.budgeted && target.price === undefined) return "price-unknown";
  if (inProcess && chat.rag?.enabled !== true && chat.model !== "extractive") return "no-passages";
  return whyIncapable(target, chat) ?? (fitOutput(chat, wanted.inputBytes, target) === undefined ? "context" : undefined);
}

function whyIncapable(target: Target, chat: ChatCall): FellReason | undefined {
  const can = target.capabilities;
  if (chat.tools.length > 0 && !can.tools) return "capability-tools";
  if (chat.responseFormat !== undefined && chat.responseFormat.type !== "text" && !can.jsonSchema) return "capability-json-schema";
  if ((chat.sampling.n ?? 1) > 1 && !can.manyChoices) return "capability-choices";
  if (!can.images && hasImages(chat)) return "capability-images";
  return undefined;
}

function hasImages(chat: ChatCall): boolean {
  return chat.messages.some(
    (message) => typeof message.content === "object" && message.content?.some((block) => block.type === "image") === true,
  );
}
