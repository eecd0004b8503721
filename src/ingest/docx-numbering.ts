import { walkXml } from "./docx-xml.ts";

type Level = { start: number; format: string; text: string };
type List = { readonly abstract: string; readonly restarts: Map<number, number> };
type Definitions = { readonly levels: ReadonlyMap<string, ReadonlyMap<number, Level>>; readonly lists: ReadonlyMap<string, List> };

/** Word has nine levels. */
const LEVELS_MAX = 9;
const LABEL_CHARS_MAX = 40;

/** Says what stands before the next item of a list: `- `, `3. `, `7.2 `. The numbers are nowhere in a document's text. */
export type Numbering = { next(numId: string, level: number): string };

export function createNumbering(source: string | undefined): Numbering {
  const { levels, lists } = readDefinitions(source ?? "");
  const counters = new Map<string, number[]>();
  const used = new Set<string>();
  return {
    next(numId, rawLevel) {
      const level = Number.isInteger(rawLevel) && rawLevel >= 0 && rawLevel < LEVELS_MAX ? rawLevel : 0;
      const list = lists.get(numId);
      const known = list === undefined ? undefined : levels.get(list.abstract);
      const own = known?.get(level);
      if (list === undefined || known === undefined || own === undefined || own.format === "bullet") return "- ";
      const count = counters.get(list.abstract) ?? [];
      counters.set(list.abstract, count);
      if (!used.has(numId)) for (const [at, start] of list.restarts) count[at] = start - 1;
      used.add(numId);
      count[level] = (count[level] ?? own.start - 1) + 1;
      count.length = level + 1;
      const label = own.text.replace(/%([1-9])/g, (_, digit: string) => {
        const at = Number(digit) - 1;
        return formatNumber(count[at] ?? known.get(at)?.start ?? 1, known.get(at)?.format ?? "decimal");
      });
      return label === "" ? "" : `${label.slice(0, LABEL_CHARS_MAX)} `;
    },
  };
}

function readDefinitions(source: string): Definitions {
  const levels = new Map<string, Map<number, Level>>();
  const lists = new Map<string, List>();
  let abstract: Map<number, Level> | undefined;
  let level: Level | undefined;
  let list: { numId: string; at: number } | undefined;
  walkXml(source, {
    open(name, attribute) {
      const value = attribute("val") ?? "";
      if (name === "abstractNum") levels.set(attribute("abstractNumId") ?? "", (abstract = new Map()));
      else if (name === "num") list = { numId: attribute("numId") ?? "", at: 0 };
      else if (name === "abstractNumId" && list !== undefined) lists.set(list.numId, { abstract: value, restarts: new Map() });
      else if (name === "lvlOverride" && list !== undefined) list.at = Number(attribute("ilvl"));
      else if (name === "startOverride" && list !== undefined) lists.get(list.numId)?.restarts.set(list.at, toStart(value));
      else if (name === "lvl" && abstract !== undefined) {
        level = { start: 1, format: "decimal", text: "" };
        abstract.set(Number(attribute("ilvl")), level);
      } else if (level === undefined) return;
      else if (name === "start") level.start = toStart(value);
      else if (name === "numFmt") level.format = value;
      else if (name === "lvlText") level.text = value;
    },
    close(name) {
      if (name === "lvl") level = undefined;
      else if (name === "abstractNum") abstract = undefined;
      else if (name === "num") list = undefined;
    },
  });
  return { levels, lists };
}

const toStart = (value: string): number => {
  const start = Number(value);
  return Number.isSafeInteger(start) && start >= 0 && start < 1_000_000 ? start : 1;
};

function formatNumber(value: number, format: string): string {
  switch (format) {
    case "lowerLetter":
      return toLetters(value);
    case "upperLetter":
      return toLetters(value).toUpperCase();
    case "lowerRoman":
      return toRoman(value).toLowerCase();
    case "upperRoman":
      return toRoman(value);
    case "decimalZero":
      return String(value).padStart(2, "0");
    case "none":
      return "";
    default:
      return String(value);
  }
}

/** As Word counts: … y, z, aa, bb. */
const toLetters = (value: number): string =>
  value < 1 || value > 26 * 5 ? String(value) : String.fromCodePoint(97 + ((value - 1) % 26)).repeat(Math.ceil(value / 26));

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

function toRoman(value: number): string {
  if (value < 1 || value > 3999) return String(value);
  let made = "";
  let rest = value;
  for (const [worth, letters] of ROMAN) {
    for (; rest >= worth; rest -= worth) made += letters;
  }
  return made;
}
