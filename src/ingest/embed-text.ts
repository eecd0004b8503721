import { sha256Hex } from "../kernel/hash.ts";

export type Embeddable = {
  readonly title: string;
  readonly headings: readonly string[];
  readonly context?: string | null | undefined;
  readonly text: string;
};

/** What of a chunk is embedded: where it stands, and its text. A title without a letter only says what the file is called. */
export function embeddedText({ title, headings, context, text }: Embeddable): string {
  const above = context ?? [...new Set([/\p{L}/u.test(title) ? title : "", ...headings])].filter((line) => line !== "").join("\n");
  return above === "" ? text : `${above}\n${text}`;
}

const HASH_CHARS = 32;

/** 128 bits: two texts of one tenant do not share it by chance, and whoever made them share it would find his own text only. */
export const textHash = (text: string): string => sha256Hex(text).slice(0, HASH_CHARS);
