import { attributesText as text } from "#text/collection-files.ts";
import type { Attributes } from "./types.ts";

/** An attribute of the tenant's own, as it is written in the form. */
export type OwnAttribute = {
  readonly id: number;
  readonly name: string;
  readonly type: "string" | "number" | "boolean";
  readonly value: string;
};
export const RESERVED = ["groups", "classification", "jurisdiction", "effective_from", "effective_until"] as const;
export type Reserved = (typeof RESERVED)[number];
export type AttributesForm = { readonly reserved: Readonly<Record<Reserved, string>>; readonly own: readonly OwnAttribute[] };

const isReserved = (name: string): name is Reserved => RESERVED.some((one) => one === name);
const isNumber = (value: string): boolean => value.trim() !== "" && Number.isFinite(Number(value));

export function toAttributesForm(attributes: Attributes | null): AttributesForm {
  const all = attributes ?? {};
  const reserved = (name: Reserved): string => String(all[name] ?? "");
  const own = Object.entries(all)
    .filter(([name]) => !isReserved(name))
    .map(([name, value], id): OwnAttribute => {
      const type = typeof value;
      return { id, name, type: type === "number" || type === "boolean" ? type : "string", value: String(value) };
    });
  return {
    reserved: {
      groups: reserved("groups"),
      classification: reserved("classification"),
      jurisdiction: reserved("jurisdiction"),
      effective_from: reserved("effective_from"),
      effective_until: reserved("effective_until"),
    },
    own,
  };
}

/** What is wrong, by the id of the row. */
export function findProblems({ own }: AttributesForm): ReadonlyMap<number, string> {
  const problems = new Map<number, string>();
  const names = new Set<string>();
  for (const { id, name, type, value } of own) {
    if (names.has(name) || isReserved(name)) problems.set(id, text.twice);
    names.add(name);
    if (type === "number" && !isNumber(value)) problems.set(id, text.number);
  }
  return problems;
}

/** Rows without a name are left out. A time in seconds stays a number. */
export function fromAttributesForm({ reserved, own }: AttributesForm): Attributes {
  const given = RESERVED.flatMap((name) => {
    const value = reserved[name].trim();
    if (value === "") return [];
    return [[name, name.startsWith("effective_") && /^\d{9,}$/.test(value) ? Number(value) : value] as const];
  });
  const others = own.flatMap(({ name, type, value }) => {
    if (name.trim() === "") return [];
    return [[name.trim(), type === "number" ? Number(value) : type === "boolean" ? value === "true" : value] as const];
  });
  return Object.fromEntries([...given, ...others]);
}
