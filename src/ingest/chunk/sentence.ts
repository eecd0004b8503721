import { units } from "../../retrieve/index.ts";
import { createPath, headingsOf } from "./headings.ts";
import { piecesOf } from "./piece.ts";
import type { Piece } from "./piece.ts";
import type { Cut } from "./span.ts";

/** A chunk may end with this share of its tokens to end well: before a heading, or with a paragraph. */
const EARLY_SHARE = 340 / 512;

/**
 * Cuts at the ends of sentences, rather of paragraphs, rather still before a heading. Each chunk begins with up to `overlap` tokens of the one
 * before; one that begins with a heading does not, because what was before it is another matter.
 */
export const cutBySentence: Cut<"sentence"> = (text, { tokens, overlap }) => {
  const found = units(text);
  const pieces = piecesOf(text, tokens, found);
  const pathAt = createPath(headingsOf(text, found));
  return packPieces(pieces, { tokens, overlap }).map(({ from, to }) => {
    const [start, end] = [pieces[from]?.start ?? 0, pieces[to - 1]?.end ?? text.length];
    return { start, end, headings: pathAt(start), text: text.slice(start, end) };
  });
};

/** Pieces from `from` up to `to`, which is not among them. */
export type Pack = { readonly from: number; readonly to: number };

export function packPieces(pieces: readonly Piece[], size: { readonly tokens: number; readonly overlap: number }): readonly Pack[] {
  const packs: Pack[] = [];
  let pack = { from: 0, to: chooseEnd(pieces, 0, size.tokens) };
  while (pack.from < pieces.length) {
    packs.push(pack);
    if (pack.to >= pieces.length) break;
    const from = chooseStart(pieces, pack, size.overlap);
    const to = chooseEnd(pieces, from, size.tokens);
    // Where the next piece has no room beside an overlap, there is none.
    pack = to > pack.to ? { from, to } : { from: pack.to, to: chooseEnd(pieces, pack.to, size.tokens) };
  }
  return packs;
}

function chooseEnd(pieces: readonly Piece[], from: number, tokensMax: number): number {
  let tokens = 0;
  let to = from;
  let best = -1;
  let bestRank = -1;
  while (to < pieces.length) {
    const next = tokens + (pieces[to]?.tokens ?? 0);
    if (to > from && next > tokensMax) break;
    tokens = next;
    to += 1;
    const rank = tokens < Math.floor(tokensMax * EARLY_SHARE) ? -1 : rankEnd(pieces, to);
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

function chooseStart(pieces: readonly Piece[], { from, to }: Pack, overlap: number): number {
  if (pieces[to]?.kind === "heading") return to;
  let start = to;
  let tokens = 0;
  while (start - 1 > from) {
    tokens += pieces[start - 1]?.tokens ?? 0;
    if (tokens > overlap) break;
    start -= 1;
  }
  return start;
}
