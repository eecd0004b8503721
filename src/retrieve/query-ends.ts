/** A query's words are cut in every language of a collection, and held against every passage, while nobody else is answered. */
const QUERY_CHARS_MAX = 8_000;
const brokenWord = /\S{0,40}$/;

/** The beginning and the end of a text that is too long for a query: questions stand there. */
export function withoutMiddle(text: string): string {
  if (text.length <= QUERY_CHARS_MAX) return text;
  return `${text.slice(0, QUERY_CHARS_MAX / 2).replace(brokenWord, "")}\n${text.slice(-QUERY_CHARS_MAX / 2)}`;
}
