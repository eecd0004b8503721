/** The renderer's time grows faster than a text does, and nobody reads so long an answer with its looks. */
const CHARS_MAX = 30_000;
/** The renderer calls itself for each level of lists and quotes; an answer that means it has a handful. */
const LEVELS_MAX = 40;
const DEEP = new RegExp(`^(?:[ \\t]*(?:>|[-*+][ \\t]|\\d{1,9}[.)][ \\t])){${LEVELS_MAX}}`, "m");
/** Many brackets or emphasis marks in a row make no text, and the renderer tries every pairing of them. */
const DENSE = /(?:[[\]!*_~`(<][ \t]?){200}/;

/** A list in a list in a list. */
const INDENTED = /^[ \t]{120}[ \t]*(?:[-*+>]|\d)/m;

/** Each mark for emphasis is held against those before it in its paragraph: pairs, about 150 ms a million. No text that is meant has so many. */
const PAIRS_MAX = 4_000_000;
const MARK = /[*_~]/g;
const BLANK_LINE = /\n[ \t]*\r?\n/;

/** An underscore within a word closes nothing, but is passed by whatever looks for its pair. */
const CLOSING = /[*~]|_(?!\w)|(?<!\w)_/g;
const countOf = (text: string, marks: RegExp): number => text.match(marks)?.length ?? 0;

const pairsOf = (source: string): number =>
  source.split(BLANK_LINE).reduce((sum, paragraph) => sum + countOf(paragraph, CLOSING) * countOf(paragraph, MARK), 0);

/** Whether a text would be too much for the renderer, and is shown as it is. */
export const isPlain = (source: string): boolean =>
  source.length > CHARS_MAX || DEEP.test(source) || INDENTED.test(source) || DENSE.test(source) || pairsOf(source) > PAIRS_MAX;
