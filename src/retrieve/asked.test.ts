import { test } from "bun:test";
import assert from "node:assert/strict";
import { askedTerms } from "./asked.ts";
import { termId } from "./term-id.ts";
import { terms } from "./terms.ts";

const ids = (query: string, languages: readonly string[] = ["en"]): Set<number> =>
  new Set(askedTerms(query, languages).flatMap((one) => one.ids));

test("a pasted page does not become a query of a thousand terms: its beginning and end are kept", () => {
  const words = Array.from({ length: 1000 }, (_, at) => `word${at}`);
  assert.equal(askedTerms(words.slice(0, 48).join(" "), ["en"]).length, 48);
  const kept = ids(words.join(" "));
  assert.equal(kept.size, 48);
  for (const word of ["word0", "word23", "word976", "word999"])
    assert.ok(
      [...ids(word)].every((id) => kept.has(id)),
      word,
    );
  assert.ok([...ids("word500")].every((id) => !kept.has(id)));
});

test("words that come twice in a question count twice, in whatever form", () => {
  assert.deepEqual(
    askedTerms("vacation and Vacations in May", ["en"]).map((one) => [one.ids.length, one.count]),
    [[1, 2]],
  );
});

test("a collection of one language is asked for exactly the terms that its documents have", () => {
  const queries = ["How do I reset max_retries on E-4021?", "Wie lange ist die Kündigungsfrist?", "l'article 12", "getUserName 1,000"];
  let compared = 0;
  for (const query of queries) {
    for (const language of ["en", "de", "fr", "zh", "pl"]) {
      assert.deepEqual(ids(query, [language]), new Set(terms(query, language).map(termId)), `${language} ${query}`);
      compared += 1;
    }
  }
  console.log(`# queries against the terms of a document: ${compared}`);
});

test("a word that a dictionary cut differently in a document is found by its characters", () => {
  const asked = ids("東京都の税金");
  for (const term of ["東京", "都", "税金", "京都", "都の"]) assert.ok(asked.has(termId(term)), term);
});

test("in a mixed collection each word is one term in the forms of every language that is held", () => {
  const asked = askedTerms("Kündigungen", ["en", "de"]);
  assert.equal(asked.length, 1);
  assert.deepEqual(
    new Set(asked[0]?.ids),
    new Set([termId(terms("Kündigungen", "en")[0] ?? ""), termId(terms("Kündigungen", "de")[0] ?? "")]),
  );
  // The small words of the language that is asked in go, though another one has content words that look the same.
  assert.ok(!ids("Was ist die Frist für die Kündigung, und wer war dabei?", ["en", "de"]).has(termId("die")));
  // Too few words to tell: nothing is dropped that may be meant.
  assert.ok(ids("die casting", ["en", "de"]).has(termId("die")));
});

test("forms that share a term are asked for once", () => {
  const asked = askedTerms("Frist Fristen", ["de", "pl"]);
  assert.equal(asked.length, 1);
  assert.equal(asked[0]?.count, 2);
  assert.equal(new Set(asked[0]?.ids).size, asked[0]?.ids.length);
});

test("whatever the languages, no term is in two words of a query", () => {
  const words =
    "Frist Fristen fristed Verträge contrats contracts contratto договоры operación operaciones e-mail E-4021 4021 東京都".split(" ");
  let checked = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const pick = <T>(of: readonly T[], at: number): T[] =>
      of.filter((_, index) => ((seed * 2654435761 + index * 40503 + at) >>> 7) % 2 === 0);
    const asked = askedTerms(pick(words, 1).join(" "), pick(["en", "de", "fr", "es", "it", "ru", "fi", "pl"], 9));
    const all = asked.flatMap((one) => one.ids);
    assert.equal(new Set(all).size, all.length);
    checked += 1;
  }
  console.log(`# random queries over random languages: ${checked}`);
});

test("a megabyte for a question holds nobody up: its two ends are what is asked for", () => {
  const languages = ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "ru"];
  const startedMs = performance.now();
  for (const one of ["漢字", "0.", "(a) "]) {
    const filler = one.repeat(1_000_000 / one.length);
    const kept = ids(`quicksand ${filler} zeppelin`, languages);
    for (const word of ["quicksand", "zeppelin"])
      assert.ok(
        [...ids(word)].some((id) => kept.has(id)),
        word,
      );
  }
  assert.ok(performance.now() - startedMs < 1_000, "a second is more than any of the rest of a search takes");
});
