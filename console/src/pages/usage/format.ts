import { usageText as text } from "#text/usage.ts";
import { formatCompact, formatCount, formatUsd } from "../../ui/format.ts";
import type { Measure, Word } from "./state.ts";
import type { Sums } from "./types.ts";

export const valueOf = (sums: Sums, measure: Measure): number =>
  measure === "cost" ? sums.costMicroUsd : measure === "calls" ? sums.calls : sums.inputTokens + sums.outputTokens;

/** Copies of calls cost something, and count as none. */
export const isUsed = (sums: Sums): boolean => Object.values(sums).some((sum) => sum > 0);

export const formatMeasure = (value: number, measure: Measure): string =>
  measure === "cost" ? formatUsd(value) : measure === "calls" ? formatCount(value) : formatCompact(value);

/** With a sign: `+12.5 %`. undefined where there was nothing before, or nothing changed. */
export function changeOf(now: number, before: number): string | undefined {
  if (before === 0 || now === before) return undefined;
  const share = now / before - 1;
  const percent = Math.abs(share) >= 10 ? formatCount(share * 100) : (share * 100).toFixed(1);
  return `${share > 0 ? "+" : ""}${percent} %`;
}

/** What a value is called on the page; keys by their names, where they are known. */
export function nameOf(word: Word, value: string, keys: ReadonlyMap<string, string>): string {
  if (value === "") return text.none(text.words[word].toLowerCase());
  return word === "key" ? (keys.get(value) ?? value) : value;
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
export const formatTick = {
  day: (seconds: number): string => day.format(seconds * 1000),
  hour: (seconds: number): string => hour.format(seconds * 1000),
} as const;
export const formatUtcDay = (at: string | number): string => day.format(new Date(at));
