import type { Unit } from "../../retrieve/index.ts";

/** Longer ones are text with a mark before it. */
const TITLE_CHARS_MAX = 500;

export type Heading = {
  readonly start: number;
  /** Smaller stands above larger. */
  readonly level: number;
  readonly title: string;
};

/** The headings of a text, in order. */
export const headingsOf = (text: string, units: readonly Unit[]): readonly Heading[] =>
  units
    .filter(({ kind }) => kind === "heading")
    .map(({ start, end, level }) => ({
      start,
      level,
      title: text
        .slice(start, end)
        .replace(/^#+\s*/, "")
        .slice(0, TITLE_CHARS_MAX),
    }));

/** Tells what a position stands under, outermost first; asked for positions in ascending order. What begins there stands under what is above it only. */
export function createPath(headings: readonly Heading[]): (position: number) => readonly string[] {
  const open: Heading[] = [];
  let next = 0;
  return (position) => {
    for (let one = headings[next]; one !== undefined && one.start < position; one = headings[(next += 1)]) {
      while ((open.at(-1)?.level ?? -1) >= one.level) open.pop();
      open.push(one);
    }
    const begins = headings[next]?.start === position ? (headings[next]?.level ?? 0) : Number.POSITIVE_INFINITY;
    return open.filter(({ level }) => level < begins).map(({ title }) => title);
  };
}
