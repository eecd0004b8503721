import { ApiError } from "../../api/client.ts";
import { formatUsd } from "../../ui/format.ts";

/** Texts of a form as the API takes them. `undefined` leaves a field as it is, `null` takes it back. */

export const textOrNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());
export const numberOrNull = (text: string): number | null => (text.trim() === "" ? null : Number(text));
export const namesOrNull = (text: string): readonly string[] | null => {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names.length === 0 ? null : names;
};

/** The server's word about one field; the others' errors stand elsewhere. */
export const errorOf = (error: unknown, ...params: readonly string[]): string | undefined =>
  error instanceof ApiError && error.param !== undefined && params.includes(error.param.split(/[.[]/)[0] ?? "") ? error.message : undefined;

export const dollars = (usd: number): string => formatUsd(Math.round(usd * 1_000_000));
