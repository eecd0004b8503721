const SCRIPTS =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
/** Scripts written without spaces, and Hangul, whose words carry their particles. */
const unspaced = new RegExp(`[${SCRIPTS}]`, "u");
const unspacedRun = new RegExp(`([${SCRIPTS}ー\\p{M}]+)`, "u");

export const isUnspaced = (text: string): boolean => unspaced.test(text);

/** A term, or where `spaced` a word of another script that stood among them. */
export type UnspacedPart = { readonly text: string; readonly spaced: boolean };

/** Pairs of neighbouring characters. */
export function unspacedTerms(folded: string): readonly UnspacedPart[] {
  const found: UnspacedPart[] = [];
  for (const run of folded.split(unspacedRun)) {
    if (run === "") continue;
    if (!unspaced.test(run)) {
      found.push({ text: run, spaced: true });
      continue;
    }
    const letters = Array.from(run);
    if (letters.length === 1) found.push({ text: run, spaced: false });
    for (let at = 0; at + 1 < letters.length; at++) found.push({ text: `${letters[at] ?? ""}${letters[at + 1] ?? ""}`, spaced: false });
  }
  return found;
}
