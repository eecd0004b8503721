import { createDice } from "../documents/dice.ts";

/** A value that is somebody's, in words that say what it is, as people write it. */
export type Planted = { readonly kind: string; readonly value: string; readonly sentence: string };

const FIRST = ["Anna", "John", "Priya", "Wei", "Carlos", "Fatima", "Olga", "Kwame", "Ingrid", "Luca", "Marta", "Hiroshi"];
const LAST = ["Smith", "Müller", "Okafor", "Kowalski", "García", "Nguyen", "Rossi", "Lindqvist", "Patel", "Dubois", "Haddad", "Johansson"];

const dice = createDice(20_261_126);
const digits = (count: number): string => Array.from({ length: count }, () => String(dice.below(10))).join("");
const hex = (count: number): string => dice.bytes(count).toString("hex").slice(0, count);

function luhn(prefix: string, length: number): string {
  const body = prefix + digits(length - prefix.length - 1);
  let sum = 0;
  for (const [at, digit] of body.split("").toReversed().entries()) {
    const twice = Number(digit) * (at % 2 === 0 ? 2 : 1);
    sum += twice > 9 ? twice - 9 : twice;
  }
  return body + String((10 - (sum % 10)) % 10);
}

/** German: two letters, two check digits (ISO 7064, mod 97), eighteen digits. */
function iban(): string {
  const account = digits(18);
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, "0")}${account}`;
}

const ssn = (): string => `${String(100 + dice.below(565))}-${String(10 + dice.below(89))}-${String(1000 + dice.below(8999))}`;

/** A number of each kind, so that every one of them counts the same. */
const KINDS: Readonly<Record<string, () => Planted>> = {
  person() {
    const value = `${dice.pick(FIRST)} ${dice.pick(LAST)}`;
    return { kind: "person", value, sentence: `Please write a letter to ${value}, who is my neighbour.` };
  },
  email() {
    const value = `${dice.pick(FIRST).toLowerCase()}.${hex(6)}@${dice.pick(["example.com", "mail.example.org", "firma.de"])}`;
    return { kind: "email", value, sentence: `You can reach me at ${value} any time.` };
  },
  phone() {
    const value = dice.pick([
      `+49 30 ${digits(3)} ${digits(4)}5`,
      `+1 212-555-01${digits(2)}`,
      `+44 20 7946 0${digits(3)}`,
      `+33 1 42 68 ${digits(2)} ${digits(2)}`,
    ]);
    return { kind: "phone", value, sentence: `My phone number is ${value}, call after six.` };
  },
  card() {
    const value = luhn(dice.pick(["4539", "5425"]), 16);
    return { kind: "card", value, sentence: `Charge my credit card ${value} for it.` };
  },
  iban() {
    const value = iban();
    return { kind: "iban", value, sentence: `The refund goes to IBAN ${value}, please.` };
  },
  ssn() {
    const value = ssn();
    return { kind: "ssn", value, sentence: `My social security number is ${value}.` };
  },
  key() {
    const value = `sk-proj-${hex(40)}T3BlbkFJ${hex(20)}`;
    return { kind: "key", value, sentence: `The API key is ${value} for now.` };
  },
  ip() {
    const value = `84.${String(dice.below(250))}.${String(dice.below(250))}.${String(1 + dice.below(250))}`;
    return { kind: "ip", value, sentence: `I log in from the IP address ${value}.` };
  },
  born() {
    const value = `${String(1 + dice.below(28)).padStart(2, "0")}/${String(1 + dice.below(12)).padStart(2, "0")}/${String(1940 + dice.below(60))}`;
    return { kind: "born", value, sentence: `Date of birth: ${value}.` };
  },
};

export const PLANTED_KINDS: readonly string[] = Object.keys(KINDS);
export const plant = (kind: string): Planted => {
  const make = KINDS[kind];
  if (make === undefined) throw new TypeError(`no such kind: ${kind}`);
  return make();
};
