import { test } from "bun:test";
import assert from "node:assert/strict";
import { termId } from "./term-id.ts";
import { terms } from "./terms.ts";

const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  ["stop words go and words are stemmed", "The refunds are being refunded to the customers", ["refund", "refund", "custom"]],
  ["case, accents and compatibility forms make no difference", "CAFÉ Straße ﬁnance Müller", ["cafe", "strass", "financ", "muller"]],
  ["an error code is found whole and by its parts", "error E-4021", ["error", "e-4021", "e", "4021"]],
  ["an e-mail address is found whole", "ops@example.com", ["ops@example.com", "op", "exampl", "com"]],
  [
    "identifiers are found whole and by their parts",
    "getUserName max_retries",
    ["getusernam", "get", "user", "name", "max_retries", "max", "retri"],
  ],
  ["thousands separators do not part a number, decimals stay", "1,000,000 of 98.5", ["1000000", "98.5"]],
  ["a date is found whole and by its parts", "2026-03-01", ["2026-03-01", "2026", "03", "01"]],
  ["apostrophes do not part a word", "the company's don't", ["compani"]],
  ["a short prefix is joined", "e-mail", ["email", "e", "mail"]],
  ["scripts without spaces are cut into pairs", "東京都", ["東京", "京都"]],
  ["other alphabets are kept", "Договор аренды", ["договор", "аренды"]],
  ["nothing but marks is nothing", " … — !!! ", []],
];
for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(terms(text), expected));

test("a hash is a term, longer data is not", () => {
  assert.equal(terms("a".repeat(64)).length, 1);
  assert.equal(terms("x1".repeat(36)).length, 1);
  assert.equal(terms(`${"x1".repeat(36)}x`).length, 0);
});

test("terms of a query and of a document agree whatever the form", () => {
  for (const [asked, written] of [
    ["résumés", "resume"],
    ["REFUNDING", "refunds"],
    ["E4021", "e4021"],
    ["１２３", "123"],
  ] as const) {
    assert.ok(
      terms(asked).some((term) => terms(written).includes(term)),
      `${asked} / ${written}`,
    );
  }
});

test("a hundred thousand terms have as many ids, all of them exact integers", () => {
  const ids = new Set<number>();
  for (let at = 0; at < 100_000; at++) {
    const id = termId(`term${at.toString(36)}`);
    assert.ok(Number.isSafeInteger(id) && id >= 0);
    ids.add(id);
  }
  assert.equal(ids.size, 100_000);
});
