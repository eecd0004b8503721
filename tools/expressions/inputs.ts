/** Texts on which an expression is at its worst: long runs of what it likes, ended by what it does not. */

/** What stands for a class in a run. */
const CLASS_LETTERS: Readonly<Record<string, string>> = {
  d: "1",
  w: "a",
  s: " ",
  S: "a",
  D: "a",
  W: "-",
  b: " ",
  p: "b",
  t: "\t",
  n: "\n",
};

/** More letters than these make more pairs than time. */
const LETTERS_MAX = 8;

/** The letters that an expression names, and one for each of its classes. */
function lettersOf(source: string): readonly string[] {
  const letters = new Set<string>();
  for (let i = 0; i < source.length; i++) {
    const letter = source.charAt(i);
    if (letter === "\\") {
      i++;
      const escaped = source.charAt(i);
      letters.add(CLASS_LETTERS[escaped] ?? escaped);
      if (escaped === "u") i += 4;
    } else if (!"^$()[]{}|*+?".includes(letter)) letters.add(letter === "." ? "a" : letter);
  }
  return [...letters].slice(0, LETTERS_MAX);
}

/** What every match begins with, as far as it is plain letters. */
const headOf = (source: string): string => /^[\w@:"' -]+(?![?*{|])/.exec(source.replace(/^\^?(?:\(\?:)?/, ""))?.[0] ?? "";

/** Pieces to repeat. */
export function piecesOf(source: string): readonly string[] {
  const letters = lettersOf(source);
  const head = headOf(source);
  const pairs = letters.flatMap((one) => letters.map((other) => one + other));
  return [...new Set([...letters, ...pairs, head, `${head}1`, `${head} `, `${head}a.`].filter((piece) => piece !== ""))];
}

/** A run of `piece` of `size` characters, after the expression's own beginning, and before what ends no match. */
export function worstInputs(source: string, piece: string, size: number): readonly string[] {
  const run = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  return [run, `${headOf(source)}${run}\u0001`];
}
