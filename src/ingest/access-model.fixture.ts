import type { Attributes } from "../domain/access.ts";
import { CLASSIFICATIONS, type AttributeFilter, type Reader } from "../domain/reader.ts";

/**
 * Who may find what, written down once more for tests: from the attributes as they were sent, without a column, a range or a statement. It shares
 * no code with what it checks.
 */
export function mayFind(attributes: Attributes, reader: Reader, filter: AttributeFilter | undefined, nowMs: number): boolean {
  const listed = (key: string): string[] | undefined => {
    const value = attributes[key];
    return typeof value === "string" ? value.split(",").map((name) => name.trim()) : undefined;
  };
  const from = attributes["effective_from"];
  const until = attributes["effective_until"];
  if (typeof from === "number" && from * 1000 > nowMs) return false;
  if (typeof until === "number" && until * 1000 <= nowMs) return false;
  if (filter !== undefined && !fits(attributes, filter)) return false;
  if (reader.kind === "all") return true;
  const groups = listed("groups");
  if (groups !== undefined && !groups.some((group) => reader.groups.includes(group))) return false;
  const places = listed("jurisdiction");
  if (places !== undefined && (reader.jurisdiction === undefined || !places.includes(reader.jurisdiction))) return false;
  const words: readonly string[] = CLASSIFICATIONS;
  const classification = attributes["classification"];
  return typeof classification !== "string" || words.indexOf(classification) <= words.indexOf(reader.clearance ?? "internal");
}

function fits(attributes: Attributes, filter: AttributeFilter): boolean {
  switch (filter.type) {
    case "and":
      return filter.filters.every((one) => fits(attributes, one));
    case "or":
      return filter.filters.some((one) => fits(attributes, one));
    case "in":
    case "nin":
      return filter.value.some((value) => value === attributes[filter.key]) === (filter.type === "in");
    case "eq":
      return attributes[filter.key] === filter.value;
    case "ne":
      return attributes[filter.key] !== filter.value;
    case "gt":
    case "gte":
    case "lt":
    case "lte": {
      const has = attributes[filter.key];
      if (has === undefined || typeof has !== typeof filter.value) return false;
      const order = has < filter.value ? -1 : has > filter.value ? 1 : 0;
      return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[filter.type];
    }
  }
}
