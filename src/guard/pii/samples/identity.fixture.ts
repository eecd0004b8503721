import { CAPITALS, day, DIGITS, two, type Dice } from "./dice.fixture.ts";
import {
  as,
  CONSONANTS,
  cut,
  ddmmyy,
  drawn,
  germanTaxBase,
  luhnDigit,
  medicare,
  myNumber,
  nhs,
  nino,
  nric,
  polishCard,
  snils,
  ssn,
  yymmdd,
} from "./national-number.fixture.ts";
import type { Sample } from "./sample.fixture.ts";

const id = (name: string, label: string, make: (dice: Dice) => string): Sample => ({ name, type: "NATIONAL_ID", label, make });
const bare = (name: string, make: (dice: Dice) => string): Sample => ({ name: `${name}, no label`, type: "NATIONAL_ID", make });

const cpf = drawn("BR", "cpf", (dice) => `${dice.digits(9)}##`);
const cnpj = drawn("BR", "cnpj", (dice) => `${dice.digits(8)}0001##`);
const nir = drawn(
  "FR",
  "nir",
  (dice) =>
    `${dice.of("12", 1)}${day(dice).short}${day(dice).month}${two(1 + dice.below(19))}${two(10 + dice.below(80))}${dice.digits(1)}${String(1 + dice.below(900)).padStart(3, "0")}##`,
);
const codice = drawn(
  "IT",
  "codicefiscale",
  (dice) =>
    `${dice.of(CONSONANTS, 6)}${day(dice).short}${dice.of("ABCDEHLMPRST", 1)}${day(dice).day}${dice.of("ABCDEFGHIL", 1)}${dice.digits(3)}#`,
  CAPITALS,
);
const curp = drawn(
  "MX",
  "curp",
  (dice) =>
    `${dice.of("BCDFGHJK", 1)}E${dice.of("LMNRST", 2)}${yymmdd(dice)}${dice.of("HM", 1)}${dice.pick(["DF", "JC", "MC", "NL", "PL"])}${dice.of("BCDFGHJK", 3)}${dice.of(DIGITS, 1)}#`,
);
const resident = drawn("CN", "ric", (dice) => `110101${day(dice).year}${day(dice).month}${day(dice).day}${dice.digits(3)}#`, `${DIGITS}X`);
const hetu = drawn(
  "FI",
  "hetu",
  (dice) => `${ddmmyy(dice)}-${two(10 + dice.below(80))}${dice.digits(1)}#`,
  "0123456789ABCDEFHJKLMNPRSTUVWXY",
);
const ahv = drawn("CH", "ssn", (dice) => `756${dice.digits(9)}#`);
const personnummer = drawn("SE", "personnummer", (dice) => `${yymmdd(dice)}-${dice.digits(3)}#`);
const nationalBelgian = drawn("BE", "nn", (dice) => `${yymmdd(dice)}${String(1 + dice.below(900)).padStart(3, "0")}##`);
const dni = drawn("ES", "dni", (dice) => `${dice.digits(8)}#`, CAPITALS);
const thai = drawn("TH", "idnr", (dice) => `${dice.of("12345678", 1)}${dice.digits(11)}#`);
const emirates = (dice: Dice): string => {
  const base = `784${day(dice).year}${dice.digits(7)}`;
  return base + luhnDigit(base);
};

export const IDENTITY_SAMPLES: readonly Sample[] = [
  id("us-ssn", "SSN", as(ssn, "3-2-4", "", "3 2 4")),
  id(
    "us-itin",
    "ITIN",
    as((dice) => `9${dice.digits(2)}${dice.pick(["70", "78", "82", "88", "91", "95"])}${dice.digits(4)}`, "3-2-4", ""),
  ),
  id(
    "ca-sin",
    "SIN",
    as(
      drawn("CA", "sin", (dice) => `${dice.of("1234567", 1)}${dice.digits(7)}#`),
      "3-3-3",
      "3 3 3",
      "",
    ),
  ),
  id("mx-curp", "CURP", curp),
  id("br-cpf", "CPF", as(cpf, "3.3.3-2", "")),
  id("br-cnpj", "CNPJ", as(cnpj, "2.3.3/4-2", "")),
  id(
    "ar-cuit",
    "CUIT",
    as(
      drawn("AR", "cuit", (dice) => `${dice.pick(["20", "23", "27"])}${dice.digits(8)}#`),
      "2-8-1",
      "",
    ),
  ),
  id(
    "cl-rut",
    "RUT",
    as(
      drawn("CL", "rut", (dice) => `1${dice.digits(7)}#`, `${DIGITS}K`),
      "2.3.3-1",
      "8-1",
    ),
  ),
  id("de-tax-id", "Steuer-ID", as(drawn("DE", "idnr", germanTaxBase), "2 3 3 3", "")),
  id(
    "de-pension",
    "Rentenversicherungsnummer",
    as(
      drawn("DE", "svnr", (dice) => `${two(2 + dice.below(8))}${ddmmyy(dice)}${dice.of(CAPITALS, 1)}${dice.digits(2)}#`),
      "",
      "2 6 1 3",
    ),
  ),
  id(
    "at-social",
    "SVNR",
    as(
      drawn("AT", "vnr", (dice) => `${dice.of("123456789", 1)}${dice.digits(2)}#${ddmmyy(dice)}`),
      "4 6",
      "",
    ),
  ),
  id("ch-ahv", "AHV", as(ahv, "3.4.4.2", "")),
  id("fr-nir", "NIR", as(nir, "1 2 2 2 3 3 2", "")),
  id("es-dni", "DNI", as(dni, "", "8-1")),
  id(
    "es-nie",
    "NIE",
    as(
      drawn("ES", "nie", (dice) => `${dice.of("XYZ", 1)}${dice.digits(7)}#`, CAPITALS),
      "",
      "1-7-1",
    ),
  ),
  id("it-codice-fiscale", "codice fiscale", codice),
  id(
    "pt-tax",
    "NIF",
    as(
      drawn("PT", "nif", (dice) => `2${dice.digits(7)}#`),
      "",
      "3 3 3",
    ),
  ),
  id(
    "nl-bsn",
    "BSN",
    as(
      drawn("NL", "bsn", (dice) => `${dice.of("123456789", 1)}${dice.digits(7)}#`),
      "",
      "3 3 3",
      "4.2.3",
    ),
  ),
  id("be-national", "rijksregisternummer", as(nationalBelgian, "2.2.2-3.2", "")),
  id(
    "pl-pesel",
    "PESEL",
    drawn("PL", "pesel", (dice) => `${yymmdd(dice)}${dice.digits(4)}#`),
  ),
  id(
    "pl-nip",
    "NIP",
    as(
      drawn("PL", "nip", (dice) => `${dice.of("123456789", 3)}${dice.digits(6)}#`),
      "",
      "3-3-2-2",
    ),
  ),
  id("pl-id-card", "numer dowodu osobistego", as(polishCard, "", "3 6")),
  id("gb-nino", "National Insurance number", as(nino, "", "2 2 2 2 1")),
  id("gb-nhs", "NHS number", as(nhs, "3 3 4", "")),
  id(
    "gb-utr",
    "UTR",
    drawn("GB", "utr", (dice) => `#${dice.digits(9)}`),
  ),
  id(
    "ie-pps",
    "PPSN",
    drawn("IE", "pps", (dice) => `${dice.of("123456789", 1)}${dice.digits(6)}#`, CAPITALS),
  ),
  id("se-personal", "personnummer", personnummer),
  id(
    "no-birth",
    "fødselsnummer",
    drawn("NO", "fodselsnummer", (dice) => `${ddmmyy(dice)}${String(100 + dice.below(390))}##`),
  ),
  id(
    "dk-cpr",
    "CPR",
    as(
      drawn("DK", "cpr", (dice) => `${ddmmyy(dice)}${dice.of("0123", 1)}${dice.digits(2)}#`),
      "6-4",
      "",
    ),
  ),
  id("fi-hetu", "hetu", hetu),
  id(
    "cz-birth",
    "rodné číslo",
    as(
      drawn("CZ", "rc", (dice) => `${two(54 + dice.below(40))}${day(dice).month}${day(dice).day}${dice.digits(3)}#`),
      "6/4",
      "",
    ),
  ),
  id(
    "ro-cnp",
    "CNP",
    drawn(
      "RO",
      "cnp",
      (dice) => `${dice.of("12", 1)}${yymmdd(dice)}${two(1 + dice.below(40))}${String(1 + dice.below(900)).padStart(3, "0")}#`,
    ),
  ),
  id(
    "bg-egn",
    "EGN",
    drawn("BG", "egn", (dice) => `${yymmdd(dice)}${dice.digits(3)}#`),
  ),
  id(
    "hr-oib",
    "OIB",
    drawn("HR", "oib", (dice) => `${dice.digits(10)}#`),
  ),
  id(
    "gr-amka",
    "AMKA",
    drawn("GR", "amka", (dice) => `${ddmmyy(dice)}${dice.digits(4)}#`),
  ),
  id(
    "ee-personal",
    "isikukood",
    drawn("EE", "ik", (dice) => `${dice.of("34", 1)}${yymmdd(dice)}${dice.digits(3)}#`),
  ),
  id(
    "lt-personal",
    "asmens kodas",
    drawn("LT", "asmens", (dice) => `${dice.of("34", 1)}${yymmdd(dice)}${dice.digits(3)}#`),
  ),
  id(
    "ua-tax",
    "RNOKPP",
    drawn("UA", "rntrc", (dice) => `2${dice.digits(8)}#`),
  ),
  id("ru-snils", "SNILS", as(snils, "3-3-3 2", "")),
  id(
    "ru-inn",
    "INN",
    drawn("RU", "inn", (dice) => `77${dice.digits(8)}##`),
  ),
  id(
    "tr-identity",
    "TC kimlik no",
    drawn("TR", "tckimlik", (dice) => `${dice.of("123456789", 1)}${dice.digits(8)}##`),
  ),
  id(
    "il-identity",
    "teudat zehut",
    drawn("IL", "idnr", (dice) => `${dice.digits(8)}#`),
  ),
  id(
    "in-aadhaar",
    "Aadhaar",
    as(
      drawn("IN", "aadhaar", (dice) => `${dice.of("23456789", 1)}${dice.digits(10)}#`),
      "4 4 4",
      "",
    ),
  ),
  id(
    "in-pan",
    "PAN",
    (dice) => `${dice.of(CAPITALS, 3)}P${dice.of(CAPITALS, 1)}${dice.of("123456789", 1)}${dice.digits(3)}${dice.of(CAPITALS, 1)}`,
  ),
  id("cn-resident", "身份证", resident),
  id(
    "tw-identity",
    "身分證字號",
    drawn("TW", "natid", (dice) => `${dice.of("ABCDEFGH", 1)}${dice.of("12", 1)}${dice.digits(7)}#`),
  ),
  id("jp-my-number", "マイナンバー", as(myNumber, "4 4 4", "")),
  id(
    "kr-resident",
    "주민등록번호",
    drawn("KR", "rrn", (dice) => `${yymmdd(dice)}-${dice.of("12", 1)}${dice.pick(["01", "10", "25", "47"])}${dice.digits(3)}#`),
  ),
  id("sg-nric", "NRIC", nric),
  id(
    "my-nric",
    "MyKad",
    as((dice) => `${yymmdd(dice)}${dice.pick(["01", "08", "10", "14"])}${dice.digits(4)}`, "6-2-4", ""),
  ),
  id("th-identity", "Thai ID", as(thai, "1-4-5-2-1", "")),
  id("pk-cnic", "CNIC", (dice) => cut(`${dice.of("1234567", 1)}${dice.digits(12)}`, "5-7-1")),
  id("ae-identity", "Emirates ID", as(emirates, "3-4-7-1", "")),
  id(
    "za-identity",
    "SA ID",
    drawn("ZA", "idnr", (dice) => `${yymmdd(dice)}${dice.digits(4)}08#`),
  ),
  id(
    "au-tfn",
    "TFN",
    as(
      drawn("AU", "tfn", (dice) => `${dice.of("123456789", 1)}${dice.digits(7)}#`),
      "3 3 3",
      "",
    ),
  ),
  id("au-medicare", "Medicare card", as(medicare, "4 5 1", "")),
  id(
    "nz-ird",
    "IRD number",
    as(
      drawn("NZ", "ird", (dice) => `${String(10 + dice.below(80))}${dice.digits(5)}#`),
      "2-3-3",
      "",
    ),
  ),
  bare("us-ssn", (dice) => cut(ssn(dice), "3-2-4")),
  bare("mx-curp", curp),
  bare("br-cpf", (dice) => cut(cpf(dice), "3.3.3-2")),
  bare("br-cnpj", (dice) => cut(cnpj(dice), "2.3.3/4-2")),
  bare("fr-nir", (dice) => cut(nir(dice), "1 2 2 2 3 3 2")),
  bare("it-codice-fiscale", codice),
  bare("cn-resident", resident),
  bare("fi-hetu", hetu),
  bare("ch-ahv", (dice) => cut(ahv(dice), "3.4.4.2")),
  bare("se-personal", personnummer),
  bare("be-national", (dice) => cut(nationalBelgian(dice), "2.2.2-3.2")),
  bare("es-dni", dni),
  bare("th-identity", (dice) => cut(thai(dice), "1-4-5-2-1")),
  bare("ae-identity", (dice) => cut(emirates(dice), "3-4-7-1")),
  bare("gb-nino", (dice) => cut(nino(dice), "2 2 2 2 1")),
  bare("sg-nric", nric),
];
