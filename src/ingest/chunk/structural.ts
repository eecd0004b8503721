import { units } from "../../retrieve/index.ts";
import { clausesOf } from "./clauses.ts";
import { findDefinitions } from "./definitions.ts";
import type { Definition } from "./definitions.ts";
import { createPath, headingsOf } from "./headings.ts";
import type { Heading } from "./headings.ts";
import { piecesOf } from "./piece.ts";
import type { Piece } from "./piece.ts";
import { packPieces } from "./sentence.ts";
import type { Pack } from "./sentence.ts";
import type { Cut } from "./span.ts";

/** A section with fewer goes together with the next that does not stand above it; a heading without text of its own always is one. */
const SECTION_TOKENS_MIN = 20;
/** Definitions of code go together up to this share of a chunk: a class of getters is one matter. */
const PACK_SHARE = 1 / 4;
/** A snippet with fewer is cut with the text that it stands in. */
const DEFINITIONS_MIN = 2;
/** The brackets that end a class and the fence behind it, or the one before it. */
const saysNothing = (text: string): boolean => !/[\p{L}\p{N}_]/u.test(text.replace(/```[\w+#-]*|\bend\b/g, ""));
const REST_PIECES_MAX = 6;

/**
 * Cuts where the document itself is divided: one section under its heading, one numbered clause, one function or class is one chunk, whatever
 * its size, and goes into several only where it is longer than allowed. Nothing is in two chunks.
 */
export const cutByStructure: Cut<"structural"> = (text, { tokens }) => {
  const found = units(text);
  const pieces = withBlankLines(text, piecesOf(text, tokens, found));
  const marks = [...headingsOf(text, found), ...clausesOf(text, found)].toSorted((one, other) => one.start - other.start);
  const definitions = findDefinitions(text, found);
  const pathAt = createPath(marks);
  const enclosing = createEnclosing(definitions);
  const packs = regionsOf(pieces, definitions, tokens).flatMap((region) =>
    region.isCode ? cutCode(pieces, region, toTree(pieces, region, definitions), tokens) : cutSections(pieces, region, marks, tokens),
  );
  return withoutRests(text, pieces, packs, tokens).map(({ from, to }) => {
    const [start, end] = [pieces[from]?.start ?? 0, pieces[to - 1]?.end ?? text.length];
    return { start, end, headings: [...pathAt(start), ...enclosing(start)], text: text.slice(start, end) };
  });
};

/** A line of code ends its paragraph where an empty line follows. */
const withBlankLines = (text: string, pieces: readonly Piece[]): readonly Piece[] =>
  pieces.map((piece) => (piece.kind === "code" ? { ...piece, closes: text.startsWith("\n\n", piece.end) } : piece));

type Region = Pack & { readonly isCode: boolean };

/** What is cut by the rules of code, and what by sections. A snippet in a text is a part of its section. */
function regionsOf(pieces: readonly Piece[], definitions: readonly Definition[], tokens: number): readonly Region[] {
  const regions: Region[] = [];
  const tops = definitions.filter(({ depth }) => depth === 0).map(({ start }) => start);
  for (let from = 0, top = 0; from < pieces.length;) {
    let to = from + 1;
    const isFenced = pieces[from]?.kind === "code";
    while (to < pieces.length && (pieces[to]?.kind === "code") === isFenced) to += 1;
    const before = top;
    while ((tops[top] ?? Number.POSITIVE_INFINITY) < (pieces[to]?.start ?? Number.POSITIVE_INFINITY)) top += 1;
    const isCode = isFenced && (top - before >= DEFINITIONS_MIN || tokensOf(pieces, { from, to }) > tokens);
    const last = regions.at(-1);
    if (last !== undefined && !last.isCode && !isCode) regions[regions.length - 1] = { from: last.from, to, isCode };
    else regions.push({ from, to, isCode });
    from = to;
  }
  return regions;
}

/** A heading over code goes with the first of it, and brackets and fences that are left over with what they belong to. */
function withoutRests(text: string, pieces: readonly Piece[], packs: readonly Pack[], tokens: number): readonly Pack[] {
  const textOf = ({ from, to }: Pack): string => text.slice(pieces[from]?.start, pieces[Math.min(to, from + REST_PIECES_MAX) - 1]?.end);
  const isRest = (pack: Pack): boolean => pack.to - pack.from <= REST_PIECES_MAX && saysNothing(textOf(pack));
  const made: Pack[] = [];
  for (const pack of packs) {
    const before = made.at(-1);
    const isCode = pieces[pack.from]?.kind === "code";
    const joins = before !== undefined && isCode && (isBare(pieces, before) || isRest(before) || isRest(pack));
    if (joins && tokensOf(pieces, before) + tokensOf(pieces, pack) <= tokens) made[made.length - 1] = { from: before.from, to: pack.to };
    else made.push(pack);
  }
  return made;
}

const isBare = (pieces: readonly Piece[], { from, to }: Pack): boolean => pieces.slice(from, to).every(({ kind }) => kind === "heading");

const tokensOf = (pieces: readonly Piece[], { from, to }: Pack): number => {
  let sum = 0;
  for (let at = from; at < to; at++) sum += pieces[at]?.tokens ?? 0;
  return sum;
};

const packInside = (pieces: readonly Piece[], { from, to }: Pack, tokens: number): readonly Pack[] =>
  packPieces(pieces.slice(from, to), { tokens, overlap: 0 }).map((pack) => ({ from: from + pack.from, to: from + pack.to }));

function cutSections(pieces: readonly Piece[], region: Pack, marks: readonly Heading[], tokens: number): readonly Pack[] {
  const levels = new Map(marks.map(({ start, level }) => [start, level]));
  const joined: (Pack & { readonly level: number; readonly tokens: number; readonly isBare: boolean })[] = [];
  for (let from = region.from; from < region.to;) {
    let to = from + 1;
    while (to < region.to && !levels.has(pieces[to]?.start ?? -1)) to += 1;
    const level = levels.get(pieces[from]?.start ?? -1) ?? 0;
    const section = {
      from,
      to,
      level,
      tokens: tokensOf(pieces, { from, to }),
      isBare: to === from + 1 && pieces[from]?.kind === "heading",
    };
    const before = joined.at(-1);
    const joins = before !== undefined && (before.isBare || before.tokens < SECTION_TOKENS_MIN) && before.level <= level;
    if (joins && before.tokens + section.tokens <= tokens) {
      joined[joined.length - 1] = { ...section, from: before.from, level: before.level, tokens: before.tokens + section.tokens };
    } else joined.push(section);
    from = to;
  }
  return joined.flatMap((one) => (one.tokens <= tokens ? [one] : packInside(pieces, one, tokens)));
}

type Node = Pack & { readonly inner: Node[] };

/** The definitions of a region as ranges of its pieces, inner ones in outer ones. */
function toTree(pieces: readonly Piece[], region: Pack, definitions: readonly Definition[]): readonly Node[] {
  const roots: Node[] = [];
  const open: Node[] = [];
  const endOfRegion = pieces[region.to - 1]?.end ?? 0;
  for (const { start, end, depth } of definitions) {
    if (start < (pieces[region.from]?.start ?? 0) || start >= endOfRegion) continue;
    const node = { from: indexAt(pieces, start), to: indexAt(pieces, end), inner: [] };
    open.length = Math.min(open.length, depth);
    (open.at(-1)?.inner ?? roots).push(node);
    open.push(node);
  }
  return roots;
}

/** The first piece that begins at or behind a position. */
function indexAt(pieces: readonly Piece[], position: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cutCode(pieces: readonly Piece[], range: Pack, nodes: readonly Node[], tokens: number): readonly Pack[] {
  const packs: Pack[] = [];
  let open: (Pack & { readonly tokens: number }) | undefined;
  const flush = (): void => {
    if (open !== undefined) packs.push(open);
    open = undefined;
  };
  for (const item of itemsOf(range, nodes)) {
    const size = tokensOf(pieces, item);
    if (open !== undefined && open.tokens + size <= tokens * PACK_SHARE)
      open = { from: open.from, to: item.to, tokens: open.tokens + size };
    else {
      flush();
      if (size <= tokens) open = { ...item, tokens: size };
      else packs.push(...(item.inner.length > 0 ? cutCode(pieces, item, item.inner, tokens) : packInside(pieces, item, tokens)));
    }
  }
  flush();
  return packs;
}

/** Definitions, and what stands between them, in order. */
function itemsOf(range: Pack, nodes: readonly Node[]): readonly Node[] {
  const items: Node[] = [];
  let at = range.from;
  for (const node of nodes) {
    if (node.from > at) items.push({ from: at, to: node.from, inner: [] });
    items.push(node);
    at = node.to;
  }
  if (at < range.to) items.push({ from: at, to: range.to, inner: [] });
  return items;
}

/** Tells the titles of the definitions that a position stands in, asked in ascending order. */
export function createEnclosing(definitions: readonly Definition[]): (position: number) => readonly string[] {
  const open: Definition[] = [];
  let next = 0;
  return (position) => {
    for (let one = definitions[next]; one !== undefined && one.start < position; one = definitions[(next += 1)]) {
      open.length = Math.min(open.length, one.depth);
      open.push(one);
    }
    return open.filter(({ end }) => end > position).map(({ title }) => title);
  };
}
