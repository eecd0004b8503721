import examples from "libphonenumber-js/mobile/examples";
import { getCountries, isValidPhoneNumber, parsePhoneNumberWithError, type CountryCode } from "libphonenumber-js/max";
import { BASE62, CAPITALS, day, DIGITS, HEX, SMALL, type Dice } from "./dice.fixture.ts";
import { cut, luhnDigit } from "./national-number.fixture.ts";
import type { Sample } from "./sample.fixture.ts";

/** An example mobile number with other last digits, drawn until the library calls it valid. */
function mobile(dice: Dice, country: CountryCode): ReturnType<typeof parsePhoneNumberWithError> {
  const example = examples[country] ?? "";
  for (;;) {
    const value = example.slice(0, -4) + dice.digits(4);
    if (isValidPhoneNumber(value, country)) return parsePhoneNumberWithError(value, country);
  }
}

const COUNTRIES = getCountries().filter((country) => examples[country] !== undefined);
const abroad = (dice: Dice): string => {
  const number = mobile(dice, COUNTRIES[dice.below(COUNTRIES.length)] ?? "DE");
  return dice.below(3) === 0 ? number.number : number.formatInternational();
};
const OWN = ["US", "GB", "DE", "FR", "ES", "IT", "PT", "BR", "NL", "PL", "JP", "IN"] as const satisfies readonly CountryCode[];
const national = (dice: Dice): string => mobile(dice, dice.pick(OWN)).formatNational();

const PHONE_LABELS = [
  "phone number",
  "Telefonnummer",
  "numéro de téléphone",
  "número de teléfono",
  "numero di telefono",
  "telemóvel",
  "telefoonnummer",
  "numer telefonu",
  "電話番号",
  "फोन नंबर",
];

const MONTHS = [
  "January February March April May June July August September October November December",
  "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
  "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
  "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
  "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
  "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
  "januari februari maart april mei juni juli augustus september oktober november december",
  "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
  "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
  "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
].map((line) => line.split(" "));

const BORN_LABELS = [
  "date of birth",
  "Geburtsdatum",
  "date de naissance",
  "fecha de nacimiento",
  "data di nascita",
  "data de nascimento",
  "geboortedatum",
  "data urodzenia",
  "生年月日",
  "जन्म तिथि",
];

let turn = 0;
/** In the words of the language whose turn it is: `missedSamples` goes round in the same order. */
function named(dice: Dice): string {
  const language = turn++ % 10;
  const born = day(dice);
  const month = MONTHS[language]?.[Number(born.month) - 1] ?? "";
  const date = String(Number(born.day));
  if (language === 8) return `${born.year}年${month}${date}日`;
  if (language === 0) return dice.pick([`${date} ${month} ${born.year}`, `${month} ${date}, ${born.year}`]);
  if (language === 3 || language === 5) return `${date} de ${month} de ${born.year}`;
  return language === 1 ? `${date}. ${month} ${born.year}` : `${date} ${month} ${born.year}`;
}

const figures = (dice: Dice): string => {
  const born = day(dice);
  return dice.pick([
    `${born.day}.${born.month}.${born.year}`,
    `${born.month}/${born.day}/${born.year}`,
    `${born.year}-${born.month}-${born.day}`,
    `${born.day}-${born.month}-${born.year}`,
    `${born.day}/${born.month}/${born.short}`,
  ]);
};

const EMAILS: readonly ((dice: Dice) => string)[] = [
  (dice) => `${dice.of(SMALL, 6)}.${dice.of(SMALL, 8)}@${dice.of(SMALL, 7)}.${dice.pick(["com", "de", "co.uk", "org", "museum"])}`,
  (dice) => `${dice.of(SMALL, 5)}+${dice.of(SMALL, 4)}@mail.${dice.of(SMALL, 6)}-${dice.of(SMALL, 3)}.net`,
  (dice) =>
    `${dice.of("äöüéèñçßøå", 3)}${dice.of(SMALL, 4)}@${dice.of("äöü", 1)}${dice.of(SMALL, 6)}.${dice.pick(["de", "fr", "xn--p1ai"])}`,
  (dice) => `${dice.of(BASE62, 10)}_${dice.digits(3)}@${dice.of(SMALL, 4)}${dice.digits(2)}.io`,
];

const DEVICE_WORDS = [
  "serial number",
  "Seriennummer",
  "numéro de série",
  "número de serie",
  "numero di serie",
  "número de série",
  "serienummer",
  "numer seryjny",
  "シリアル番号",
  "क्रम संख्या",
];
const PASSPORT_WORDS = [
  "passport number",
  "Reisepassnummer",
  "numéro de passeport",
  "número de pasaporte",
  "numero di passaporto",
  "número do passaporte",
  "paspoortnummer",
  "numer paszportu",
  "パスポート番号",
  "पासपोर्ट नंबर",
];
const LICENCE_WORDS = [
  "driving licence number",
  "Führerscheinnummer",
  "permis de conduire",
  "permiso de conducir",
  "patente di guida",
  "carta de condução",
  "rijbewijsnummer",
  "numer prawa jazdy",
  "運転免許証",
  "ड्राइविंग लाइसेंस",
];
const RECORD_WORDS = [
  "medical record number",
  "Patientennummer",
  "numéro de patient",
  "número de historia clínica",
  "numero paziente",
  "número do paciente",
  "patiëntnummer",
  "numer pacjenta",
  "患者番号",
  "रोगी संख्या",
];
const INSURANCE_WORDS = [
  "member ID",
  "Versichertennummer",
  "numéro d'adhérent",
  "número de póliza",
  "numero di polizza",
  "número da apólice",
  "polisnummer",
  "numer polisy",
  "被保険者番号",
  "बीमा संख्या",
];
const PLATE_WORDS = [
  "license plate",
  "Kennzeichen",
  "immatriculation",
  "matrícula",
  "targa",
  "placa",
  "kenteken",
  "numer rejestracyjny",
  "車両番号",
  "वाहन संख्या",
];

const VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
const VIN_VALUES: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from(VIN_LETTERS, (letter, at) => [letter, [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9][at] ?? 0]),
);
function vin(dice: Dice): string {
  const raw = `${dice.of("123", 1)}${dice.of(VIN_LETTERS, 2)}${dice.of(VIN_LETTERS + DIGITS, 5)}0${dice.of(VIN_LETTERS, 2)}${dice.digits(6)}`;
  const total = Array.from(raw, (letter) => VIN_VALUES[letter] ?? Number(letter)).reduce(
    (sum, value, at) => sum + value * ([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2][at] ?? 0),
    0,
  );
  const rest = total % 11;
  return `${raw.slice(0, 8)}${rest === 10 ? "X" : rest}${raw.slice(9)}`;
}

const MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY";
const mbi = (dice: Dice): string => {
  const either = MBI_LETTERS + DIGITS;
  return `${dice.of("123456789", 1)}${dice.of(MBI_LETTERS, 1)}${dice.of(either, 1)}${dice.digits(1)}-${dice.of(MBI_LETTERS, 1)}${dice.of(either, 1)}${dice.digits(1)}-${dice.of(MBI_LETTERS, 2)}${dice.digits(2)}`;
};

const imei = (dice: Dice): string => {
  const base = `35${dice.digits(12)}`;
  return base + luhnDigit(base);
};

const octet = (dice: Dice): number => 21 + dice.below(230);

export const PERSON_SAMPLES: readonly Sample[] = [
  { name: "e-mail", type: "EMAIL", make: (dice) => (EMAILS[dice.below(EMAILS.length)] ?? String)(dice) },
  { name: "phone, any country", type: "PHONE", make: abroad },
  { name: "phone, national, labelled", type: "PHONE", label: PHONE_LABELS, make: national },
  { name: "birth, in figures", type: "DATE_OF_BIRTH", label: BORN_LABELS, make: figures },
  { name: "birth, month by name", type: "DATE_OF_BIRTH", label: BORN_LABELS, make: named },
  {
    name: "passport",
    type: "PASSPORT",
    label: PASSPORT_WORDS,
    make: (dice) =>
      dice.pick([
        `${dice.of(CAPITALS, 2)}${dice.digits(7)}`,
        dice.digits(9),
        `C${dice.of(DIGITS, 1)}${dice.of("CFGHJK", 1)}${dice.digits(6)}`,
      ]),
  },
  {
    name: "driving licence",
    type: "DRIVING_LICENCE",
    label: LICENCE_WORDS,
    make: (dice) =>
      dice.pick([
        `${dice.of(CAPITALS, 1)}${dice.digits(7)}`,
        `${dice.of(CAPITALS, 5)}${dice.digits(6)}${dice.of(CAPITALS, 2)}${dice.digits(1)}${dice.of(CAPITALS, 2)}`,
        cut(`S${dice.digits(11)}`, "4-4-4"),
      ]),
  },
  {
    name: "medical record",
    type: "MEDICAL_RECORD",
    label: RECORD_WORDS,
    make: (dice) => dice.pick([dice.digits(8), `MR-${dice.digits(6)}`, dice.digits(5)]),
  },
  {
    name: "insurance",
    type: "HEALTH_INSURANCE",
    label: INSURANCE_WORDS,
    make: (dice) => dice.pick([`${dice.of(CAPITALS, 3)}${dice.digits(9)}`, `${dice.of(CAPITALS, 1)}${dice.digits(9)}`, dice.digits(10)]),
  },
  { name: "us-mbi, no label", type: "HEALTH_INSURANCE", make: mbi },
  {
    name: "serial",
    type: "DEVICE",
    label: DEVICE_WORDS,
    make: (dice) => `${dice.of(CAPITALS, 2)}${dice.digits(3)}${dice.of(CAPITALS, 1)}${dice.digits(5)}`,
  },
  { name: "imei", type: "DEVICE", label: "IMEI", make: (dice) => dice.pick([imei(dice), cut(imei(dice), "2-6-6-1")]) },
  { name: "vin", type: "VEHICLE", make: vin },
  {
    name: "plate",
    type: "VEHICLE",
    label: PLATE_WORDS,
    make: (dice) =>
      dice.pick([
        `${dice.of(CAPITALS, 1)}-${dice.of(CAPITALS, 2)} ${dice.digits(4)}`,
        `${dice.of(CAPITALS, 2)}${dice.digits(2)} ${dice.of(CAPITALS, 3)}`,
        `${dice.of(CAPITALS, 2)}-${dice.digits(3)}-${dice.of(CAPITALS, 2)}`,
        `${dice.digits(4)} ${dice.of("BCDFGHJKLMNPRSTVWXYZ", 3)}`,
        `${dice.digits(1)}${dice.of(CAPITALS, 3)}${dice.digits(3)}`,
      ]),
  },
  { name: "ipv4", type: "IP_ADDRESS", make: (dice) => [octet(dice), octet(dice), octet(dice), octet(dice)].join(".") },
  {
    name: "ipv6",
    type: "IP_ADDRESS",
    make: (dice) =>
      dice.pick([
        `2001:db8:${dice.of(HEX, 4)}::${dice.digits(1)}${dice.of(HEX, 3)}`,
        Array.from({ length: 8 }, () => `${dice.of("123456789", 1)}${dice.of(HEX, 3)}`).join(":"),
      ]),
  },
  {
    name: "mac",
    type: "MAC_ADDRESS",
    make: (dice) => Array.from({ length: 6 }, () => `${dice.digits(1)}${dice.of("abcdef", 1)}`).join(dice.pick([":", "-"])),
  },
];
