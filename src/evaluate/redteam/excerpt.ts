import type { Ask } from "./probe.ts";
import { fieldOf, itemsOf } from "./json-field.ts";

const CHARS_MAX = 400;

/** The first characters of a text for a reader: what cannot be seen is written out, and no key stays in it. */
export function createExcerpt(keys: () => readonly string[]): (text: string) => string {
  return (text) => {
    let clean = text;
    for (const key of keys()) if (key !== "") clean = clean.replaceAll(key, "[key]");
    const short = Array.from(clean.slice(0, CHARS_MAX * 2))
      .slice(0, CHARS_MAX)
      .join("");
    return short.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, (char) =>
      char === "\n" || char === "\t" ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
    );
  };
}

/** What a request says, for a reader: the last message of a chat, or its method and path. */
export function askedText(ask: Ask): string {
  const line = `${ask.method} ${ask.path}`;
  if (ask.body?.kind !== "json") return line;
  const last = fieldOf(itemsOf(ask.body.value, "messages").at(-1), "content");
  if (last === undefined) return line;
  return typeof last === "string" ? last : JSON.stringify(last);
}
