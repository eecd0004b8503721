/**
 * A cheap estimate of how many tokens a language model makes of a text, without a vocabulary: a word of up to eight letters is one
 * token and every further six letters one more; three digits are one; a mark of punctuation or symbol is one; a run of line breaks is one;
 * letters outside ASCII count one per two, and one each in scripts without spaces. English prose comes to 4.2 to 4.6 characters
 * per token, as with current vocabularies. Never more than the UTF-8 bytes of the text.
 */
export function countTokens(text: string): number {
  let tokens = 0;
  let at = 0;
  while (at < text.length) {
    const kind = kindOf(text.charCodeAt(at));
    let end = at + 1;
    if (kind !== OTHER && kind !== WIDE) while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end += 1;
    tokens += costOf(kind, text, at, end);
    at = end;
  }
  return tokens;
}

const SPACE = 0;
const BREAK = 1;
const LETTER = 2;
const DIGIT = 3;
const OTHER = 4;
const FOREIGN = 5;
const WIDE = 6;

const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 10 || code === 13) return BREAK;
  if (code <= 32) return SPACE;
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return LETTER;
  return code >= 48 && code <= 57 ? DIGIT : OTHER;
});

function kindOf(code: number): number {
  if (code < 128) return ASCII_KINDS[code] ?? OTHER;
  if (code === 0xa0) return SPACE;
  if (code < 0xc0 || (code >= 0x2000 && code < 0x2c00)) return OTHER;
  if (code < 0x0e00 || (code >= 0x1200 && code < 0x2000) || (code >= 0xac00 && code < 0xd7b0)) return FOREIGN;
  return WIDE;
}

function costOf(kind: number, text: string, at: number, end: number): number {
  const length = end - at;
  switch (kind) {
    case SPACE:
      return 0;
    case LETTER:
      return length <= 8 ? 1 : 1 + Math.ceil((length - 8) / 6);
    case DIGIT:
      return Math.ceil(length / 3);
    case FOREIGN:
      return Math.ceil(length / 2);
    case WIDE: {
      // The second half of a surrogate pair belongs to the first.
      const code = text.charCodeAt(at);
      return code >= 0xdc00 && code <= 0xdfff ? 0 : 1;
    }
    default:
      return 1;
  }
}
