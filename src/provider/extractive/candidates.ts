import type { Passage } from "../../domain/chat.ts";
import type { Language, TextUnit } from "./language.ts";

/** A sentence that could be part of an answer, with what stands around it. */
export type Candidate = {
  /** Index of its passage, and its own place among the candidates of all passages. */
  readonly passage: number;
  readonly order: number;
  /** As it is quoted: in one line, without the marks of a list. */
  readonly text: string;
  readonly kind: TextUnit["kind"];
  readonly own: ReadonlySet<string>;
  readonly heading: ReadonlySet<string>;
  /** The heading itself, in lower case. */
  readonly headingText: string;
  readonly outer: ReadonlySet<string>;
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
  /** Which section of which passage it stands in. */
  readonly section: number;
};

const NOTHING: ReadonlySet<string> = new Set();
/** Longer ones are data or have no sentence ends; they would be no answer. */
const TEXT_CHARS_MAX = 700;

type Section = Pick<Candidate, "section" | "heading" | "headingText" | "outer">;

/** The sentences, items and rows of all passages in order. Overlapping passages give each sentence once. */
export function toCandidates(passages: readonly Passage[], language: Language): readonly Candidate[] {
  const found: Candidate[] = [];
  const seen = new Set<string>();
  for (const [at, passage] of passages.entries()) {
    for (const candidate of readPassage(passage, at, language)) {
      const key = `${passage.fileId} ${candidate.text}`;
      if (seen.has(key) || candidate.text.length > TEXT_CHARS_MAX) continue;
      seen.add(key);
      found.push({ ...candidate, order: found.length, section: at * 10_000 + candidate.section });
    }
  }
  return found;
}

function readPassage(passage: Passage, index: number, language: Language): readonly Candidate[] {
  const termSet = (text: string): ReadonlySet<string> => new Set(language.terms(text));
  const sections = createSections(passage, termSet);
  const made: { readonly candidate: Candidate; readonly closes: boolean }[] = [];
  let header: readonly string[] | undefined;
  let lead = NOTHING;
  for (const unit of language.units(passage.text)) {
    const raw = passage.text.slice(unit.start, unit.end);
    const isHeader = unit.kind === "row" && header === undefined;
    if (unit.kind === "heading") sections.enter(unit.level, raw.replace(/^#+\s*/, ""));
    if (unit.kind !== "row") header = undefined;
    if (isHeader) header = cellsOf(raw);
    if (isHeader || unit.kind === "heading" || unit.kind === "code") continue;
    const text = unit.kind === "row" ? readRow(cellsOf(raw), header ?? []) : readLine(raw);
    if (!/[\p{L}\p{N}]/u.test(text)) continue;
    const own = termSet(text);
    const before = unit.kind === "item" ? lead : NOTHING;
    // A sentence that ends in a colon leads the items that follow.
    if (unit.kind !== "item") lead = text.endsWith(":") ? own : NOTHING;
    made.push({
      candidate: { ...sections.current(), passage: index, order: 0, text, kind: unit.kind, own, before, after: NOTHING },
      closes: unit.closes,
    });
  }
  return made.map(({ candidate, closes }, at) => withNeighbours(candidate, made[at - 1], closes ? undefined : made[at + 1]?.candidate));
}

function createSections(passage: Passage, termSet: (text: string) => ReadonlySet<string>) {
  const path = passage.headings.map((text, at) => ({ text, level: at + 1 }));
  let count = 0;
  const describe = (): Section => ({
    section: count,
    heading: termSet(path.at(-1)?.text ?? passage.title),
    headingText: path.at(-1)?.text.toLowerCase() ?? "",
    outer: termSet([passage.title, ...path.slice(0, -1).map((one) => one.text)].join("\n")),
  });
  let current = describe();
  return {
    current: () => current,
    enter(level: number, text: string): void {
      while ((path.at(-1)?.level ?? 0) >= level) path.pop();
      path.push({ text, level });
      count += 1;
      current = describe();
    },
  };
}

function withNeighbours(
  candidate: Candidate,
  previous: { readonly candidate: Candidate; readonly closes: boolean } | undefined,
  next: Candidate | undefined,
): Candidate {
  const before =
    candidate.before.size > 0 ? candidate.before : previous !== undefined && !previous.closes ? previous.candidate.own : NOTHING;
  return { ...candidate, before, after: next?.own ?? NOTHING };
}

const cellsOf = (row: string): readonly string[] =>
  row
    .trim()
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split("|")
    .map((cell) => cell.trim());

/** `Access logs – Kept for: 180 days; Then: deleted`. */
function readRow(cells: readonly string[], header: readonly string[]): string {
  const [first = "", ...rest] = cells;
  const named = rest.flatMap((cell, at) =>
    cell === "" || cell === "–" || cell === "-" ? [] : [header[at + 1] ? `${header[at + 1] ?? ""}: ${cell}` : cell],
  );
  return named.length === 0 ? first : `${first} – ${named.join("; ")}`;
}

const readLine = (raw: string): string =>
  raw
    .replace(/^\s*[-*+•–]\s+/, "")
    .replace(/\s+/g, " ")
    .trim();
