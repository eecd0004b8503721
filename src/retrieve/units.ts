/** A sentence, heading, list item, table row or line of code, as a span of UTF-16 positions in a text. */
export type Unit = {
  readonly kind: "heading" | "row" | "item" | "sentence" | "code";
  readonly start: number;
  readonly end: number;
  /** 1 to 6 for headings, else 0. */
  readonly level: number;
  /** Nothing of the same paragraph follows. */
  readonly closes: boolean;
};

const headingLine = /^(#{1,6})[ \t]+\S/;
/** With bars round its cells, or blanks round the bars between them. */
const rowLine = /^[ \t]*\|.*\|[ \t]*$|\S \| \S/;
const itemLine = /^[ \t]*(?:[-*+•–]|\d{1,3}[.)]|\(?[a-z]\)|\(?[ivx]{1,5}\)|\d{1,2}(?:\.\d{1,2}){1,3}\.?)[ \t]+\S/;
const fenceLine = /^[ \t]*(?:```|~~~)/;
/** Ends that are not: titles, Latin, units of a document, months, companies, initials. */
const abbreviation =
  /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|cf|al|inc|ltd|co|corp|no|nos|art|sec|fig|eq|vol|pp?|approx|dept|est|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|[a-z]|(?:[a-z]\.)+[a-z])\.$/i;
const capital = /[\p{Lu}\p{Lt}]/u;
const small = /\p{Ll}/u;
const sentenceEnd = /[.!?…]{1,9}["'”’)\]]{0,9}(?=\s)|[。！？]{1,9}["'”’）」』]{0,9}/g;

/**
 * Cuts a text into the smallest pieces that still say something. Lines of one paragraph belong together; a heading (`## …`), a list item
 * or a numbered clause begins a piece of its own, and a table row is one piece.
 */
export function units(text: string): Unit[] {
  const found: Unit[] = [];
  for (const block of blocks(text)) {
    if (block.kind === "sentence" || block.kind === "item") cutSentences(text, block, found);
    else found.push(trimmed(text, { ...block, closes: true }));
  }
  return found.filter((unit) => unit.end > unit.start);
}

type Block = { readonly kind: Unit["kind"]; readonly start: number; end: number; readonly level: number };

function blocks(text: string): Block[] {
  const made: Block[] = [];
  let open: Block | undefined;
  let fenced = false;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const isFence = fenceLine.test(line);
    if (fenced || isFence) {
      // Each line of code stands alone: there are no sentences in it.
      if (line.trim() !== "") made.push({ kind: "code", start, end, level: 0 });
      open = undefined;
      if (isFence) fenced = !fenced;
    } else {
      open = addLine({ line, start, end }, open, made);
    }
    start = end + 1;
  }
  return made;
}

function addLine(at: { line: string; start: number; end: number }, open: Block | undefined, made: Block[]): Block | undefined {
  const { line, start, end } = at;
  if (line.trim() === "") return undefined;
  const heading = headingLine.exec(line);
  const kind = heading ? "heading" : rowLine.test(line) ? "row" : itemLine.test(line) ? "item" : "sentence";
  if (kind === "sentence" && open !== undefined) {
    open.end = end;
    return open;
  }
  const block: Block = { kind, start, end, level: heading?.[1]?.length ?? 0 };
  made.push(block);
  return kind === "item" || kind === "sentence" ? block : undefined;
}

function cutSentences(text: string, block: Block, into: Unit[]): void {
  let start = block.start;
  let kind = block.kind;
  const body = text.slice(block.start, block.end);
  // In what is written without capitals a sentence begins small.
  const begins = !capital.test(body) && small.test(body) ? beginsSmall : beginsLarge;
  for (const match of body.matchAll(sentenceEnd)) {
    const end = block.start + match.index + match[0].length;
    if (!endsSentence(text, start, block.start + match.index, end, { blockEnd: block.end, begins })) continue;
    into.push(trimmed(text, { kind, start, end, level: 0, closes: false }));
    start = end;
    kind = "sentence";
  }
  const rest = trimmed(text, { kind, start, end: block.end, level: 0, closes: true });
  if (rest.end > rest.start) {
    into.push(rest);
    return;
  }
  const last = into.pop();
  if (last !== undefined) into.push({ ...last, closes: true });
}

// `4.2 Fees` and `approx. 20`: what follows a real end begins with a capital, a digit, a quote or a bracket.
const beginsLarge = /[\p{Lu}\p{Lt}\p{Lo}\p{N}"'“‘([$€£*_`•-]/u;
const beginsSmall = /[\p{L}\p{N}"'“‘([$€£*_`•-]/u;

function endsSentence(
  text: string,
  from: number,
  markAt: number,
  end: number,
  { blockEnd, begins }: { readonly blockEnd: number; readonly begins: RegExp },
): boolean {
  if (text.charCodeAt(markAt) > 0x3000) return true;
  let next = end;
  while (next < blockEnd && /\s/.test(text.charAt(next))) next += 1;
  if (next >= blockEnd) return true;
  if (!begins.test(text.charAt(next))) return false;
  if (text.charAt(markAt) !== ".") return true;
  const tail = text.slice(Math.max(from, markAt - 12), markAt + 1);
  if (abbreviation.test(tail)) return false;
  return !/^\s*(?:\d{1,3}(?:\.\d{1,2})*|[a-z])\.$/i.test(text.slice(from, markAt + 1));
}

function trimmed(text: string, unit: Unit): Unit {
  let { start, end } = unit;
  while (start < end && text.charCodeAt(start) <= 32) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 32) end -= 1;
  return { ...unit, start, end };
}
