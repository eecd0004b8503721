import type { Extracted } from "./extracted.ts";
import { firstHeading, tidyText } from "./extracted.ts";

const HEADING_CHARS_MAX = 90;

/** Plain text has no headings, but people write them: alone between empty lines, in capitals, numbered, or underlined. */
export function parseText(source: string): Extracted {
  const lines = tidyText(source).split("\n");
  const made: string[] = [];
  for (const [at, line] of lines.entries()) {
    const rule = /^(?:={3,}|-{3,}|~{3,}|_{3,}|\*{3,})$/.exec(line.trim())?.[0];
    if (rule !== undefined) {
      const above = made.at(-1) ?? "";
      if ((rule.startsWith("=") || rule.startsWith("-")) && isShort(above) && !above.startsWith("#")) {
        made[made.length - 1] = `${rule.startsWith("=") ? "#" : "##"} ${above.trim()}`;
      }
      made.push("");
    } else if (isAlone(lines, at) && isHeading(line)) {
      made.push(`## ${line.trim()}`);
    } else made.push(line);
  }
  const text = tidyText(made.join("\n"));
  return { title: firstHeading(text), text };
}

const isShort = (line: string): boolean => line.trim() !== "" && line.trim().length <= HEADING_CHARS_MAX;

function isAlone(lines: readonly string[], at: number): boolean {
  return (at === 0 || lines[at - 1]?.trim() === "") && at + 1 < lines.length && lines[at + 1]?.trim() === "";
}

/** `7. LIMITATION OF LIABILITY`, `Article 4 - Fees`, `SCHEDULE A`; never a sentence. */
export function isHeading(line: string): boolean {
  const text = line.trim();
  if (!isShort(text) || /[.;,:]$/.test(text) || text.startsWith("#") || text.startsWith("|")) return false;
  const letters = text.replace(/[^\p{L}]/gu, "");
  if (letters.length < 3) return false;
  if (letters === letters.toUpperCase() && letters !== letters.toLowerCase()) return true;
  return /^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|(?:article|section|chapter|part|schedule|annex|appendix|exhibit)\s+[\dA-Z]+\b)\s*\S/i.test(text);
}
