import { test } from "bun:test";
import assert from "node:assert/strict";
import { chooseLanguage } from "../../domain/language.ts";
import { detectLanguages } from "./detect.ts";

const TEXTS: Readonly<Record<string, string>> = {
  en: "The notice period is four weeks to the end of a month, and it is longer for those who have been with us for more than two years.",
  de: "Die Kündigungsfrist beträgt vier Wochen zum Ende eines Monats und ist für diejenigen länger, die seit mehr als zwei Jahren bei uns sind.",
  fr: "Le délai de préavis est de quatre semaines à la fin du mois, et il est plus long pour ceux qui sont avec nous depuis plus de deux ans.",
  es: "El plazo de preaviso es de cuatro semanas hasta el final del mes y es más largo para los que llevan más de dos años con nosotros.",
  it: "Il termine di preavviso è di quattro settimane alla fine del mese ed è più lungo per coloro che sono con noi da più di due anni.",
  pt: "O prazo de aviso é de quatro semanas até ao fim do mês e é mais longo para os que estão connosco há mais de dois anos.",
  nl: "De opzegtermijn is vier weken tot het einde van de maand en is langer voor degenen die al meer dan twee jaar bij ons zijn.",
  sv: "Uppsägningstiden är fyra veckor till slutet av månaden och är längre för dem som har varit hos oss i mer än två år.",
  da: "Opsigelsesvarslet er fire uger til udgangen af en måned, og det er længere for dem, der har været hos os i mere end to år.",
  no: "Oppsigelsestiden er fire uker til slutten av måneden, og den er lengre for dem som har vært hos oss i mer enn to år.",
  fi: "Irtisanomisaika on neljä viikkoa kuukauden loppuun, ja se on pidempi niille, jotka ovat olleet meillä yli kaksi vuotta.",
  ru: "Срок уведомления составляет четыре недели до конца месяца, и он длиннее для тех, кто работает у нас более двух лет.",
  pl: "Okres wypowiedzenia wynosi cztery tygodnie do końca miesiąca i jest dłuższy dla tych, którzy są z nami dłużej niż dwa lata.",
  tr: "İhbar süresi ayın sonuna kadar dört haftadır ve iki yıldan uzun süredir bizimle olanlar için daha uzundur.",
  zh: "通知期为四周，至月底为止，对于在我们公司工作两年以上的人来说，通知期更长。",
  ja: "予告期間は月末までの四週間であり、二年以上勤務している者についてはより長くなります。",
  th: "ระยะเวลาแจ้งล่วงหน้าคือสี่สัปดาห์จนถึงสิ้นเดือน และนานกว่านั้นสำหรับผู้ที่ทำงานกับเรามานานกว่าสองปี",
};

test("a document's language is told from a sentence on", async () => {
  for (const [language, text] of Object.entries(TEXTS)) assert.equal((await detectLanguages(text))[0], language, text);
  console.log(`# languages told: ${Object.keys(TEXTS).length}`);
});

test("a preface in another language does not decide", async () => {
  const long = `${TEXTS["en"]}\n${`${TEXTS["de"]}\n`.repeat(60)}`;
  assert.equal((await detectLanguages(long))[0], "de");
});

test("what cannot be told is left to the collection", async () => {
  for (const text of ["", "E-4021", "4021; 98.5; 17", "|---|---|\n| 1 | 2 |"]) assert.deepEqual(await detectLanguages(text), []);
  assert.equal(chooseLanguage([]), "en");
  assert.equal(chooseLanguage(["de", "nl"]), "de");
  assert.equal(chooseLanguage(["de", "nl"], ["fr"]), "fr");
  assert.equal(chooseLanguage(["da", "no", "sv"], ["sv", "no"]), "no");
  assert.equal(chooseLanguage(["da"], ["fr", "en"]), "fr");
});
