/** What a text is taken for whose language nobody can tell, and every index that was made before languages were told apart. */
export const DEFAULT_LANGUAGE = "en";

/**
 * The language that a document's words are reduced for. `likely`: what it may be written in, likeliest first. `among`: what its collection
 * holds, where its owner said so: one is taken as it is, of several the likeliest.
 */
export function chooseLanguage(likely: readonly string[], among: readonly string[] = []): string {
  const [only, ...others] = among;
  if (only === undefined) return likely[0] ?? DEFAULT_LANGUAGE;
  return others.length === 0 ? only : (likely.find((code) => among.includes(code)) ?? only);
}
