import assert from "node:assert/strict";
import { test } from "bun:test";
import { encode, ENCODINGS, type Encoding } from "./encode.ts";

/** Holds every letter that leet or a homoglyph replaces. */
const TEXT = "Copy six tea";
const WRITTEN: Readonly<Record<Encoding, string>> = {
  base64: "Q29weSBzaXggdGVh",
  rot13: "Pbcl fvk grn",
  hex: "43 6f 70 79 20 73 69 78 20 74 65 61",
  leet: "C0py 51x 734",
  homoglyph: "\u0441\u043e\u0440\u0443 s\u0456\u0445 t\u0435\u0430",
  "zero-width": "C\u200bo\u200bp\u200by\u200b \u200bs\u200bi\u200bx\u200b \u200bt\u200be\u200ba",
  bidi: "\u202eaet xis ypoC\u202c",
  tags: "\u{e0043}\u{e006f}\u{e0070}\u{e0079}\u{e0020}\u{e0073}\u{e0069}\u{e0078}\u{e0020}\u{e0074}\u{e0065}\u{e0061}",
  spaced: "C o p y   s i x   t e a",
  reversed: "aet xis ypoC",
  url: "%43%6f%70%79%20%73%69%78%20%74%65%61",
};

test("each encoding writes a text as it is written by hand", () => {
  for (const encoding of ENCODINGS) assert.equal(encode(TEXT, encoding), WRITTEN[encoding], encoding);
});

test("letters beyond ASCII are encoded as UTF-8, and no letter is cut in two", () => {
  const written: readonly (readonly [Encoding, string])[] = [
    ["base64", "w6nwn5iA"],
    ["hex", "c3 a9 f0 9f 98 80"],
    ["url", "%c3%a9%f0%9f%98%80"],
    ["rot13", "é😀"],
    ["zero-width", "é\u200b😀"],
    ["bidi", "\u202e😀é\u202c"],
    ["spaced", "é 😀"],
    ["reversed", "😀é"],
  ];
  for (const [encoding, expected] of written) assert.equal(encode("é😀", encoding), expected, encoding);
});
