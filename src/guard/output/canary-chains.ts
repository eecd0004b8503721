import { DIGIT, KINDS, PERCENT, PLUS, SEPARATOR } from "./canary-letters.ts";

/**
 * Letters in a row that are a leak: attackers ask for a part of it. 32 bits, so a random run of consonants is not one; and up to eight
 * characters are what is held back at most in clear text.
 */
export const LEAK_LETTERS = 8;
/** Base64 characters that hold as many. */
const LEAK_BASE64 = 11;

/** Digits and signs that stand for a letter. */
const LEET: Readonly<Record<string, string>> = { b: "86", g: "69", p: "9", q: "9", t: "7+", z: "2" };

/**
 * Every form of a canary as one list of states: a state is a symbol that is awaited. The forms stand one after another; a run begins at
 * a state that has a goal, and is a leak when it gets there.
 */
export type Chains = {
  readonly count: number;
  /** By state and kind of character: it is the symbol. */
  readonly accepts: Uint8Array;
  /** By state and kind: it may stand before the symbol. */
  readonly skips: Uint8Array;
  /** By state: the form is of letters, where an escape such as %62 counts as what it stands for. */
  readonly ofLetters: Uint8Array;
  /** By state: where a run that begins here is a leak; 0 where none begins. */
  readonly goals: Int32Array;
  /** By kind: states that a run may begin at. */
  readonly starts: readonly Int32Array[];
};

type Form = {
  /** Kinds that each symbol accepts. */
  readonly symbols: readonly (readonly number[])[];
  /** Index of the first symbol of each unit (a letter's hex digits are one unit). */
  readonly units: readonly number[];
  /** Units in a row that are a leak. */
  readonly leak: number;
  /** By kind: 1 where it may stand between two symbols; and between two units. */
  readonly inside: Uint8Array;
  readonly between: Uint8Array;
  readonly ofLetters: boolean;
};

const kindOfAscii = (character: string): number => {
  const code = character.charCodeAt(0);
  return code >= 97 ? code - 97 : code === 43 ? PLUS : DIGIT + code - 48;
};
const kinds = (...of: readonly number[]): Uint8Array => Uint8Array.from({ length: KINDS }, (_, kind) => (of.includes(kind) ? 1 : 0));
const SEPARATORS = kinds(SEPARATOR, PLUS, PERCENT);
/** Of numbers: 0x, \x, &#x, \u00. */
const MARKS = kinds(SEPARATOR, PLUS, PERCENT, ...Array.from("xu0", kindOfAscii));
const NO_LETTERS = Uint8Array.from({ length: KINDS }, (_, kind) => (kind >= DIGIT ? 1 : 0));

const reversed = (text: string): string => Array.from(text).toReversed().join("");
const rotated = (text: string): string => text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97));

/** As it is, with letters replaced by look-alikes, and digits and signs between. */
function letters(text: string): Form {
  const symbols = Array.from(text).map((letter) => Array.from(letter + (LEET[letter] ?? ""), kindOfAscii));
  const units = symbols.map((_, at) => at);
  return { symbols, units, leak: LEAK_LETTERS, inside: NO_LETTERS, between: NO_LETTERS, ofLetters: true };
}

/** Where the canary begins at a byte's number `shift` of three. Characters that hold other bytes too are left out. */
function base64(text: string, shift: number): Form {
  const whole = Buffer.from("\0".repeat(shift) + text)
    .toString("base64")
    .replace(/={1,2}$/, "");
  const inner = whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + text.length) * 8) / 6));
  const symbols = Array.from(inner.toLowerCase()).map((character) => [kindOfAscii(character)]);
  const units = symbols.map((_, at) => at);
  return { symbols, units, leak: LEAK_BASE64, inside: SEPARATORS, between: SEPARATORS, ofLetters: false };
}

/** Numbers of characters, with marks such as 0x between. */
function numbers(text: string, base: 10 | 16): Form {
  const symbols: (readonly number[])[] = [];
  const units: number[] = [];
  for (const letter of text) {
    units.push(symbols.length);
    for (const digit of letter.charCodeAt(0).toString(base)) symbols.push([kindOfAscii(digit)]);
  }
  return { symbols, units, leak: LEAK_LETTERS, inside: SEPARATORS, between: MARKS, ofLetters: false };
}

export function toChains(canary: string): Chains {
  const upper = canary.toUpperCase();
  const back = reversed(canary);
  const written = [canary, upper, back, rotated(canary)];
  const forms: Form[] = [canary, back, rotated(canary), rotated(back)].map(letters);
  for (const text of written) forms.push(...[0, 1, 2].map((shift) => base64(text, shift)), numbers(text, 16), numbers(text, 10));
  // One state after each form's last symbol: it is where a run ends.
  const count = forms.reduce((sum, form) => sum + form.symbols.length + 1, 1);
  const accepts = new Uint8Array(count * KINDS);
  const skips = new Uint8Array(count * KINDS);
  const ofLetters = new Uint8Array(count);
  const goals = new Int32Array(count);
  const starts: number[][] = Array.from({ length: KINDS }, () => []);
  let base = 1;
  for (const form of forms) {
    for (const [at, accepted] of form.symbols.entries()) {
      ofLetters[base + at] = form.ofLetters ? 1 : 0;
      for (const kind of accepted) accepts[(base + at) * KINDS + kind] = 1;
      skips.set(form.inside, (base + at) * KINDS);
    }
    for (const [unit, at] of form.units.entries()) {
      skips.set(form.between, (base + at) * KINDS);
      const last = unit + form.leak;
      if (last > form.units.length) continue;
      goals[base + at] = base + (form.units[last] ?? form.symbols.length);
      for (const kind of form.symbols[at] ?? []) starts[kind]?.push(base + at);
    }
    base += form.symbols.length + 1;
  }
  return { count, accepts, skips, ofLetters, goals, starts: starts.map((states) => Int32Array.from(states)) };
}
