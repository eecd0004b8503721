import type { PageStart } from "../domain/page.ts";
import { countTokens, units } from "../retrieve/index.ts";
import type { Unit } from "../retrieve/index.ts";

export const CHUNK_TOKENS = 512;
export const OVERLAP_TOKENS = 128;
/** A chunk may end this early to end well: before a heading, or with a paragraph. */
const CHUNK_TOKENS_MIN = 340;

/** A stretch of a document's text. Offsets are UTF-16 positions in it. */
export type Chunk = {
  readonly start: number;
  readonly end: number;
  /** Headings above its beginning, outermost first. */
  readonly headings: readonly string[];
  readonly text: string;
  /** Where its pages begin, where the document has pages: the first at `start`. */
  readonly pages?: readonly PageStart[] | undefined;
};

type Piece = Unit & { readonly tokens: number };

/**
 * Cuts a text into chunks of at most 512 tokens, at the ends of sentences, rather of paragraphs, rather still before a heading. Each begins
 * with up to 128 tokens of the one before; one that begins with a heading does not, because what was before it is another matter.
 */
export function chunk(text: string): readonly Chunk[] {
  const pieces = units(text).flatMap((unit) => splitLong(text, unit));
  const made: Chunk[] = [];
  const headings: { level: number; title: string }[] = [];
  let walked = 0;
  for (let from = 0; from < pieces.length;) {
    const to = chooseEnd(pieces, from);
    for (; walked < from; walked++) noteHeading(text, pieces[walked], headings);
    const start = pieces[from]?.start ?? 0;
    const end = pieces[to - 1]?.end ?? text.length;
    const above = aboveOf(pieces[from], headings);
    made.push({ start, end, headings: above, text: text.slice(start, end) });
    from = to >= pieces.length ? to : chooseStart(pieces, from, to);
  }
  return made;
}

/** A chunk that begins with a heading stands under those of higher rank only. */
function aboveOf(first: Piece | undefined, headings: readonly { readonly level: number; readonly title: string }[]): readonly string[] {
  const level = first?.kind === "heading" ? first.level : Number.POSITIVE_INFINITY;
  return headings.filter((one) => one.level < level).map((one) => one.title);
}

/** The end of the chunk that begins at `from`, exclusive. */
function chooseEnd(pieces: readonly Piece[], from: number): number {
  let tokens = 0;
  let to = from;
  let best = -1;
  let bestRank = -1;
  while (to < pieces.length) {
    const next = tokens + (pieces[to]?.tokens ?? 0);
    if (to > from && next > CHUNK_TOKENS) break;
    tokens = next;
    to += 1;
    const rank = tokens < CHUNK_TOKENS_MIN ? -1 : rankEnd(pieces, to);
    if (rank >= bestRank && rank >= 0) {
      best = to;
      bestRank = rank;
    }
  }
  return to >= pieces.length || best < 0 ? to : best;
}

/** How good it is to end before `to`. A heading must not be parted from what it heads. */
function rankEnd(pieces: readonly Piece[], to: number): number {
  if (pieces[to - 1]?.kind === "heading") return -1;
  if (pieces[to]?.kind === "heading") return 2;
  return pieces[to - 1]?.closes === true ? 1 : 0;
}

function chooseStart(pieces: readonly Piece[], from: number, to: number): number {
  if (pieces[to]?.kind === "heading") return to;
  let start = to;
  let tokens = 0;
  while (start - 1 > from) {
    tokens += pieces[start - 1]?.tokens ?? 0;
    if (tokens > OVERLAP_TOKENS) break;
    start -= 1;
  }
  return start;
}

function noteHeading(text: string, piece: Piece | undefined, headings: { level: number; title: string }[]): void {
  if (piece?.kind !== "heading") return;
  while ((headings.at(-1)?.level ?? 0) >= piece.level) headings.pop();
  headings.push({ level: piece.level, title: text.slice(piece.start, piece.end).replace(/^#+\s*/, "") });
}

/** What has no ends of its own (a log, a table in one line) is cut at blanks, or anywhere. */
function splitLong(text: string, unit: Unit): Piece[] {
  // One more for the line break or blank behind it.
  const tokens = countTokens(text.slice(unit.start, unit.end)) + 1;
  if (tokens <= CHUNK_TOKENS) return [{ ...unit, tokens }];
  const pieces: Piece[] = [];
  const step = Math.max(1, Math.floor(((unit.end - unit.start) * OVERLAP_TOKENS) / tokens));
  for (let start = unit.start; start < unit.end;) {
    const end = cutAt(text, start, Math.min(start + step, unit.end), unit.end);
    const part = { ...unit, start, end, closes: unit.closes && end === unit.end };
    pieces.push({ ...part, tokens: countTokens(text.slice(start, end)) + 1 });
    start = end;
  }
  return pieces.flatMap((piece) => (piece.tokens > CHUNK_TOKENS ? splitLong(text, piece) : [piece]));
}

function cutAt(text: string, start: number, wanted: number, limit: number): number {
  if (wanted >= limit) return limit;
  const blank = Math.max(text.lastIndexOf(" ", wanted), text.lastIndexOf("\n", wanted));
  if (blank > start + (wanted - start) / 2) return blank + 1;
  // Never between the halves of a surrogate pair.
  const code = text.charCodeAt(wanted);
  return code >= 0xdc00 && code <= 0xdfff ? wanted + 1 : wanted;
}
