import { Unreadable } from "./refusal.ts";

/** Where a page or an XML file names its own encoding. */
const DECLARED_WITHIN_BYTES = 1024;
/** Of bytes beyond ASCII, against letters: the languages that Windows-1252 is for stay below a tenth; text in another script is mostly such bytes. */
const HIGH_SHARE_MAX = 0.3;
/** Of bytes beyond ASCII inside words, those that are signs in Windows-1252 and letters elsewhere, such as Polish ones in Windows-1250. */
const SIGN_SHARE_MAX = 0.1;
/** Enough to tell UTF-16 without a mark by where its zeros stand. */
const SAMPLE_BYTES = 4096;

/**
 * The text of a file. By this rule: a byte order mark decides; else UTF-8 where all of it is; else UTF-16 where every other byte is zero; else what a
 * page or an XML file declares; else Windows-1252 (which Latin-1 is part of), if it reads like a language that is written in it. Throws Unreadable.
 */
export function decodeText(bytes: Uint8Array): string {
  const marked = byMark(bytes);
  if (marked !== undefined)
    return (
      strictly(marked.encoding, bytes.subarray(marked.skip)) ??
      refuse(`The file says that it is ${marked.name}, and is not. Save it as UTF-8.`)
    );
  const utf8 = strictly("utf-8", bytes);
  const wide = utf8 === undefined || utf8.includes("\0") ? byZeros(bytes) : undefined;
  if (wide !== undefined) return wide;
  if (utf8 !== undefined) return utf8.includes("\0") ? refuse("The file holds NUL characters, so it is not text.") : utf8;
  const declared = declaredIn(bytes);
  if (declared !== undefined) return declared;
  if (isDamagedUtf8(bytes)) return refuse("The file is UTF-8 text with damaged or cut off characters in it.");
  if (!isWestern(bytes)) return refuse("What the file holds is no text in UTF-8, UTF-16 or Windows-1252. Save it as UTF-8.");
  return new TextDecoder("windows-1252").decode(bytes);
}

function refuse(message: string): never {
  throw new Unreadable(message);
}

function strictly(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // No such encoding, or not in it.
    return undefined;
  }
}

function byMark(bytes: Uint8Array): { readonly encoding: string; readonly name: string; readonly skip: number } | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", name: "UTF-8", skip: 3 };
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0 && bytes.length > 4)) return { encoding: "utf-16le", name: "UTF-16", skip: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", name: "UTF-16", skip: 2 };
  return undefined;
}

/** Latin letters in UTF-16 have a zero before or behind each. */
function byZeros(bytes: Uint8Array): string | undefined {
  const length = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  const zeros = [0, 0];
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const half = length / 2;
  if (half < 1 || Math.max(even, odd) < half * 0.4 || Math.min(even, odd) > half * 0.02) return undefined;
  const text = strictly(odd > even ? "utf-16le" : "utf-16be", bytes);
  return text === undefined || hasControls(text) ? undefined : text;
}

/** Numbers in two bytes have zeros in the same places, and what they mean as characters is mostly none. */
function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 9 || (code > 13 && code < 32 && code !== 0x1b) || (code > 0x7e && code < 0xa0)) return true;
  }
  return false;
}

function declaredIn(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, DECLARED_WITHIN_BYTES)).toString("latin1");
  const name = /^\s*<(?:\?xml|!doctype|html|head|meta)[^]*?(?:charset|encoding)\s{0,9}=\s{0,9}["']?([a-z0-9_-]{2,30})/i.exec(head)?.[1];
  return name === undefined || /^utf-?8$/i.test(name) ? undefined : strictly(name, bytes);
}

/** In other encodings what looks like a character of UTF-8 is an accident, here most of them are. */
function isDamagedUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder("utf-8").decode(bytes);
  let whole = 0;
  let broken = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd) broken += 1;
    else if (code > 0x7f) whole += 1;
  }
  return whole > broken;
}

function isWestern(bytes: Uint8Array): boolean {
  let letters = 0;
  let high = 0;
  let signs = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (isLetter(byte)) letters += 1;
    else if (byte > 0x7f) {
      high += 1;
      // No character of Windows-1252.
      if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) return false;
      if (isSign(byte) && isLetter(bytes[at - 1]) && isLetter(bytes[at + 1])) signs += 1;
    } else if (byte < 0x20 && (byte < 9 || byte > 13) && byte !== 0x1b) return false;
  }
  return high <= (letters + high) * HIGH_SHARE_MAX && signs <= high * SIGN_SHARE_MAX;
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));

/** Signs that do not stand inside words; quotes, dashes, hyphens, the point of Catalan and ordinals do. */
const isSign = (byte: number): boolean => byte >= 0xa1 && byte <= 0xbf && byte !== 0xad && byte !== 0xb7 && byte !== 0xaa && byte !== 0xba;
