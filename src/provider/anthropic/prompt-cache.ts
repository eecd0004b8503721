import type { Price } from "../../kernel/money.ts";
import { conversationStart } from "../conversation-start.ts";
import { isRecord, type Json } from "../json.ts";
import type { ProviderCall } from "../spec.ts";
import { PREFIX_CHARS_MIN, type PrefixBook } from "./prefix-book.ts";

/** The shortest lifetime. Longer ones cost twice as much to write as this one, which no price here knows. */
const MARK = Object.freeze({ type: "ephemeral" });

/** A caller's own mark, with the lifetime whose price is known; undefined: it is none. */
export const toMark = (value: unknown): unknown => (isRecord(value) && value["type"] === "ephemeral" ? MARK : undefined);

/**
 * Marks the beginnings of a prompt that come again, so that the provider keeps them: tools and system prompt, and a conversation as far as
 * it has come. Where the caller has marked something itself, it knows better.
 */
export function markStable(body: Record<string, unknown>, asked: ProviderCall, book: PrefixBook): void {
  const { call, target } = asked;
  if (target.promptCache === "off" || !pays(target.price) || hasMark(body)) return;
  const owner = `${call.who.tenant.id}\n${target.upstream}`;
  const tools = recordsIn(body["tools"]);
  const system = typeof body["system"] === "string" ? body["system"] : "";
  const written = tools.length === 0 ? "" : JSON.stringify(tools);
  const until = book.stableUntil(owner, written, system);
  if (until === 0) body["tools"] = marked(tools);
  else if (until !== undefined) body["system"] = splitSystem(system, until);
  const turns = recordsIn(body["messages"]);
  // Documents stand in the last words of the user for this call only: what follows them is not sent again.
  const end = asked.passages.length === 0 ? turns.length : turns.findLastIndex(({ role }) => role === "assistant") + 1;
  const said = turns.slice(0, end).map((turn) => JSON.stringify(turn));
  const chars = said.reduce((sum, { length }) => sum + length, written.length + system.length);
  if (chars < PREFIX_CHARS_MIN || !book.goesOn(owner, conversationStart(call.chat), said)) return;
  body["messages"] = [...markLast(turns.slice(0, end)), ...turns.slice(end)];
}

function splitSystem(system: string, until: number): readonly Json[] {
  const stable = { type: "text", text: system.slice(0, until), cache_control: MARK };
  return until === system.length ? [stable] : [stable, { type: "text", text: system.slice(until) }];
}

const marked = (blocks: readonly Json[]): readonly Json[] =>
  blocks.map((block, at) => (at === blocks.length - 1 ? { ...block, cache_control: MARK } : block));

/** On the last block of the last turn; thoughts bear no mark. */
function markLast(turns: readonly Json[]): readonly Json[] {
  const last = turns.at(-1);
  const blocks = recordsIn(last?.["content"]);
  const type = blocks.at(-1)?.["type"];
  if (last === undefined || type === undefined || type === "thinking" || type === "redacted_thinking") return turns;
  return [...turns.slice(0, -1), { ...last, content: marked(blocks) }];
}

const recordsIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** Reading must be cheaper than sending, and writing must have a price: what is not known is not saved, and would be billed wrongly. */
const pays = (price: Price | undefined): boolean =>
  price?.cacheWritePerMTok !== undefined && price.cachedInputPerMTok !== undefined && price.cachedInputPerMTok < price.inputPerMTok;

/** On the call as a whole, or on a block that the caller wrote in this protocol's own form. */
function hasMark(body: Readonly<Record<string, unknown>>): boolean {
  if (body["cache_control"] !== undefined) return true;
  return recordsIn(body["messages"]).some(({ content }) => recordsIn(content).some((block) => "cache_control" in block));
}
