import type { Unit } from "../../retrieve/index.ts";
import type { Heading } from "./headings.ts";

const TITLE_CHARS_MAX = 100;
/** Below every heading. */
const CLAUSE_LEVEL = 10;
/** One numbered line is a sentence with a number. */
const CLAUSES_MIN = 2;

const RANKS: Readonly<Record<string, number>> = {
  part: 0,
  title: 0,
  book: 0,
  schedule: 0,
  annex: 0,
  appendix: 0,
  exhibit: 0,
  chapter: 1,
  article: 2,
  section: 2,
  clause: 2,
};
const named =
  /^(part|title|book|schedule|annex|appendix|exhibit|chapter|article|section|clause)\s+(\d{1,4}|[IVXLC]{1,7}|[A-Z])((?:\.\d{1,3}){0,5})[a-z]?(?![\p{L}\p{N}])/iu;
const paragraph = /^§{1,2}\s{0,3}\d{1,5}[a-z]?((?:\.\d{1,3}){0,5})/u;
const dotted = /^(\d{1,3})((?:\.\d{1,3}){1,5})\.?\s+\S/;
const single = /^\d{1,3}[.)]\s+\S/;

/**
 * Numbered clauses as headings (`4.2.1 …`, `Section 3`, `Article IV`, `§ 12`), each where a line begins. `1. …` is one only where others have
 * more numbers or a name: elsewhere it is an item of a list.
 */
export function clausesOf(text: string, units: readonly Unit[]): readonly Heading[] {
  const found: Heading[] = [];
  const plain: Heading[] = [];
  for (const unit of units) {
    if ((unit.kind !== "item" && unit.kind !== "sentence") || !beginsLine(text, unit.start)) continue;
    const line = text.slice(unit.start, Math.min(unit.end, unit.start + 2 * TITLE_CHARS_MAX));
    const rank = rankOf(line);
    if (rank !== undefined) found.push(toHeading(unit, line, rank));
    else if (single.test(line)) plain.push(toHeading(unit, line, RANK_PLAIN));
  }
  if (found.length < CLAUSES_MIN) return [];
  return [...found, ...plain].toSorted((one, other) => one.start - other.start);
}

const RANK_PLAIN = 2;

function rankOf(line: string): number | undefined {
  const name = named.exec(line);
  if (name !== null) return (RANKS[(name[1] ?? "").toLowerCase()] ?? RANK_PLAIN) + depthOf(name[3]);
  const mark = paragraph.exec(line);
  if (mark !== null) return RANK_PLAIN + depthOf(mark[1]);
  const number = dotted.exec(line);
  return number === null ? undefined : RANK_PLAIN + depthOf(number[2]);
}

const depthOf = (numbers = ""): number => numbers.split(".").length - 1;

function toHeading(unit: Unit, line: string, rank: number): Heading {
  const isShort = unit.end - unit.start <= TITLE_CHARS_MAX;
  const label = /^(?:[a-z]+\s+|§+\s*)?[\d.IVXLCA-Z]{1,20}[a-z]?(?=[\s.):,-]|$)/iu.exec(line)?.[0] ?? line.slice(0, 20);
  return { start: unit.start, level: CLAUSE_LEVEL + rank, title: (isShort ? line : label).replace(/[\s.):]+$/, "") };
}

function beginsLine(text: string, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at -= 1;
  return at < 0 || text.charCodeAt(at) === 10;
}
