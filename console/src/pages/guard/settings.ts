import { guardText as text } from "#text/guard.ts";
import type { GuardSettings, SettingName, SettingValue } from "./types.ts";

const PII = ["off", "detect", "mask", "private-only", "block"] as const;

/** What a setting can be, from lax to strict. The two that are no choice of words have an editor of their own. */
export const CHOICES: Readonly<Record<Exclude<SettingName, "fields" | "linkHosts">, readonly string[]>> = {
  pii: PII,
  pseudonyms: ["kept", "call"],
  images: ["allow", "private-only"],
  injection: ["off", "detect", "block"],
  instructions: ["plain", "guarded"],
  canary: ["off", "on"],
  outputPii: ["off", "detect", "mask", "block"],
  outputLinks: ["off", "detect", "defang", "block"],
  outputToxicity: ["off", "detect", "block"],
};
export const PII_MODES: readonly string[] = PII;
export const PLACES: readonly (keyof typeof text.modes.places)[] = ["system", "user", "assistant", "tool", "documents", "inputs"];

export type Draft = Readonly<Partial<Record<SettingName, SettingValue | null>>>;

/** `null` in a draft: as for everybody. */
export const isList = (value: SettingValue | null | undefined): value is string[] => Array.isArray(value);
export const isTable = (value: SettingValue | null | undefined): value is Record<string, string> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value in a few words. */
export function sayValue(value: SettingValue): string {
  if (typeof value === "boolean") return value ? text.modes.on : text.modes.off;
  if (typeof value === "string") return value;
  if (isList(value)) return value.length === 0 ? text.modes.none : value.join(", ");
  const entries = Object.entries(value);
  return entries.length === 0 ? text.modes.none : entries.map(([place, mode]) => `${place}: ${mode}`).join(", ");
}

/** The tenant's own rules with the draft over them, as the server takes them: whole. null: it has none. */
export function toGuard({ settings }: GuardSettings, draft: Draft): Readonly<Record<string, SettingValue>> | null {
  const own: Record<string, SettingValue> = {};
  for (const { name, value, from } of settings) {
    const drafted = draft[name];
    if (drafted !== undefined && drafted !== null) own[name] = drafted;
    else if (drafted === undefined && (from === "tenant" || from === "policy")) own[name] = value;
  }
  return Object.keys(own).length === 0 ? null : own;
}
