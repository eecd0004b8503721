import type { Dice } from "./dice.ts";
import { capital, createInvent } from "./invent.ts";
import { readPlainList } from "./word-lists.ts";

/** Labels as in features.ts: 1 person, 2 place, 3 organisation, 4 address. */
export type Span = { readonly start: number; readonly end: number; readonly label: number };
export type Example = { readonly text: string; readonly spans: readonly Span[] };

const JOBS =
  `software engineer|senior software engineer|nurse|sales manager|project manager|surgical technologist|booth cashier|systems administrator|data scientist|account executive|human resources officer|electrician|marketing director|chief financial officer|teacher|truck driver|research assistant|product designer|warehouse worker|legal counsel`
    .split("|")
    .flatMap((job) => [job, job.charAt(0).toUpperCase() + job.slice(1), job.replaceAll(/\b[a-z]/gu, (letter) => letter.toUpperCase())]);
const PEOPLES =
  `English German French Spanish Italian Portuguese Dutch Polish Japanese Chinese Russian American British European Indian Canadian
  African Asian Irish Scottish Greek Turkish Arab Hebrew Swedish Korean Mexican Brazilian Catholic Christian Muslim Jewish Hindu Buddhist Jihadi
  Black White Gay Trans Democrat Republican Marxist Kantian Victorian Roman Latino Hispanic`.split(/\s+/u);
const LETTERS = "ABCDEFGHIJKLMNOPRSTUVW".split("");
const STATES = ["CA", "TX", "NY", "FL", "OH", "WA", "IL", "MA", "PA", "GA", "NC", "AZ", "CO"];
const MONTHS = "January February March April May June July August September October November December".split(" ");

export type Fill = (template: string, isHindi?: boolean) => Example;

/** Puts invented names into the slots of templates; see the first line of templates/english.txt. */
export function createFill(dice: Dice): Fill {
  const hindi = {
    given: readPlainList("given-devanagari"),
    family: readPlainList("family-devanagari"),
    place: readPlainList("place-devanagari"),
  };
  const { given, family, person, place, organisation, address } = createInvent(dice);
  const date = (): string => {
    const month = dice.pick(MONTHS);
    const day = dice.integer(28) + 1;
    const year = 1950 + dice.integer(80);
    return dice.pick([
      `${day} ${month} ${year}`,
      `${month} ${day}, ${year}`,
      `${month} ${day}`,
      `${month} ${year}`,
      `${day}/${dice.integer(12) + 1}/${year}`,
      month,
    ]);
  };
  const inHindi = (slot: string): string => {
    if (slot === "G") return dice.pick(hindi.given);
    if (slot === "F") return dice.pick(hindi.family);
    if (slot === "L") return dice.pick(hindi.place);
    return dice.chance(0.3) ? dice.pick(hindi.given) : `${dice.pick(hindi.given)} ${dice.pick(hindi.family)}`;
  };
  const slots: Readonly<Record<string, { readonly make: () => string; readonly label: number }>> = {
    P: { make: person, label: 1 },
    G: { make: given, label: 1 },
    F: { make: () => capital(family()), label: 1 },
    L: { make: place, label: 2 },
    O: { make: organisation, label: 3 },
    A: { make: address, label: 4 },
    X: { make: () => capital(family()), label: 0 },
    J: { make: () => dice.pick(JOBS), label: 0 },
    Q: { make: () => Array.from({ length: 2 + dice.integer(4) }, () => dice.pick(LETTERS)).join(""), label: 0 },
    T: { make: () => dice.pick(PEOPLES), label: 0 },
    S: { make: () => dice.pick(STATES), label: 2 },
    D: { make: date, label: 0 },
    M: { make: () => dice.pick(MONTHS), label: 0 },
    N: { make: () => String(dice.integer(10 ** (1 + dice.integer(5)))), label: 0 },
  };
  return (template, isHindi = false) => {
    let text = "";
    const spans: Span[] = [];
    let at = 0;
    for (const match of template.matchAll(/\{([A-Z])\}/gu)) {
      text += template.slice(at, match.index).replaceAll(String.raw`\n`, "\n");
      const letter = match[1] ?? "";
      const slot = slots[letter];
      if (slot === undefined) throw new Error(`template with an unknown slot: ${template}`);
      const start = text.length;
      text += isHindi && "GFLP".includes(letter) ? inHindi(letter) : slot.make();
      if (slot.label > 0) spans.push({ start, end: text.length, label: slot.label });
      at = match.index + match[0].length;
    }
    return { text: text + template.slice(at).replaceAll(String.raw`\n`, "\n"), spans };
  };
}
