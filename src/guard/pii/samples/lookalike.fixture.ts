import { BASE62, CAPITALS, day, HEX, SMALL, two, type Dice } from "./dice.fixture.ts";

type Lookalike = { readonly name: string; readonly make: (dice: Dice) => string };

const uuid = (dice: Dice): string => [8, 4, 4, 4, 12].map((size) => dice.of(HEX, size)).join("-");
const version = (dice: Dice): string => `${dice.below(10)}.${dice.below(40)}.${dice.below(30)}`;
const clock = (dice: Dice): string => `${two(dice.below(24))}:${two(dice.below(60))}:${two(dice.below(60))}`;
const date = (dice: Dice): string => {
  const { month, day: of } = day(dice);
  return `${2020 + dice.below(8)}-${month}-${of}`;
};

function isbn(dice: Dice): string {
  const base = `978${dice.digits(9)}`;
  const total = Array.from(base, Number).reduce((sum, digit, at) => sum + digit * (at % 2 === 0 ? 1 : 3), 0);
  const all = base + String((10 - (total % 10)) % 10);
  return dice.pick([all, `${all.slice(0, 3)}-${all.slice(3, 4)}-${all.slice(4, 8)}-${all.slice(8, 12)}-${all.slice(12)}`]);
}

const thousands = (dice: Dice): string => `${1 + dice.below(999)},${dice.digits(3)},${dice.digits(3)}`;

export const LOOKALIKES: readonly Lookalike[] = [
  { name: "uuid", make: (dice) => `The request ${uuid(dice)} failed with trace ${uuid(dice)}.` },
  { name: "hash", make: (dice) => `commit ${dice.of(HEX, 40)} (sha256 ${dice.of(HEX, 64)}, md5 ${dice.of(HEX, 32)}) by CI` },
  { name: "short hash", make: (dice) => `Revert ${dice.of(HEX, 7)} and ${dice.of(HEX, 8)} please` },
  {
    name: "version",
    make: (dice) => `Upgrade from v${version(dice)} to ${version(dice)}.${dice.below(9)}, then node ${version(dice)}-rc.${dice.below(5)}`,
  },
  {
    name: "iso time",
    make: (dice) =>
      `Started ${date(dice)}T${clock(dice)}.${dice.digits(3)}Z, ended ${date(dice)} ${clock(dice)} after ${dice.digits(3)} ms`,
  },
  { name: "unix time", make: (dice) => `{"ts": 17${dice.digits(8)}, "ms": 17${dice.digits(11)}, "us": 17${dice.digits(14)}}` },
  {
    name: "price",
    make: (dice) =>
      `Total $${thousands(dice)}.${dice.digits(2)} or € ${dice.digits(3)}.${dice.digits(3)},${dice.digits(2)}; ${thousands(dice)} units at ${dice.below(100)}.${dice.digits(2)} %`,
  },
  { name: "spaced thousands", make: (dice) => `La population est de ${1 + dice.below(99)} ${dice.digits(3)} ${dice.digits(3)} habitants` },
  {
    name: "coordinates",
    make: (dice) => `The site is at ${dice.below(89)}.${dice.digits(6)}, -${dice.below(179)}.${dice.digits(6)} (48° ${dice.below(60)}' N)`,
  },
  { name: "isbn", make: (dice) => `See ISBN ${isbn(dice)}, page ${dice.below(900)}` },
  {
    name: "order",
    make: (dice) =>
      `Order ${dice.of("123456789", 1)}${dice.digits(8)} (invoice INV-${2020 + dice.below(7)}-${dice.digits(5)}, PO ${dice.digits(7)}) has shipped`,
  },
  {
    name: "order with letters",
    make: (dice) =>
      `Ticket ${dice.of(CAPITALS, 3)}-${dice.digits(4)}, part ${dice.of(CAPITALS, 2)}-${dice.digits(5)}, SKU ${dice.of(CAPITALS, 2)}${dice.digits(4)}`,
  },
  {
    name: "bare digits",
    make: (dice) =>
      `The counter went from ${dice.of("123456789", 1)}${dice.digits(8)} to ${dice.of("123456789", 1)}${dice.digits(9)} overnight`,
  },
  {
    name: "code",
    make: (dice) =>
      `const ${dice.of(SMALL, 6)} = items.slice(${dice.below(99)}, ${dice.digits(4)}).map((x) => x * 0x${dice.of(HEX, 8)} + ${dice.digits(5)}); // ${dice.digits(6)}`,
  },
  {
    name: "css and colours",
    make: (dice) =>
      `a { color: #${dice.of(HEX, 6)}; margin: ${dice.below(40)}px ${dice.below(40)}px; width: ${dice.below(99)}.${dice.digits(2)}rem }`,
  },
  {
    name: "log line",
    make: (dice) =>
      `${date(dice)} ${clock(dice)},${dice.digits(3)} INFO [worker-${dice.below(16)}] took ${dice.digits(4)} ms, ${dice.digits(6)} bytes, status ${200 + dice.below(300)}`,
  },
  {
    name: "csv",
    make: (dice) =>
      `id,qty,price\n${dice.digits(6)},${dice.below(90)},${dice.below(90)}.${dice.digits(2)}\n${dice.digits(6)},${dice.below(90)},${dice.below(90)}.${dice.digits(2)}`,
  },
  {
    name: "url",
    make: (dice) => `https://www.example.com/products/${dice.digits(9)}/reviews?page=${dice.below(50)}&sort=new#r${dice.digits(8)}`,
  },
  {
    name: "random name",
    make: (dice) => `the container app-${dice.of(SMALL + "0123456789", 10)}-${dice.of(SMALL, 5)} in pod ${dice.of(SMALL, 8)}`,
  },
  { name: "base64 data", make: (dice) => `<img src="data:image/png;base64,iVBORw0KGgo${dice.of(BASE62, 120)}==">` },
  {
    name: "date ranges",
    make: (dice) =>
      `Between ${date(dice)} and ${date(dice)} (weeks ${dice.below(52)}-${dice.below(52)}, FY ${2020 + dice.below(6)}/${21 + dice.below(6)}) we met on 01/02/2024 and 3.4.2025.`,
  },
  {
    name: "dimensions",
    make: (dice) =>
      `${dice.digits(3)} x ${dice.digits(4)} mm, ${dice.digits(4)}x${dice.digits(4)} px, ${dice.below(20)}/${dice.below(20)} screws, ${dice.digits(2)}-${dice.digits(2)}-${dice.digits(2)}`,
  },
];

/** Prompts as people write them, with nobody in them. */
export const lookalikeSentences: readonly string[] = [
  "What is the capital of France, and how many people lived there in 1950 and in 2020?",
  "Summarise the attached report in three bullet points. Keep the numbers: 12.4 %, 1,234,567 and 3.5 bn.",
  "Write a function that validates a password: at least 8 characters, one digit. Return false if the password is too short.",
  "The API key must be set in the environment: API_KEY=$MY_API_KEY or api_key = os.environ['API_KEY'].",
  "password = getPassword(); const token = await fetchToken(user); secret: null, apiKey: process.env.API_KEY",
  "max_tokens: 4096, temperature: 0.7, token count 1234567, top_p = 0.95",
  "Phone support is available from 9 to 17 on weekdays. Call us if the error 500123 persists.",
  "My card was declined twice, error code 05, on 2025-03-12 at 14:22. What does it mean?",
  "We were founded in 1998 and born out of a research project in 2001; the version 4.18.2.1 came in May 2019.",
  "Explain the difference between 127.0.0.1 and 0.0.0.0, and why std::vector and a::b are names.",
  "He scored 93 points at the age of 25; 95 % of the votes; 90 years of experience in 120 countries.",
  "docker run -p 8080:80 -e NODE_ENV=production registry.example.com/app:1.24.3@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "npm install lodash@4.17.21 @types/node@20.11.5 && git clone git@github.com:org/repo.git",
  "The passport office opens at 9. Bring two photos, 35 x 45 mm, and 60 euros.",
  "Der Reisepass kostet 70 Euro und ist 10 Jahre gültig. Antrag Nr. 5, Zimmer 214, 2. Stock.",
  "Le permis de conduire coûte 1 800 euros en moyenne, et 20 heures sont obligatoires.",
  "El seguro médico cubre 80 % de los gastos hasta 12.000 euros en 2025.",
  "La targa della via dice 1492, e il conto corrente costa 5 euro al mese.",
  "Het rekeningnummer staat op de factuur van 12-03-2025; bestelling 4500123.",
  "Numer konta jest na fakturze FV/2025/03/00123 z dnia 12.03.2025.",
  "この製品の型番はABC-1234、価格は12,800円、発売日は2025年3月12日です。",
  "ऑर्डर संख्या 4500123 की कीमत 12,500 रुपये है और डिलीवरी 12 मार्च 2025 को होगी।",
  "SELECT id, email, phone, ssn FROM users WHERE created_at > '2025-01-01' AND status = 1 LIMIT 1000;",
  '{"type": "object", "properties": {"email": {"type": "string"}, "password": {"type": "string", "minLength": 8}, "ssn": {"type": "string"}}}',
  "if (iban.length !== 22) throw new Error('IBAN must have 22 characters'); const bic = row.bic ?? DEFAULT_BIC;",
  "The serial port runs at 115200 baud, 8N1; the routing table has 1048576 entries.",
  "Our IBAN field accepts 15 to 34 characters, e.g. DE89…; the sort code has six digits.",
  "Section 4.2.1.3 of the standard, table 12-34, figure 7: see RFC 5321 and ISO 13616-1:2020.",
  "Kennzeichen der Epoche ist das Jahr 1789; die Matrikel hat 240 Seiten.",
  "Bearer of this letter may enter. Authorization is required for 3 rooms. Basic knowledge suffices.",
  "The password is stored as a hash. Your password will expire in 14 days; the token is valid for 3600 seconds.",
  "Wallet size: 12 x 9 cm. The bitcoin price rose to $104,233.50, ETH to 3,912.44.",
  "Contact details are at the bottom of the page; mail was delivered to building 4, floor 12.",
  "tel. aviv is not a phone, +5 is a number, and 1+1=2; call stack 0x7ffee4b8 at main.c:1234567",
  "fe80 is a prefix, dead:beef is a joke, 10:30:45 is a time, 16:9 a ratio, 1:2:3:4 a mix.",
  "embedding: [0.02012746, 0.01957859, -0.03077182, 12.34567891]; configuration 10100 00001 10010 10010 11000 00100 11100 10101",
  "Nuclei of the suprachiasmatic region, Cell 2002 109 497 508 12086606; Curr Biol 10, 307-357 /1910/; J. Phys. 8 (1953) 662.",
  "A fasting glucose of 1.0 mg/dL 6000, then 2.3 mg/dL 6000; the charge on the positive plate? A. 0.005 C B. 0.01 C",
  "Net loss (467.2) 16220.9 600.2 (3.33%), range 0.0003-0.1195, plans (2) 2014 2014 2014; mental age / chronological age * 100",
  "case Token::QuotedString: return CompressedPBKDF2Function.getInstance(password); key = tokenizer.next();",
  "Group policy number one: be kind. Member id is a column of type bigint. Patient number two arrived at 10:15.",
];
