/** A piece of text as a page draws it. Coordinates are points from the page's upper left corner, `y` is the baseline. */
export type Fragment = {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  /** Height of the font. */
  readonly size: number;
  readonly rightToLeft: boolean;
};

/** Gaps below this many heights of the font are between words, above between columns or cells. */
export const CELL_GAP = 0.9;
/** Gaps below this are inside of a word. */
const WORD_GAP = 0.17;

/** Fragments of one line that stand close together, as one. */
export function joinFragments(fragments: readonly Fragment[]): readonly Fragment[] {
  return bands(fragments).flatMap((band) => joinBand(band.toSorted((one, other) => one.left - other.left)));
}

/** Fragments of about the same height on the page, from the top. */
export function bands(fragments: readonly Fragment[]): Fragment[][] {
  const made: Fragment[][] = [];
  let middle = Number.NEGATIVE_INFINITY;
  let size = 0;
  for (const fragment of fragments.toSorted((one, other) => middleOf(one) - middleOf(other))) {
    const own = middleOf(fragment);
    const band = made.at(-1);
    if (band !== undefined && own - middle < 0.5 * Math.min(size, fragment.size)) band.push(fragment);
    else {
      made.push([fragment]);
      [middle, size] = [own, fragment.size];
    }
  }
  return made;
}

const middleOf = (fragment: Fragment): number => fragment.y - fragment.size * 0.3;

function joinBand(sorted: readonly Fragment[]): Fragment[] {
  const groups: Fragment[][] = [];
  for (const fragment of sorted) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group === undefined || last === undefined || fragment.left - last.right > CELL_GAP * Math.max(last.size, fragment.size))
      groups.push([fragment]);
    else if (!isShadow(last, fragment)) group.push(fragment);
  }
  return groups.map(joinGroup);
}

/** The same drawn twice a hair apart is how some programs print bold. */
const isShadow = (one: Fragment, other: Fragment): boolean =>
  one.text === other.text && Math.abs(one.left - other.left) < 0.2 * one.size && Math.abs(one.y - other.y) < 0.2 * one.size;

function joinGroup(group: readonly Fragment[]): Fragment {
  const rightToLeft = isRightToLeft(group);
  const ordered = rightToLeft ? group.toReversed() : group;
  let text = "";
  let before: Fragment | undefined;
  for (const fragment of ordered) {
    const gap = before === undefined ? 0 : rightToLeft ? before.left - fragment.right : fragment.left - before.right;
    const apart =
      before !== undefined && gap > WORD_GAP * Math.min(before.size, fragment.size) && !/\s$/.test(text) && !/^\s/.test(fragment.text);
    text += `${apart ? " " : ""}${fragment.text}`;
    before = fragment;
  }
  const main = group.reduce((one, other) => (other.text.length * other.size > one.text.length * one.size ? other : one));
  return {
    // Dots that lead to a page's number say nothing.
    text: text
      .replace(/(?:\s?\.){5,}/g, " … ")
      .replace(/\s+/g, " ")
      .trim(),
    left: Math.min(...group.map((one) => one.left)),
    right: Math.max(...group.map((one) => one.right)),
    y: main.y,
    size: main.size,
    rightToLeft,
  };
}

/** By the letters of most of the text. */
export function isRightToLeft(fragments: readonly Fragment[]): boolean {
  let balance = 0;
  for (const { rightToLeft, text } of fragments) balance += rightToLeft ? text.length : -text.length;
  return balance > 0;
}
