/** A passage as far as a model reads it: its text, and what it is introduced by. */
type Introduced = { readonly title: string; readonly filename: string; readonly headings: readonly string[]; readonly text: string };

/** All of it as one text, for those who judge it: an attack may stand in a heading. */
export const passageText = ({ title, filename, headings, text }: Introduced): string =>
  [...new Set([title, filename, ...headings]), text].join("\n");
