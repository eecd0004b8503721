/** What a character is to a reader of requests, by its UTF-16 code. */
export const SPACE = 0;
export const LETTER = 1;
export const DIGIT = 2;
export const LINE = 3;
export const ASK = 4;
export const ARITHMETIC = 5;
export const CODE = 6;
const OTHER = 7;
export const WIDE = 8;

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code);
  if (/[a-z']/i.test(sign)) return LETTER;
  if (/\d/.test(sign)) return DIGIT;
  if (sign === "\n") return LINE;
  if (code <= 32) return SPACE;
  if (sign === "?") return ASK;
  if ("=^+*<>%\\".includes(sign)) return ARITHMETIC;
  return "{}[];_|&#$`".includes(sign) ? CODE : OTHER;
});

export function signOf(code: number): number {
  if (code < 128) return ASCII[code] ?? OTHER;
  if (code < 0xc0) return code === 0xb1 || code === 0xb2 || code === 0xb3 ? ARITHMETIC : code === 0xa0 ? SPACE : OTHER;
  if (code === 0xd7 || code === 0xf7) return ARITHMETIC;
  if (code < 0x2000) return LETTER;
  if (code < 0x2190) return code === 0x2019 ? LETTER : OTHER;
  if (code < 0x2300) return ARITHMETIC;
  if (code < 0x3040) return OTHER;
  if (code < 0xac00) return WIDE;
  if (code < 0xd7b0) return LETTER;
  if (code === 0xff1f) return ASK;
  return code >= 0xf900 && code < 0xfb00 ? WIDE : OTHER;
}
