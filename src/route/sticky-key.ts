import type { ChatCall, Message } from "../domain/chat.ts";
import { ownerOf, type TenantPrincipal } from "../domain/principal.ts";
import type { StickyBy } from "../domain/signals.ts";
import { textsOf } from "./content-text.ts";

/** Of each message: what is alike for so long is alike. */
const CHARS_MAX = 2048;

const said = (message: Message): string => textsOf(message.content).join("\n").slice(0, CHARS_MAX);
const isInstruction = ({ role }: Message): boolean => role === "system" || role === "developer";

/**
 * What calls that should meet the same server have in common. It is hashed at once and never shown: it holds content. `prefix`: the
 * tenant's calls with the same instructions and tools. `conversation`: of those, the ones of one caller that begin with the same question.
 */
export function stickyKeyOf(by: StickyBy, chat: ChatCall, who: TenantPrincipal): string {
  const prefix = [who.tenant.id, ...chat.messages.filter(isInstruction).map(said), ...chat.tools.map(({ name }) => name)];
  if (by === "prefix") return prefix.join("\n");
  const first = chat.messages.find(({ role }) => role === "user");
  return [...prefix, ownerOf(who), chat.endUser ?? "", first === undefined ? "" : said(first)].join("\n");
}
