const ascii = /^[\0-\x7f]*$/;
const diacritics = /[\u0300-\u036f]/g;
const FOLDED: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
const foldable = /[ßæœøłđðþı]/g;

/** Compatibility forms, case and Latin diacritics make no difference to what a word is. */
export function fold(token: string): string {
  if (ascii.test(token)) return token.toLowerCase();
  return token
    .normalize("NFKD")
    .replace(diacritics, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(foldable, (letter) => FOLDED[letter] ?? letter);
}
