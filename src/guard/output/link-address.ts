import { judgeAuthority, judgeTarget, type HostList, type Verdict } from "./link-host.ts";

/** Where an address stands: what ends it differs, and so does what is left of it. */
export type Place = "markdown" | "reference" | "attribute" | "css" | "angle" | "plain";

/** An address that is being read. */
export type Address = {
  readonly place: Place;
  /** Where what is removed begins: the bracket of a Markdown link, else the address itself. */
  start: number;
  /** The sign that ends it, where one was opened: a quote, `>`. */
  close: string;
  /** What of it was read, as long as that matters. */
  text: string;
  /** Parentheses opened inside. */
  depth: number;
  /** `open`: its host is not known yet. `measured`: does it carry data? `passing`: it may leave. `dropped`: it is being removed. */
  state: "open" | "measured" | "passing" | "dropped";
  /** Of `srcset`: after a comma another one follows. */
  readonly isOneOfMany: boolean;
};

export const openAddress = (place: Place, start: number, more: Partial<Address> = {}): Address => ({
  place,
  start,
  close: "",
  text: "",
  depth: 0,
  state: "open",
  isOneOfMany: false,
  ...more,
});

const SPACE = /\s/;
/** What cannot stand in an address there unless it is quoted. */
const OUTSIDE: Readonly<Record<Exclude<Place, "markdown">, RegExp>> = {
  reference: /[<>"'`({]/,
  attribute: /[<>"'`({]/,
  css: /[<>"'`)]/,
  angle: /[<>"'`({=]/,
  plain: /[<>"'`)\]}|]/,
};

/** Whether the character ends the address, and belongs to it (`after`) or not. */
export function endOf(address: Address, character: string): "no" | "before" | "after" {
  if (address.isOneOfMany && (character === "," || SPACE.test(character))) return "before";
  if (address.close !== "") return character === address.close || (character === "\n" && address.place !== "attribute") ? "before" : "no";
  if (SPACE.test(character)) return "before";
  // An IPv6 host stands in brackets.
  if (character === "]" && /[/\\@]\[[^\]]*$/.test(address.text)) return "no";
  if (address.place !== "markdown") return OUTSIDE[address.place].test(character) ? "before" : "no";
  if (character === "(") address.depth++;
  return character === ")" && address.depth-- === 0 ? "after" : "no";
}

const rank = (verdict: Verdict): number =>
  verdict === "fine" ? 0 : verdict === "wait" ? 2 : "bad" in verdict ? 4 : verdict.listed ? 1 : 3;

/** Signs that stand in no address, or that programs read differently. */
const UNSURE = /[\\<>"'`{}|^]/;

/**
 * Judges what was read so far. Programs differ in what a backslash is (a slash, an escape, a character) and in what ends an address, so
 * each reading is judged and the worst counts.
 */
export function judgeAddress(address: Address, isWhole: boolean, isListed: HostList): Verdict {
  const { text } = address;
  let worst = judgeReading(address, text, isWhole, isListed);
  if (!UNSURE.test(text)) return worst;
  const consider = (reading: string, isReadWhole: boolean): void => {
    const verdict = judgeReading(address, reading, isReadWhole, isListed);
    if (rank(verdict) > rank(worst)) worst = verdict;
  };
  if (text.includes("\\")) {
    consider(text.replace(/\\(?=[!-/:-@[-`{-~]|$)/g, ""), isWhole);
    consider(text.replaceAll("\\", "%5C"), isWhole);
  }
  const end = text.search(/[<>"'`{}|^]/);
  if (end > 0) consider(text.slice(0, end), true);
  return worst;
}

const judgeReading = ({ place }: Address, reading: string, isWhole: boolean, isListed: HostList): Verdict =>
  place === "plain"
    ? judgeAuthority(reading.replace(/^[a-z]+:(?:[/\\]|%5C)+/i, ""), isWhole, isListed)
    : judgeTarget(reading, isWhole, place === "markdown", isListed);
