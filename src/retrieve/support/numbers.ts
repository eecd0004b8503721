import { terms } from "../terms.ts";
import { figuresOf, type Figure } from "./facts.ts";
import type { ReadPassage, Sentence } from "./read-passage.ts";
import { worth } from "./worth.ts";

/** Around a number in a statement, so many words say what it is the number of. */
const NEAR_WORDS = 5;

/** A number that the passage does not say anywhere. */
export function lacksAnyNumber(text: string, { sentences, aboutFigures }: ReadPassage, said: ReadonlySet<string>): boolean {
  const held = [...sentences.flatMap(({ figures }) => figures), ...aboutFigures];
  return figuresOf(text).some(
    (one) => one.firm && !held.some((other) => meets(one, other)) && !one.values.some((value) => said.has(value)),
  );
}

/** A number that the window does not say, or says of something else. */
export function lacksNumber(text: string, window: readonly Sentence[], passage: ReadPassage, said: ReadonlySet<string>): boolean {
  const first = passage.sentences.findIndex((sentence) => sentence === window[0]);
  // A number may stand in the sentence before, to which this one refers.
  const beside = passage.sentences.slice(Math.max(0, first - 1), first + window.length + 1);
  const held = [...beside.flatMap(({ figures }) => figures), ...passage.aboutFigures];
  const own = figuresOf(text);
  const near = wordsAround(text, passage.language);
  const counterpart = nearestSentence(text, window, passage.language);
  return (
    own.some((figure) => {
      const same = held.some((other) => meets(figure, other));
      const others = counterpart?.figures.filter((other) => countsSame(figure, other)) ?? [];
      if (!figure.firm) return !same && others.length > 0;
      // A number of the question stands for itself, where the passage counts nothing of the kind.
      if (!same) return !figure.values.some((value) => said.has(value)) || held.some((other) => countsSame(figure, other));
      if (others.length > 0 && counterpart?.figures.some((other) => meets(figure, other)) === false) return true;
      const words = near(figure.at);
      return words.size > 1 && !beside.some((sentence) => isSaidOf(figure, words, sentence, passage));
    }) || isCrossed(own, window)
  );
}

/** Of a different measure they are different: 4 weeks are no 4 days. */
const meets = (one: Figure, other: Figure): boolean =>
  one.values.some((value) => other.values.includes(value)) &&
  (one.unit === undefined || other.unit === undefined || one.unit === other.unit);

/** Two numbers of the same thing, by its measure or by the word behind them. */
const countsSame = (one: Figure, other: Figure): boolean =>
  one.unit === undefined && other.unit === undefined ? one.next !== undefined && one.next === other.next : one.unit === other.unit;

/** The sentence that says what the statement says, with as little else as possible. */
function nearestSentence(text: string, window: readonly Sentence[], language: string | undefined): Sentence | undefined {
  const own = new Set(terms(text, language).filter((term) => !/^\d/.test(term)));
  let best: Sentence | undefined;
  let most = 0;
  for (const sentence of window) {
    const shared = [...own].filter((term) => worth(term, sentence.terms) > 0).length;
    const value = shared / (own.size + sentence.terms.size - shared);
    if (shared > 0 && value > most) [best, most] = [sentence, value];
  }
  return best;
}

/** Two numbers of one statement that the passage has in different clauses, each there with another partner of the same measure. */
function isCrossed(own: readonly Figure[], window: readonly Sentence[]): boolean {
  const clauses = window.flatMap((sentence) => sentence.clauses);
  const firm = own.filter((figure) => figure.firm);
  const isOwn = (other: Figure): boolean => firm.some((figure) => meets(figure, other));
  return firm.some((one) =>
    firm.some((other) => {
      if (one === other || other.unit === undefined) return false;
      const withOne = clauses.filter(({ figures }) => figures.some((figure) => meets(one, figure)));
      if (withOne.length === 0 || withOne.some(({ figures }) => figures.some((figure) => meets(other, figure)))) return false;
      return withOne.every(({ figures }) => figures.some((figure) => figure.unit === other.unit && !isOwn(figure)));
    }),
  );
}

/** The number stands near one of the words that it stands near in the statement, or in what names a table's columns. */
function isSaidOf(figure: Figure, words: ReadonlySet<string>, sentence: Sentence, { about, language }: ReadPassage): boolean {
  const near = wordsAround(sentence.text, language, 2 * NEAR_WORDS);
  const holds = (of: ReadonlySet<string>): boolean => [...words].some((word) => worth(word, of) > 0);
  return sentence.figures.some((other) => meets(figure, other) && (holds(near(other.at)) || holds(sentence.above) || holds(about)));
}

/** Terms of the words that stand next to a position, so many on each side. */
function wordsAround(text: string, language: string | undefined, count: number = NEAR_WORDS): (at: number) => ReadonlySet<string> {
  return (at) => {
    const before = terms(text.slice(Math.max(0, at - 12 * count), at), language).filter((term) => !/^\d/.test(term));
    const after = terms(text.slice(at, at + 12 * count), language).filter((term) => !/^\d/.test(term));
    return new Set([...before.slice(-count), ...after.slice(0, count)]);
  };
}
