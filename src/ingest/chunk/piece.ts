import { countTokens, units } from "../../retrieve/index.ts";
import type { Unit } from "../../retrieve/index.ts";

/** What chunks are made of: a sentence, heading, item, row or line of code, or a part of one that is longer than a chunk. */
export type Piece = Unit & {
  /** With one for the blank or line break behind it. */
  readonly tokens: number;
};

/** What is longer than a chunk is cut into this many parts of one, so that a chunk is never far from full. */
const PARTS_OF_CHUNK = 4;

/** A text in pieces of at most `tokensMax` each, in order and without overlaps. */
export const piecesOf = (text: string, tokensMax: number, of: readonly Unit[] = units(text)): readonly Piece[] =>
  of.flatMap((unit) => splitLong(text, unit, tokensMax));

/** What has no ends of its own (a log, a table in one line) is cut where a line ends, else at blanks, else anywhere. */
function splitLong(text: string, unit: Unit, tokensMax: number): Piece[] {
  const tokens = countTokens(text.slice(unit.start, unit.end)) + 1;
  if (tokens <= tokensMax) return [{ ...unit, tokens }];
  const pieces: Piece[] = [];
  const step = Math.max(1, Math.floor(((unit.end - unit.start) * Math.floor(tokensMax / PARTS_OF_CHUNK)) / tokens));
  for (let start = unit.start; start < unit.end;) {
    const end = cutAt(text, start, Math.min(start + step, unit.end), unit.end);
    const part = { ...unit, start, end, closes: unit.closes && end === unit.end };
    pieces.push({ ...part, tokens: countTokens(text.slice(start, end)) + 1 });
    start = end;
  }
  return pieces.flatMap((piece) => (piece.tokens > tokensMax ? splitLong(text, piece, tokensMax) : [piece]));
}

function cutAt(text: string, start: number, wanted: number, limit: number): number {
  if (wanted >= limit) return limit;
  const before = text.slice(start, wanted + 1);
  const line = before.lastIndexOf("\n");
  if (line > (wanted - start) / 4) return start + line + 1;
  const blank = before.lastIndexOf(" ");
  if (blank > (wanted - start) / 2) return start + blank + 1;
  // Never between the halves of a surrogate pair.
  const code = text.charCodeAt(wanted);
  return code >= 0xdc00 && code <= 0xdfff ? wanted + 1 : wanted;
}
