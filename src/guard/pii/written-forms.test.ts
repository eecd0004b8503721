import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Finding, FindingType } from "../../domain/finding.ts";
import { createNameTagger } from "./names/tagger.ts";
import { createPiiFinder } from "./pii-finder.ts";

type Find = (text: string) => readonly Finding[];
type Case = readonly [text: string, type: FindingType, value: string];

const finder = createPiiFinder({ extraRules: [createNameTagger()] });

/** Forms in which people write what has another usual form. */
const WRITTEN: readonly Case[] = [
  ["Ring me (07333 123214) tonight", "PHONE", "07333 123214"],
  ["Ring me at work (07333 123214 ext 4412) or on Monday", "PHONE", "07333 123214 ext 4412"],
  ["(+44 7333 123214)", "PHONE", "+44 7333 123214"],
  ["(0161) 496 0123", "PHONE", "(0161) 496 0123"],
  ["phone=+971501281014&lang=ar", "PHONE", "+971501281014"],
  ["tel. 12.346.00.62", "PHONE", "12.346.00.62"],
  ["Proszę dzwonić: +48.512.383.089.", "PHONE", "+48.512.383.089"],
  ["फ़ोन नंबर 081234 89161 है", "PHONE", "081234 89161"],
  ["konto bankowe 95 4112 7722 7065 2880 9129 7380", "BANK_ACCOUNT", "95 4112 7722 7065 2880 9129 7380"],
  ["Hospital No. RXH20931", "MEDICAL_RECORD", "RXH20931"],
  ["dossier médical n° 2024-118832", "MEDICAL_RECORD", "2024-118832"],
  ["Cartella clinica n. 88213/24", "MEDICAL_RECORD", "88213/24"],
  ["Permis de conduire n° 14AA00002", "DRIVING_LICENCE", "14AA00002"],
  ["CA DL F2849517", "DRIVING_LICENCE", "F2849517"],
  ["Pass-Nr. C4VHJ2K91", "PASSPORT", "C4VHJ2K91"],
  ["cédula de ciudadanía 1.032.456.789", "NATIONAL_ID", "1.032.456.789"],
  ["Passwort für den Admin: gH7$kkP2vv", "SECRET", "gH7$kkP2vv"],
  ["le mot de passe du compte est Azur-9981-mer", "SECRET", "Azur-9981-mer"],
  ["hasło do panelu: Zima!2025kot", "SECRET", "Zima!2025kot"],
  ["la password del router è Lupo!99bianco", "SECRET", "Lupo!99bianco"],
  [
    "git clone https://ghp_tOrhFfeCdRfpZ9NsJFDGnjwqZOJxkvDi06RC@github.com/a/b.git",
    "URL",
    "https://ghp_tOrhFfeCdRfpZ9NsJFDGnjwqZOJxkvDi06RC@github.com/a/b.git",
  ],
  ["the best one is karen underscore wells at outlook dot com", "EMAIL", "karen underscore wells at outlook dot com"],
  ["call me on five five five, two three one, four four seven eight", "PHONE", "five five five, two three one, four four seven eight"],
  [
    "c'est le zéro six douze trente-quatre cinquante-six soixante-dix-huit",
    "PHONE",
    "zéro six douze trente-quatre cinquante-six soixante-dix-huit",
  ],
  ["null eins sieben drei, vier vier neun acht zwei eins", "PHONE", "null eins sieben drei, vier vier neun acht zwei eins"],
  [
    "my card number is four five three nine one four eight eight oh three four three six four six seven",
    "CARD",
    "four five three nine one four eight eight oh three four three six four six seven",
  ],
  ["born 3 Feb 1971, NHS number 6902341222, sample taken", "DATE_OF_BIRTH", "3 Feb 1971"],
  ["born 3 Feb 1971, NHS number 6902341222, sample taken", "NATIONAL_ID", "6902341222"],
  ["user=svc_backup pass=HzfdVrlts0ro", "SECRET", "HzfdVrlts0ro"],
  ["My licence is WILLI812155R99DM, expires 2029", "DRIVING_LICENCE", "WILLI812155R99DM"],
  ["Car reg BX21 KHT, blue Golf", "VEHICLE", "BX21 KHT"],
  ["pay with 5166 1193 1845 2296 11/28 cvc 331", "CARD", "5166 1193 1845 2296"],
];

const NAMED: readonly Case[] = [
  ["demeurant 27 rue des Tilleuls, 69003 Lyon.", "ADDRESS", "27 rue des Tilleuls, 69003 Lyon"],
  ["Rijksregisternummer 38.12.25-939.66, Kerkstraat 12, 9000 Gent", "ADDRESS", "Kerkstraat 12, 9000 Gent"],
  ["Sigrid Marte, Mariahilfer Straße 88/12, 1070 Wien", "ADDRESS", "Mariahilfer Straße 88/12, 1070 Wien"],
  ["Av. Reforma 222, 06600 Puebla", "ADDRESS", "Av. Reforma 222, 06600 Puebla"],
  ["j'habite au 8 avenue Victor Hugo, 75116 Paris", "ADDRESS", "8 avenue Victor Hugo, 75116 Paris"],
  ["adres: al. Niepodległości 114/5, 02-577 Warszawa", "ADDRESS", "al. Niepodległości 114/5, 02-577 Warszawa"],
  ["मेरा पता 42, गांधी नगर, जयपुर 302015 है।", "ADDRESS", "42, गांधी नगर, जयपुर 302015"],
  ["Herr Dr. Hein hat morgen Dienst", "PERSON", "Hein"],
  ["een afspraak bij dokter van Loon.", "PERSON", "Loon"],
  ["Mr Kim and Mrs Park Seo-yeon will stay", "PERSON", "Park Seo-yeon"],
];

/** Of the same look, and nobody's. */
const ORDINARY: readonly string[] = [
  "BP 150/88, HR 72, temp 98.6",
  "Room 594, building 12, floor 3",
  "meeting 2026-03-13 16:30-14:14 room 755",
  "run-5446664396-228 finished with code 4",
  "the boarding pass is AB12-34!",
  "one two three four five six seven eight nine ten",
  "five six seven eight, who do we appreciate",
  "again and again: one one one one one one one one one one",
  "The token for each request is valid for 3 hours",
  "Password for the staging environment: see the vault",
  "Der Vertrag beginnt am 1. Januar 2026 und endet am 31. Dezember 2027.",
  "आधार नंबर और पासपोर्ट संख्या",
  "बैठक सोमवार को होगी।",
  "पासवर्ड कम से कम आठ अक्षर का होना चाहिए।",
  "rodné číslo",
  "Met vriendelijke groet,\nKlantenservice",
  "El Sr. Director",
  "range 12.34.56.78 to 12.34.56.99",
];

const missedBy = (find: Find, cases: readonly Case[]): string[] =>
  cases
    .filter(([text, type, value]) => !find(text).some((one) => one.type === type && text.slice(one.start, one.end) === value))
    .map(([text]) => text);

/** What may be said of nobody alone is no alarm, and an address of a network is one. */
const isAlarm = ({ type }: Finding): boolean => type !== "LOCATION" && type !== "ORGANISATION" && type !== "IP_ADDRESS";
const alarmsOf = (find: Find): string[] => ORDINARY.filter((text) => find(text).some(isAlarm));

test("numbers, secrets and labels are found in the forms in which people write them, and what only looks like them is left alone", () => {
  console.log(`# written forms: ${WRITTEN.length} of rules, ${NAMED.length} of names, ${ORDINARY.length} ordinary`);
  assert.deepEqual(missedBy(finder.find, WRITTEN), []);
  assert.deepEqual(missedBy(finder.find, NAMED), []);
  assert.deepEqual(alarmsOf(finder.find), []);
});

test("planted: a finder that finds nothing, one that takes the whole text, and one without names fail the same check", () => {
  const whole: Find = (text) => [{ type: "PHONE", start: 0, end: text.length, score: 1, reason: "planted" }];
  assert.equal(missedBy(() => [], [...WRITTEN, ...NAMED]).length, WRITTEN.length + NAMED.length);
  assert.ok(missedBy(whole, WRITTEN).length >= WRITTEN.length - 4);
  assert.equal(alarmsOf(whole).length, ORDINARY.length);
  assert.equal(missedBy(createPiiFinder().find, NAMED).length, NAMED.length);
});
