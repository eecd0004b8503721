import { test } from "bun:test";
import assert from "node:assert/strict";
import { STEMMED_LANGUAGES } from "./languages/language.ts";
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
  ["scripts without spaces are cut into their words", "東京都の税金", ["東京", "都", "税金"]],
  ["a longer word is found by its pairs too", "データ", ["データ", "デー", "ータ"]],
  ["Korean is cut into pairs", "계약서를", ["계약", "약서", "서를"]],
  ["Thai is cut into words, longer ones into triples too", "สัญญาเช่า", ["สัญญา", "สัญ", "ัญญ", "ญญา", "เช่า", "เช่", "ช่า"]],
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

/** Forms of one word that a reader takes for the same, as they are written and as they are typed. */
const FORMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  de: [
    ["Kündigung", "Kündigungen", "kuendigung"],
    ["Vertrag", "Vertrages", "Vertrags"],
    ["Häuser", "Haus", "Haeuser"],
    ["Straße", "Strasse", "Straßen"],
    ["Müller", "Mueller", "Muller"],
  ],
  fr: [
    ["contrat", "contrats", "l'contrat"],
    ["résiliation", "resiliation", "résiliations", "d’une résiliation"],
    ["employé", "employés", "employée", "employees"],
    ["article", "l'article", "d’articles"],
  ],
  es: [
    ["operación", "operaciones", "operacion"],
    ["contrato", "contratos"],
    ["niño", "niños", "nino"],
    ["trabajador", "trabajadores", "trabajadora"],
  ],
  it: [
    ["contratto", "contratti", "dell'contratto"],
    ["documento", "documenti", "nell’documento"],
    ["anno", "dell'anno", "nell’anno"],
    ["qualità", "qualita"],
    ["lavoratore", "lavoratori"],
  ],
  pt: [
    ["operação", "operações", "operacao", "operacoes"],
    ["contrato", "contratos"],
    ["trabalhador", "trabalhadores", "trabalhadora"],
  ],
  nl: [
    ["overeenkomst", "overeenkomsten"],
    ["werknemer", "werknemers"],
    ["foto", "foto's"],
  ],
  sv: [
    ["bil", "bilar", "bilen", "bilarna"],
    ["arbetsgivare", "arbetsgivaren", "arbetsgivarens"],
    ["försäkring", "försäkringar", "forsakring"],
  ],
  da: [
    ["aftale", "aftaler", "aftalen", "aftalens"],
    ["Århus", "Aarhus"],
    ["forsikring", "forsikringer", "forsikringen"],
  ],
  no: [
    ["avtale", "avtaler", "avtalen"],
    ["forsikring", "forsikringer", "forsikringen"],
  ],
  fi: [
    ["talo", "talossa", "talosta", "taloon"],
    ["sopimus", "sopimus"],
    ["vakuutus", "vakuutus"],
  ],
  ru: [
    ["договор", "договоры", "договора", "договором"],
    ["аренда", "аренды", "аренду"],
    ["отчёт", "отчет", "отчеты"],
  ],
};

test("a word meets its other forms in each of the languages that are stemmed", () => {
  let forms = 0;
  for (const [language, words] of Object.entries(FORMS)) {
    for (const [first = "", ...others] of words) {
      const wanted = terms(first, language);
      assert.equal(wanted.length, 1, `${language} ${first}`);
      for (const other of others) {
        const found = terms(other, language);
        assert.ok(found.includes(wanted[0] ?? ""), `${language}: ${other} → ${found.join(" ")}, ${first} → ${wanted.join(" ")}`);
        forms += 1;
      }
    }
  }
  // Without the stemmer hardly any of them meet: the comparison can fail.
  const apart = Object.values(FORMS).flatMap((words) =>
    words.filter(([first = "", other = ""]) => terms(first, "xx")[0] !== terms(other, "xx")[0]),
  );
  assert.ok(apart.length > 20);
  console.log(`# forms of words: ${forms} in ${Object.keys(FORMS).length} languages, ${apart.length} words apart without a stemmer`);
});

test("a code is the same whole term in every language", () => {
  const codes = ["E-4021", "max_retries", "ops@example.com", "2026-03-01", "98.5", "RFC2119", "4021"];
  const whole = (code: string, language: string): string | undefined => terms(code, language)[0];
  for (const language of [...STEMMED_LANGUAGES, "pl", "zh"]) {
    for (const code of codes) assert.equal(whole(code, language), whole(code, "en"), `${language} ${code}`);
  }
  console.log(`# codes: ${codes.length} in ${STEMMED_LANGUAGES.length + 2} languages`);
});

test("small words go in each language, with and without their accents, and English words stay in a text of another script", () => {
  assert.deepEqual(terms("Was ist die Frist für die Kündigung?", "de"), ["frist", "kundig"]);
  assert.deepEqual(terms("où est la clé et a quoi sert-elle", "fr"), ["cle", "sert"]);
  assert.deepEqual(terms("Каков срок договора refunds", "ru"), ["срок", "договор", "refund"]);
  assert.deepEqual(terms("1.000.000 Euro und 1,000", "de"), ["1000000", "euro", "1000"]);
  assert.deepEqual(terms("1\u00a0000\u202f000 francs", "fr"), ["1000000", "franc"]);
  assert.deepEqual(terms("łódź umowy", "pl"), ["lodz", "umowy"]);
});
