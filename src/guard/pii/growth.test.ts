import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Finding } from "../../domain/finding.ts";
import { createPiiFinder, type PiiFinder } from "./pii-finder.ts";

/** What a rule may be made to begin with again and again. */
const PIECES = [
  "@",
  "a@",
  "a@b.",
  "a@b.co",
  ".@",
  "1",
  "1 ",
  "1-",
  "12 ",
  "123-",
  "1234 ",
  "4111 1111 1111 1111 ",
  "(1",
  "(1) ",
  "+1",
  "+1 ",
  "+49 171 ",
  "00",
  "01 ",
  "eyJ",
  "eyJ.",
  "eyJ-",
  "eyJaaaaaaaa.",
  "sk-",
  "sk-a ",
  "ghp_",
  "xoxb-",
  "AKIA",
  "12345678:AA",
  "-----BEGIN ",
  "-----BEGIN PRIVATE KEY-----",
  "-----END",
  "://",
  "a://",
  "https://a:b@",
  "https://a?token=",
  "postgres://",
  "::",
  "1:",
  "a:b:",
  "00:",
  "00-",
  "1.",
  "1.1.1.1",
  "a.b.",
  "aaaa.bbbb.",
  "password=",
  "password is ",
  "password ",
  "token a1 ",
  "token\n",
  "bearer ",
  "bearer a1",
  'api key "',
  "born ",
  "born 1 ",
  "born 3 may ",
  "3 may ",
  "may 3 ",
  "card ",
  "card number is ",
  "passport ",
  "passport no my ",
  "passport AB ",
  "plate A-",
  "iban ",
  "iban DE",
  "DE89 3704 ",
  "AB 12 ",
  "AB 12 34 56 C ",
  "aged 9",
  "93 years old ",
  "dot com ",
  "a at b dot ",
  "a.a.a at ",
  "bic ",
  "bic DEUTDEFF ",
  "0x",
  "bc1",
  "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa ",
  "電話",
  "カード番号",
  "電話1",
  "パスポート番号は",
  "１",
  "１２ ",
  "1\u200b",
  "\u200b",
  "\ud835",
  "\ud835\udfcf",
  "\ud800",
  "\u0000",
  "é",
  "मेरा ",
  "पासवर्ड ",
  " ",
  "\n",
  "\t",
  '"',
  "'",
  "\\",
  ".",
  ",",
  "-",
  "_",
  "/",
  "x123",
  "1x",
  "a",
  "aA1",
  "A",
  "A ",
  "AB-",
  "a1-",
  "a_",
  "my my ",
  "is ",
  "ssn ",
  "ssn 1 ",
  "tax id ",
] as const;

const SMALL = 8192;
const LARGE = SMALL * 4;
/** Less is noise: a whole linear pass over the larger text takes a few milliseconds. */
const SUSPECT_MS = 20;
/** Four times the text, and room for a busy machine: linear is 4, quadratic 16. */
const RATIO_MAX = 8;
/** A generous bound for 256 KB on any machine; what is quadratic takes minutes. */
const WHOLE_MS = 10_000;

const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;

/** Of the processor, not of the clock: on a busy machine a pass may wait as long as it works. */
function timeMs(finder: PiiFinder, text: string): number {
  const before = process.cpuUsage();
  finder.find(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const repeated = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);

/** How many times as long four times the text takes: the median of five ratios, each of two passes in one go. */
function ratioOf(finder: PiiFinder, piece: string): number {
  const [small, large] = [repeated(piece, SMALL), repeated(piece, LARGE)];
  return median(Array.from({ length: 5 }, () => timeMs(finder, large) / Math.max(timeMs(finder, small), 0.1)));
}

/** Pieces that grow too fast, three times out of three: the collector may spoil one measurement, and what is quadratic is so each time. */
function growing(finder: PiiFinder, pieces: readonly string[]): readonly string[] {
  return pieces.filter((piece) => {
    if (timeMs(finder, repeated(piece, LARGE)) < SUSPECT_MS) return false;
    for (let attempt = 0; attempt < 3; attempt++) if (ratioOf(finder, piece) < RATIO_MAX) return false;
    return true;
  });
}

test("all rules together take linear time on what makes each of them begin again and again", () => {
  const finder = createPiiFinder();
  assert.deepEqual(growing(finder, PIECES), []);
  console.log(`# growth: ${PIECES.length} pieces, ${SMALL} against ${LARGE} characters`);
}, 60_000);

test("256 KB of everything at once, shuffled, is searched in the time that a linear search needs", () => {
  const finder = createPiiFinder();
  const mixed = repeated(PIECES.map((piece, at) => piece + (PIECES[(at * 37) % PIECES.length] ?? "")).join(""), 262_144);
  assert.ok(timeMs(finder, mixed) < WHOLE_MS);
}, 60_000);

test("planted: a rule that looks back over the whole text at each mark is caught", () => {
  const planted = (text: string, out: Finding[]): void => {
    let seen = 0;
    for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
      for (let back = at; back >= 0; back -= 16) if (text.charCodeAt(back) === 64) seen++;
    }
    if (seen < 0) out.length = 0;
  };
  assert.deepEqual(growing(createPiiFinder({ extraRules: [planted] }), ["@"]), ["@"]);
}, 60_000);
