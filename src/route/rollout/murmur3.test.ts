import { test } from "bun:test";
import assert from "node:assert/strict";
import { murmur3 } from "./murmur3.ts";

/** Of the reference implementation, as published with it: hex of the bytes, seed, hash. */
const BYTES: readonly (readonly [string, number, number])[] = [
  ["", 0, 0],
  ["", 1, 0x514e28b7],
  ["", 0xffffffff, 0x81f16f39],
  ["ffffffff", 0, 0x76293b50],
  ["21436587", 0, 0xf55b516b],
  ["21436587", 0x5082edee, 0x2362f9de],
  ["214365", 0, 0x7e4a8634],
  ["2143", 0, 0xa0f7b07a],
  ["21", 0, 0x72661cf4],
  ["00000000", 0, 0x2362f9de],
  ["000000", 0, 0x85f0b427],
  ["0000", 0, 0x30f4c306],
  ["00", 0, 0x514e28b7],
];
const TEXTS: readonly (readonly [string, number, number])[] = [
  ["aaaa", 0x9747b28c, 0x5a97808a],
  ["aaa", 0x9747b28c, 0x283e0130],
  ["aa", 0x9747b28c, 0x5d211726],
  ["a", 0x9747b28c, 0x7fa09ea6],
  ["abcd", 0x9747b28c, 0xf0478627],
  ["abc", 0x9747b28c, 0xc84a62dd],
  ["ab", 0x9747b28c, 0x74875592],
  ["Hello, world!", 0x9747b28c, 0x24884cba],
  ["ππππππππ", 0x9747b28c, 0xd58063c1],
  ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
];

test("the hash is MurmurHash3's own, for every length of the last block", () => {
  for (const [hex, seed, hash] of BYTES) assert.equal(murmur3(Buffer.from(hex, "hex"), seed), hash, `${hex} ${String(seed)}`);
  for (const [text, seed, hash] of TEXTS) assert.equal(murmur3(Buffer.from(text), seed), hash, text);
  console.log(`# murmur3: ${String(BYTES.length + TEXTS.length)} vectors`);
});
