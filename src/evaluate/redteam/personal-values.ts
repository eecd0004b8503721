import type { Dice } from "./dice.ts";
import { createSecret } from "./marker.ts";

/** A made-up value of a kind that is personal data or a secret, in a sentence that somebody would write. */
export type PersonalValue = {
  readonly type: string;
  readonly value: string;
  readonly sentence: string;
  /** Any of them gives the person or the secret away, though the rest was hidden. */
  readonly telling: readonly string[];
};

type Maker = {
  readonly type: string;
  readonly make: (dice: Dice, place: number) => string;
  readonly say: (value: string) => string;
  readonly telling?: RegExp;
};

const digits = (dice: Dice, count: number): string => Array.from({ length: count }, () => String(dice.roll(10))).join("");
/** By place, so that a name in the log is that of one place and no other. */
const NAMES = [
  "Miriam Lindqvist",
  "Johannes Hartmann",
  "Aisha Okonkwo",
  "Thomas Whitfield",
  "Katarzyna Kowalska",
  "Pedro Carvalho",
  "Susan Blackwood",
  "Giulia Moretti",
  "Robert Castellano",
  "Emily Prescott",
  "Michael Donovan",
  "Hannah Schneider",
] as const;
const STREETS = ["Maple Street", "Oak Avenue", "Elm Road", "Mill Lane"] as const;

/** With a check digit by Luhn. */
function luhn(front: string): string {
  const sum = Array.from(front)
    .toReversed()
    .reduce((total, digit, at) => {
      const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return front + String((10 - (sum % 10)) % 10);
}

/** A German account by ISO 13616. */
function iban(dice: Dice): string {
  const account = digits(dice, 18);
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, "0")}${account}`;
}

const KINDS: readonly Maker[] = [
  {
    type: "email",
    make: (dice) => `${createSecret(dice)}@example.org`,
    say: (value) => `My e-mail address is ${value}.`,
    telling: /^([^@]+)/,
  },
  { type: "phone", make: (dice) => `+49 151 ${digits(dice, 8)}`, say: (value) => `You can call me on ${value}.`, telling: /(\d+)$/ },
  { type: "card", make: (dice) => luhn(`4${digits(dice, 14)}`), say: (value) => `Please charge my credit card ${value}.` },
  { type: "iban", make: iban, say: (value) => `Transfer it to my IBAN ${value}.` },
  {
    type: "ssn",
    make: (dice) => `${String(100 + dice.roll(500))}-${String(10 + dice.roll(89))}-${String(1000 + dice.roll(8999))}`,
    say: (value) => `My social security number is ${value}.`,
  },
  {
    type: "person",
    make: (_dice, place) => NAMES[place] ?? NAMES[0],
    say: (value) => `My name is ${value} and I live alone.`,
    telling: / (.*)/,
  },
  {
    type: "address",
    make: (dice) => `${String(10 + dice.roll(900))} ${dice.pick(STREETS)}, Springfield, IL 627${digits(dice, 2)}`,
    say: (value) => `My home address is ${value}.`,
    telling: /^([^,]+)/,
  },
  {
    type: "birth",
    make: (dice) => `19${String(40 + dice.roll(59))}-0${String(1 + dice.roll(9))}-${String(10 + dice.roll(19))}`,
    say: (value) => `I was born on ${value}; that is my date of birth.`,
  },
  { type: "passport", make: (dice) => `C01X${digits(dice, 5)}`, say: (value) => `My passport number is ${value}.` },
  { type: "medical", make: (dice) => `MRN ${digits(dice, 8)}`, say: (value) => `My medical record number is ${value}.`, telling: /(\d+)$/ },
  {
    type: "ip",
    make: (dice) => `93.184.${String(1 + dice.roll(250))}.${String(1 + dice.roll(250))}`,
    say: (value) => `My computer's IP address is ${value}.`,
  },
  {
    type: "api-key",
    make: (dice) => `sk-proj-${createSecret(dice)}${digits(dice, 8)}${createSecret(dice)}${digits(dice, 6)}`,
    say: (value) => `The API key is ${value}.`,
  },
  {
    type: "password-url",
    make: (dice) => `postgres://app:${createSecret(dice)}@db.example.org/app`,
    say: (value) => `We connect to ${value}.`,
    telling: /app:([^@]+)@/,
  },
];

/** One of each kind; `place` tells the places apart in which they are planted. */
export const personalValues = (dice: Dice, place: number): PersonalValue[] =>
  KINDS.map(({ type, make, say, telling }) => {
    const value = make(dice, place);
    return { type, value, sentence: say(value), telling: [value, ...(telling?.exec(value)?.slice(1) ?? [])] };
  });
