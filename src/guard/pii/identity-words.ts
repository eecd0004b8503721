import { countryOf } from "./identity-rule.ts";
import type { LexiconLine } from "./lexicon.ts";
import { IDENTITY, IDENTITY_HINT } from "./topics.ts";

/** Words for any country's numbers; order of languages as in `context-words.ts`. */
const ANY_COUNTRY: readonly string[] = [
  "national id|national identity|national identification|national insurance|id number|id card|identity card|identity number|identity document|tax id|tax identification|tax number|taxpayer id|tax file|social security|social security number|personal id|personal number|personal identification|identification number|citizen id|resident id|national number|tax id number|taxpayer identification number|national identification number|national id number|id card number|identity card number|tax identification number|personal identification number|government id|ssn|social insurance number|social number",
  "personalausweis|ausweisnummer|personalausweisnummer|steuernummer|sozialversicherungsnummer|identifikationsnummer|ausweis|personalnummer|steuer nummer",
  "carte d'identité|numéro d'identité|numéro fiscal|sécurité sociale|numéro de sécurité sociale|numéro national|carte nationale d'identité|pièce d'identité|identifiant fiscal",
  "documento de identidad|número de identidad|cédula|cédula de identidad|cédula de ciudadanía|cédula de extranjería|seguridad social|número de identificación|documento nacional|identificación fiscal|número de la seguridad social|número de seguridad social",
  "carta d'identità|documento d'identità|numero di identità|numero carta d'identità",
  "documento de identidade|carteira de identidade|identidade|rg|bilhete de identidade|número de identificação|número de identificação fiscal|segurança social|número de contribuinte",
  "identiteitskaart|identiteitsnummer|rijksregisternummer|identiteitsbewijs|id kaart|persoonsnummer|sofinummer|fiscaal nummer",
  "dowód osobisty|dowodu osobistego|numer dowodu|numer identyfikacyjny|numer dowodu osobistego|nr dowodu",
  "身分証明書|身分証番号|個人番号|納税者番号|身分証",
  "पहचान संख्या|पहचान पत्र|राष्ट्रीय पहचान|पहचान पत्र संख्या|पहचान पत्र नंबर",
];

/** What names one country's number. */
const BY_COUNTRY: readonly (readonly [country: string, phrases: string])[] = [
  ["us", "ssn|itin|ein|social security number|social security no|employer identification number|individual taxpayer|ss number"],
  ["ca", "social insurance|social insurance number|numéro d'assurance sociale|nas|sin number"],
  ["mx", "curp|rfc|clave única"],
  ["br", "cpf|cnpj|cadastro de pessoas físicas|cadastro nacional"],
  ["ar", "cuit|cuil"],
  ["cl", "rut"],
  [
    "de",
    "steuer id|steueridentifikationsnummer|steuer identifikationsnummer|idnr|steuerid|rentenversicherungsnummer|sv nummer|rvnr|steuerliche identifikationsnummer|tin de",
  ],
  ["at", "svnr|sv nr|versicherungsnummer at"],
  ["ch", "ahv|ahv nummer|avs|numéro avs|numero avs|ahvn13|ahv nr|oasi"],
  ["fr", "nir|numéro de sécu|numéro insee|numéro de sécurité sociale|numéro spi"],
  ["es", "dni|nif|número de dni|nuss|afiliación a la seguridad social|d n i"],
  ["it", "codice fiscale|cod fisc|partita iva|c f"],
  ["pt", "nif|cartão de cidadão|número de contribuinte|contribuinte|niss"],
  ["nl", "bsn|burgerservicenummer|sofi nummer"],
  ["be", "rijksregisternummer|numéro national|rijksregister|registre national|numéro de registre national|insz|niss|nationaal nummer"],
  ["pl", "pesel|numer pesel|nip|numer nip|dowód osobisty"],
  ["gb", "nhs|nhs number|nhs no|nino|national insurance|national insurance number|ni number|utr|unique taxpayer reference|ni no"],
  ["ie", "pps|ppsn|pps number|pps no"],
  ["se", "personnummer|samordningsnummer|swedish personal"],
  ["no", "fødselsnummer|fodselsnummer|d nummer|fnr"],
  ["dk", "cpr|cpr nummer|cpr nr|personnummer"],
  ["fi", "hetu|henkilötunnus|henkilotunnus|sotu"],
  ["cz", "rodné číslo|rodne cislo|rodného čísla"],
  ["ro", "cnp|cod numeric personal"],
  ["bg", "egn|егн"],
  ["hr", "oib"],
  ["gr", "amka|αμκα|afm|αφμ"],
  ["hu", "taj|adóazonosító|taj szám"],
  ["ee", "isikukood"],
  ["lt", "asmens kodas"],
  ["ua", "рнокпп|іпн|rnokpp"],
  ["ru", "снилс|инн|snils|inn"],
  ["tr", "tc kimlik|tckn|t c kimlik|kimlik no|tc no|tc kimlik no|kimlik numarası"],
  ["il", "teudat zehut|תעודת זהות|מספר זהות|ת ז"],
  [
    "in",
    "aadhaar|aadhar|uidai|आधार|आधार नंबर|आधार संख्या|aadhaar number|aadhaar card|pan card|pan number|पैन|पैन कार्ड|permanent account number|पैन नंबर",
  ],
  ["cn", "身份证|身份证号|身份证号码|居民身份证|身份證"],
  ["tw", "身分證|身分證字號|統一編號"],
  ["jp", "マイナンバー|個人番号|個人ナンバー"],
  ["kr", "주민등록번호|주민번호|resident registration number|rrn"],
  ["sg", "nric|fin number|nric number|nric fin"],
  ["hk", "hkid|香港身份證|hong kong identity card"],
  ["my", "mykad|kad pengenalan|no kp"],
  ["th", "เลขประจำตัวประชาชน|บัตรประชาชน|เลขบัตรประชาชน|หมายเลขบัตรประชาชน|เลขที่บัตรประชาชน|thai id"],
  ["id", "nik|ktp|nomor induk kependudukan"],
  ["pk", "cnic|nicop"],
  ["ae", "emirates id|الهوية الإماراتية|رقم الهوية"],
  ["za", "sa id|rsa id|id nommer|south african id|za id|identiteitsnommer"],
  ["ng", "nin"],
  ["au", "tfn|tax file number|medicare|medicare number|medicare card|abn|medicare no"],
  ["nz", "ird|ird number|nhi"],
];

const HINTS: readonly (readonly [country: string, phrases: string])[] = [
  ["ca", "sin"],
  ["in", "pan"],
  ["jp", "my number"],
  ["es", "nie"],
  ["de", "tin"],
  ["fr", "spi"],
  ["cl", "run"],
  ["tr", "t c"],
];

const toLines = (topics: number, entries: readonly (readonly [country: string, phrases: string])[]): readonly LexiconLine[] =>
  entries.map(([country, phrases]) => ({ topics, country: countryOf(country), phrases }));

export const IDENTITY_LINES: readonly LexiconLine[] = [
  ...toLines(IDENTITY, BY_COUNTRY),
  ...toLines(IDENTITY_HINT, HINTS),
  ...ANY_COUNTRY.map((phrases) => ({ topics: IDENTITY, phrases })),
];
