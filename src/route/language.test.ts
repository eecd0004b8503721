import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "bun:test";
import { languageOf } from "./language.ts";

const TEMPLATES = join(import.meta.dirname, "../../tools/names/templates");
const FILES = {
  dutch: "nl",
  english: "en",
  french: "fr",
  german: "de",
  hindi: "hi",
  italian: "it",
  polish: "pl",
  portuguese: "pt",
  spanish: "es",
} as const;

/** Lines of forms and letters, many of them of three words: hard for anything that goes by common words. */
function measure(detect: (text: string) => string): { readonly count: number; readonly right: number; readonly wrong: number } {
  let [count, right, wrong] = [0, 0, 0];
  for (const [file, language] of Object.entries(FILES)) {
    for (const line of readFileSync(join(TEMPLATES, `${file}.txt`), "utf8").split("\n")) {
      if (line === "" || line.startsWith("#")) continue;
      const found = detect(line.replaceAll(/\{\w+\}/g, "Kim").replaceAll("\\n", "\n"));
      count++;
      if (found === language) right++;
      else if (found !== "") wrong++;
    }
  }
  return { count, right: right / count, wrong: wrong / count };
}

test("short lines of nine languages are told right or not at all; a detector that always answers is caught", () => {
  const { count, right, wrong } = measure(languageOf);
  console.log(`# languages: ${count} lines, ${(100 * right).toFixed(1)} % right, ${(100 * wrong).toFixed(1)} % wrong`);
  assert.ok(right > 0.65 && wrong < 0.04, `${right} right, ${wrong} wrong`);
  assert.ok(measure(() => "en").wrong > 0.04);
});

test("requests of a sentence are told in the languages of the guard", () => {
  const requests = {
    en: "Please summarise the attached contract and tell me when it ends.",
    de: "Bitte fasse den beigefügten Vertrag zusammen und sage mir, wann er endet.",
    fr: "Résume le contrat ci-joint et dis-moi quand il se termine.",
    es: "Resume el contrato adjunto y dime cuándo termina.",
    it: "Riassumi il contratto allegato e dimmi quando scade.",
    pt: "Resuma o contrato em anexo e diga quando ele termina.",
    nl: "Vat het bijgevoegde contract samen en zeg wanneer het afloopt.",
    pl: "Streść załączoną umowę i powiedz, kiedy się kończy.",
    ja: "添付の契約を要約して、いつ終わるか教えてください。",
    zh: "请总结附件中的合同,并告诉我何时到期。",
    hi: "संलग्न अनुबंध का सारांश दें और बताएं कि यह कब समाप्त होता है।",
    ru: "Кратко изложи договор и скажи, когда он заканчивается.",
    ko: "첨부된 계약서를 요약해 주세요.",
  };
  for (const [language, text] of Object.entries(requests)) assert.equal(languageOf(text), language, text);
});

test("what is no language, or too little of one, has none; a name in another script does not change it", () => {
  for (const text of ["", "12345 + 678", "{}[];", "Kim", "x = y(z);", "\ud800"]) assert.equal(languageOf(text), "", text);
  assert.equal(languageOf("The word 東京 is the name of the capital of Japan."), "en");
});
