import { stdnum } from "stdnum";
import { CAPITALS, day, DIGITS, two, type Dice } from "./dice.fixture.ts";

export const CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ";

/** Fills each `#` until the library, which knows the rule independently, calls the number valid. */
function completed(country: string, kind: string, base: string, alphabet: string = DIGITS): string | undefined {
  const validator = (stdnum as unknown as Record<string, Record<string, { validate: (value: string) => { isValid: boolean } }>>)[country]?.[
    kind
  ];
  if (validator === undefined) throw new Error(`no validator ${country}.${kind}`);
  const holes = base.split("#").length - 1;
  for (let i = 0; i < alphabet.length ** holes; i++) {
    let rest = i;
    const value = base.replace(/#/g, () => {
      const letter = alphabet.charAt(rest % alphabet.length);
      rest = Math.floor(rest / alphabet.length);
      return letter;
    });
    if (validator.validate(value).isValid) return value;
  }
  return undefined;
}

/** Draws until one base can be completed: some have no check digit. */
export const drawn =
  (country: string, kind: string, base: (dice: Dice) => string, alphabet?: string) =>
  (dice: Dice): string => {
    for (let tries = 0; tries < 200; tries++) {
      const value = completed(country, kind, base(dice), alphabet);
      if (value !== undefined) return value;
    }
    throw new Error(`no valid ${country}.${kind} in 200 tries`);
  };

/** Puts separators in: `cut("12345678909", "3.3.3-2")`. */
export function cut(value: string, groups: string): string {
  let at = 0;
  return groups.replace(/\d+/g, (size) => {
    const piece = value.slice(at, at + Number(size));
    at += Number(size);
    return piece;
  });
}

export const as =
  (make: (dice: Dice) => string, ...formats: readonly [string, ...string[]]) =>
  (dice: Dice): string => {
    const value = make(dice);
    const format = dice.pick(formats);
    return format === "" ? value : cut(value, format);
  };

export const yymmdd = (dice: Dice): string => {
  const born = day(dice);
  return born.short + born.month + born.day;
};
export const ddmmyy = (dice: Dice): string => {
  const born = day(dice);
  return born.day + born.month + born.short;
};

export const germanTaxBase = (dice: Dice): string => {
  const order = Array.from(DIGITS).toSorted(() => dice.below(2) - 0.5);
  const used = [...order.slice(0, 9), order[dice.below(9)] ?? "1"];
  const mixed = used.toSorted(() => dice.below(2) - 0.5).join("");
  return mixed.startsWith("0") ? `${mixed.slice(1)}0#` : `${mixed}#`;
};

const sum = (value: string, weights: readonly number[]): number =>
  weights.reduce((total, weight, at) => total + weight * Number.parseInt(value.charAt(at), 36), 0);

export const luhnDigit = (value: string): string => {
  const total = Array.from(value, Number)
    .toReversed()
    .reduce((rest, digit, at) => rest + (at % 2 === 0 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit), 0);
  return String((10 - (total % 10)) % 10);
};

export const nhs = (dice: Dice): string => {
  for (;;) {
    const base = `4${dice.digits(8)}`;
    const check = (11 - (sum(base, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    if (check < 10) return base + String(check);
  }
};

export const snils = (dice: Dice): string => {
  const base = `1${dice.of("123456789", 8)}`;
  return base + two((sum(base, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100);
};

export const nric = (dice: Dice): string => {
  const prefix = dice.of("STFG", 1);
  const base = dice.digits(7);
  const total = sum(base, [2, 7, 6, 5, 4, 3, 2]) + ("TG".includes(prefix) ? 4 : 0);
  return prefix + base + ("ST".includes(prefix) ? "JZIHGFEDCBA" : "XWUTRQPNMLK").charAt(total % 11);
};

export const medicare = (dice: Dice): string => {
  const base = dice.of("23456", 1) + dice.digits(7);
  return `${base}${sum(base, [1, 3, 7, 9, 1, 3, 7, 9]) % 10}${dice.of("12345", 1)}`;
};

export const myNumber = (dice: Dice): string => {
  const base = dice.of("123456789", 1) + dice.digits(10);
  const rest = sum(base, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return base + String(rest <= 1 ? 0 : 11 - rest);
};

export const polishCard = (dice: Dice): string => {
  const head = dice.of(CAPITALS, 3);
  const tail = dice.digits(5);
  const total = sum(head + tail, [7, 3, 1, 7, 3, 1, 7, 3].slice(0, 3)) + sum(tail, [7, 3, 1, 7, 3]);
  return `${head}${total % 10}${tail}`;
};

export const nino = (dice: Dice): string => {
  for (;;) {
    const prefix = dice.of("ABCEGHJKLMNPRSTWXYZ", 1) + dice.of("ABCEGHJKLMNPRSTWXYZ", 1);
    if (!["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].includes(prefix)) return prefix + dice.digits(6) + dice.of("ABCD", 1);
  }
};

export const ssn = (dice: Dice): string => {
  const area = 1 + dice.below(665);
  return `${String(area).padStart(3, "0")}${two(1 + dice.below(99))}${String(1 + dice.below(9999)).padStart(4, "0")}`;
};
