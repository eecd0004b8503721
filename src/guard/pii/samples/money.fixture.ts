import { CAPITALS, DIGITS, HEX, type Dice } from "./dice.fixture.ts";
import { bitcoinAddress } from "./bitcoin.fixture.ts";
import { cut, luhnDigit } from "./national-number.fixture.ts";
import type { Sample } from "./sample.fixture.ts";

type CardKind = readonly [prefix: string, length: number, groups: string];

/** Issuer's beginning, length, printed groups. */
const CARDS: readonly [CardKind, ...CardKind[]] = [
  ["4", 16, "4 4 4 4"],
  ["51", 16, "4-4-4-4"],
  ["55", 16, ""],
  ["2221", 16, "4 4 4 4"],
  ["2720", 16, ""],
  ["34", 15, "4 6 5"],
  ["37", 15, "4-6-5"],
  ["36", 14, "4 6 4"],
  ["305", 14, ""],
  ["3528", 16, "4 4 4 4"],
  ["6011", 16, "4 4 4 4"],
  ["65", 16, ""],
  ["622126", 16, "4 4 4 4"],
  ["4", 19, "4 4 4 4 3"],
];

function card(dice: Dice): string {
  const [prefix, length, groups] = dice.pick(CARDS);
  const base = prefix + dice.digits(length - prefix.length - 1);
  const value = base + luhnDigit(base);
  return groups === "" ? value : cut(value, groups);
}

/** Basic bank account numbers by country: `n` digits, `a` capitals, `c` either, as the registry writes them. */
const BBANS =
  "AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BR23n1a1c CH5n12c CR18n CY8n16c CZ20n DE18n DK14n DO4c20n EE16n EG25n ES20n FI14n FO14n FR10n11c2n " +
  "GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT4c20c HR17n HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LI5n12c LT16n LU3n13c LV4a13c " +
  "MC10n11c2n MD2c18c ME18n MK3n10c2n MR23n MT4a5n18c MU4a19n3a NL4a10n NO11n PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n SA2n18c SE20n SI15n SK20n SM1a10n12c " +
  "TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n";

function iban(dice: Dice): string {
  const entries = BBANS.split(" ");
  const entry = entries[dice.below(entries.length)] ?? "DE18n";
  const country = entry.slice(0, 2);
  const account = entry.slice(2).replace(/(\d+)([nac])/g, (_, size: string, kind: string) => {
    return dice.of(kind === "n" ? DIGITS : kind === "a" ? CAPITALS : DIGITS + CAPITALS, Number(size));
  });
  const number = Array.from(`${account}${country}00`, (letter) => String(Number.parseInt(letter, 36))).join("");
  const check = String(98n - (BigInt(number) % 97n)).padStart(2, "0");
  const value = country + check + account;
  const groups = (value.match(/.{1,4}/g) ?? []).join(" ");
  return dice.below(2) === 0 ? value : groups;
}

function routing(dice: Dice): string {
  const base = dice.pick(["02", "11", "26", "07", "31", "12"]) + dice.digits(6);
  const total = Array.from(base, Number).reduce((sum, digit, at) => sum + digit * ([3, 7, 1][at % 3] ?? 0), 0);
  return base + String((10 - (total % 10)) % 10);
}

const CARD_LABELS = [
  "credit card",
  "Kreditkartennummer",
  "numéro de carte",
  "tarjeta de crédito",
  "carta di credito",
  "cartão de crédito",
  "creditcard",
  "karta kredytowa",
  "カード番号",
  "क्रेडिट कार्ड",
];
const ACCOUNT_LABELS = [
  "account number",
  "Kontonummer",
  "numéro de compte",
  "número de cuenta",
  "numero di conto",
  "número da conta",
  "rekeningnummer",
  "numer konta",
  "口座番号",
  "खाता संख्या",
];
const WALLET_LABELS = [
  "wallet",
  "Bitcoin",
  "portefeuille",
  "billetera",
  "portafoglio",
  "carteira",
  "wallet",
  "portfel",
  "ウォレット",
  "वॉलेट",
];

export const MONEY_SAMPLES: readonly Sample[] = [
  { name: "card", type: "CARD", label: CARD_LABELS, make: card },
  { name: "card, no label", type: "CARD", make: card },
  { name: "card that fails Luhn, labelled", type: "CARD", label: CARD_LABELS, make: (dice) => cut(`4${dice.digits(15)}`, "4 4 4 4") },
  { name: "iban", type: "IBAN", label: "IBAN", make: iban },
  { name: "iban, no label", type: "IBAN", make: iban },
  {
    name: "account",
    type: "BANK_ACCOUNT",
    label: ACCOUNT_LABELS,
    make: (dice) => dice.of("123456789", 1) + dice.digits(7 + dice.below(4)),
  },
  { name: "routing", type: "BANK_ACCOUNT", label: "routing number", make: routing },
  { name: "sort code", type: "BANK_ACCOUNT", label: "sort code", make: (dice) => cut(dice.digits(6), "2-2-2") },
  {
    name: "bic",
    type: "BANK_ACCOUNT",
    label: "BIC",
    make: (dice) =>
      dice.of(CAPITALS, 4) +
      dice.pick(["DE", "FR", "GB", "US", "JP", "PL"]) +
      dice.of(CAPITALS + DIGITS, 2) +
      dice.pick(["", "XXX", "500"]),
  },
  { name: "bitcoin", type: "CRYPTO_WALLET", make: bitcoinAddress },
  { name: "ethereum, labelled", type: "CRYPTO_WALLET", label: WALLET_LABELS, make: (dice) => `0x${dice.of(HEX, 40)}` },
  {
    name: "solana, labelled",
    type: "CRYPTO_WALLET",
    label: WALLET_LABELS,
    make: (dice) => `4zM${dice.of("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 41)}`,
  },
];
