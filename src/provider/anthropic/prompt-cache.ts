import type { Price } from "../../kernel/money.ts";
import { isRecord } from "../json.ts";
import type { ProviderCall } from "../spec.ts";
import type { PrefixBook } from "./prefix-book.ts";

/** The shortest lifetime. Longer ones cost twice as much to write as this one, which no price here knows. */
const MARK = Object.freeze({ type: "ephemeral" });

/** A caller's own mark, with the lifetime whose price is known; undefined: it is none. */
export const toMark = (value: unknown): unknown => (isRecord(value) && value["type"] === "ephemeral" ? MARK : undefined);

/**
 * Marks the stable beginning of a prompt (tools, then system), so that the provider keeps it. Where the caller has marked something itself,
 * it knows better.
 */
export function markStable(body: Record<string, unknown>, { call, target }: ProviderCall, book: PrefixBook): void {
  if (target.promptCache === "off" || !pays(target.price) || hasMark(body)) return;
  const tools = Array.isArray(body["tools"]) ? (body["tools"] as readonly Readonly<Record<string, unknown>>[]) : [];
  const system = typeof body["system"] === "string" ? body["system"] : "";
  const until = book.stableUntil(`${call.who.tenant.id}\n${target.upstream}`, tools.length === 0 ? "" : JSON.stringify(tools), system);
  if (until === undefined) return;
  if (until === 0) {
    const last = tools.at(-1);
    if (last !== undefined) body["tools"] = [...tools.slice(0, -1), { ...last, cache_control: MARK }];
    return;
  }
  const stable = { type: "text", text: system.slice(0, until), cache_control: MARK };
  body["system"] = until === system.length ? [stable] : [stable, { type: "text", text: system.slice(until) }];
}

/** Reading must be cheaper than sending, and writing must have a price: what is not known is not saved, and would be billed wrongly. */
const pays = (price: Price | undefined): boolean =>
  price?.cacheWritePerMTok !== undefined && price.cachedInputPerMTok !== undefined && price.cachedInputPerMTok < price.inputPerMTok;

/** On the call as a whole, or on a block that the caller wrote in this protocol's own form. */
function hasMark(body: Readonly<Record<string, unknown>>): boolean {
  if (body["cache_control"] !== undefined) return true;
  const turns = Array.isArray(body["messages"]) ? body["messages"].filter(isRecord) : [];
  return turns.some(({ content }) => Array.isArray(content) && content.some((block) => isRecord(block) && "cache_control" in block));
}
