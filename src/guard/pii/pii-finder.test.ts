import { test } from "bun:test";
import assert from "node:assert/strict";
import { createPiiFinder } from "./pii-finder.ts";
import { scrub } from "./scrub.ts";

const finder = createPiiFinder();
const clean = (text: string): string => scrub(text, finder.find(text));

test("an e-mail address, a phone number, a card, an IBAN and an SSN are found in one sentence", () => {
  assert.equal(
    clean("Mail jo.doe@example.com or call +49 171 1234567, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00. SSN 123-45-6789"),
    "Mail [EMAIL] or call [PHONE], card [CARD], IBAN [IBAN]. SSN [NATIONAL_ID]",
  );
});

test("full-width, mathematical and split digits are found where they stand", () => {
  assert.equal(clean("カード番号は４１１１１１１１１１１１１１１１です。"), "カード番号は[CARD]です。");
  assert.equal(clean("a 4111\u200b1111\u200b1111\u200b1111 b"), "a [CARD] b");
  assert.equal(clean("a 𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 b"), "a [CARD] b");
  assert.equal(clean("a\u00a04111\u00a01111\u00a01111\u00a01111 b"), "a\u00a0[CARD] b");
});

test("addresses written out are found beside brackets or a word about writing to somebody, and only there", () => {
  assert.equal(clean("jo [at] example [dot] org"), "[EMAIL]");
  assert.equal(clean("contact jo.doe at mail dot example dot com please"), "contact [EMAIL] please");
  assert.equal(clean("we met jo at example dot com headquarters"), "we met jo at example dot com headquarters");
});

test("secrets: keys of vendors, private keys, connection strings, addresses with a token, assignments", () => {
  assert.equal(clean("ghp_abcdefghijklmnopqrstuvwxyz0123456789 and AKIAIOSFODNN7EXAMPLE"), "[SECRET] and [SECRET]");
  assert.equal(clean("x -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- y"), "x [SECRET] y");
  assert.equal(clean("x -----BEGIN PRIVATE KEY-----\nnever ended"), "x [SECRET]");
  assert.equal(clean("use postgres://user:pw@db/x and https://h.example/?token=abcdef1234567"), "use [SECRET] and [URL]");
  assert.equal(clean("Mein Passwort ist Geheim123! und sonst nichts"), "Mein Passwort ist [SECRET] und sonst nichts");
  assert.equal(clean("Authorization: Bearer abcdef1234567890abcdef"), "Authorization: Bearer [SECRET]");
});

test("any UTF-16 is searched without an error: lone surrogates, NUL, nothing at all", () => {
  for (const text of ["", "\0", "\ud800", "\udc00\ud835", "\ud835", "4111\ud835 1111", "\uffff@\ufffe", "@", "://", "-----BEGIN"]) {
    assert.deepEqual(finder.find(text), []);
  }
});

test("what overlaps is resolved: sorted, apart, and only the types and scores that were asked for", () => {
  const found = createPiiFinder({
    extraRules: [(text, out) => out.push({ type: "PERSON", start: 0, end: Math.min(4, text.length), score: 0.8, reason: "test" })],
  }).find("Anna 4111 1111 1111 1111 anna@example.com");
  assert.deepEqual(
    found.map(({ type, start, end }) => [type, start, end]),
    [
      ["PERSON", 0, 4],
      ["CARD", 5, 24],
      ["EMAIL", 25, 41],
    ],
  );
  assert.deepEqual(createPiiFinder({ types: new Set(["EMAIL"]) }).find("4111 1111 1111 1111 anna@example.com").length, 1);
  assert.deepEqual(createPiiFinder({ scoreMin: 0.98 }).find("anna@example.com"), []);
});
