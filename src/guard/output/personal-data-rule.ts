import { QUASI_TYPES, type Finding } from "../../domain/finding.ts";
import { CHANNELS, type OutputRule, type Say, type Watch } from "./output-rule.ts";

export type PersonalDataMode = "detect" | "mask" | "block";
export type PersonalDataOptions = {
  readonly mode: PersonalDataMode;
  /** Sorted, non-overlapping; linear in the text's length. */
  readonly find: (text: string) => readonly Finding[];
  /** The caller sent the value itself, so it may have it back. */
  readonly known: (value: string) => boolean;
};

/** Looking costs about 6 µs for the 200 characters of a look, so not every part is one. */
const STEP_CHARACTERS = 32;
/** Where nothing is held, nobody waits for a look: one a paragraph costs a quarter, and a short answer is looked at once, when it ends. */
const DETECT_STEP_CHARACTERS = 256;
/** Kept back at the end of what was looked at: the longest value with spaces in it is an IBAN in groups, of 42. */
const TAIL_CHARACTERS = 48;
/** What has left is looked at again as far as this: the words before a number say what it is. */
const CONTEXT_CHARACTERS = 128;
/** Of a value that is longer than what is held, as much of its beginning says what it is: `-----BEGIN RSA PRIVATE KEY-----`. */
const HEAD_CHARACTERS = 64;
/** A value that has begun is held until it ends, up to this: keys of services are shorter. A longer one is replaced while it is written. */
export const PERSONAL_DATA_HOLD_CHARACTERS_MAX = 256;

/** Personal data and secrets in an answer that the caller did not send: made up, from documents, or somebody else's. */
export function personalDataRule(options: PersonalDataOptions): OutputRule {
  const isDetect = options.mode === "detect";
  return {
    name: "personal-data",
    channels: new Set(CHANNELS),
    strict: !isDetect,
    watch: () => new PersonalDataWatch(options),
  };
}

class PersonalDataWatch implements Watch {
  readonly #options: PersonalDataOptions;
  /** What left last, or the head of a value that is still being written and its end so far. */
  #context = "";
  #pending = "";
  /** Offset of the first pending character. */
  #from = 0;
  readonly #step: number;
  #lookAt: number;
  /** The head of a value that began in what was replaced and has not ended. */
  #open: string | undefined;

  constructor(options: PersonalDataOptions) {
    this.#options = options;
    this.#step = options.mode === "detect" ? DETECT_STEP_CHARACTERS : STEP_CHARACTERS;
    this.#lookAt = this.#step;
  }

  push(text: string, at: number, say: Say): number {
    if (this.#pending === "") this.#from = at;
    this.#pending += text;
    if (this.#pending.length >= this.#lookAt) this.#look(false, say);
    return this.#options.mode === "detect" ? at + text.length : this.#from;
  }

  end(at: number, say: Say): void {
    if (this.#pending !== "") this.#look(true, say);
    this.#context = "";
    this.#open = undefined;
    this.#from = at;
  }

  #look(isEnd: boolean, say: Say): void {
    const before = this.#context.length;
    const text = this.#context + this.#pending;
    const found = this.#options.find(text).filter((finding) => finding.end > before);
    let cut = isEnd ? text.length : this.#cutOf(text, before);
    const crossing = found.find((finding) => finding.start < cut && finding.end > cut);
    if (crossing !== undefined) {
      const isHeld = text.length - Math.max(crossing.start, before) <= PERSONAL_DATA_HOLD_CHARACTERS_MAX - STEP_CHARACTERS;
      cut = isHeld && crossing.start >= before ? crossing.start : crossing.end;
    }
    const isDirect = found.some((finding) => !QUASI_TYPES.has(finding.type));
    for (const finding of found) {
      if (finding.end > cut || (QUASI_TYPES.has(finding.type) && !isDirect)) continue;
      this.#tell(finding, text, before, say);
    }
    const last = found.findLast((finding) => finding.end <= cut);
    const isOpen = !isEnd && last !== undefined && last.end === text.length;
    this.#open = isOpen ? (this.#open ?? text.slice(last.start, last.start + HEAD_CHARACTERS)) : undefined;
    this.#context = this.#contextOf(text.slice(0, cut));
    this.#from += cut - before;
    this.#pending = text.slice(cut);
    this.#lookAt = this.#pending.length + this.#step;
  }

  /** Where what was looked at is cut: between two words, or anywhere in a word that does not end. */
  #cutOf(text: string, before: number): number {
    const most = text.length - TAIL_CHARACTERS;
    for (let cut = most; cut > before; cut--) if (isSpace(text.charCodeAt(cut - 1))) return cut;
    return text.length - before > PERSONAL_DATA_HOLD_CHARACTERS_MAX - STEP_CHARACTERS ? Math.max(before, most) : before;
  }

  #contextOf(left: string): string {
    if (this.#open === undefined) return left.slice(-CONTEXT_CHARACTERS);
    return this.#open.length < HEAD_CHARACTERS ? this.#open : this.#open + left.slice(-HEAD_CHARACTERS);
  }

  #tell(finding: Finding, text: string, before: number, say: Say): void {
    const isContinued = finding.start < before;
    if (!isContinued && this.#options.known(text.slice(finding.start, finding.end))) return;
    const { mode } = this.#options;
    if (mode === "block") say.blocked(finding.type, "output_blocked");
    if (mode === "detect") {
      if (this.#open === undefined || !isContinued) say.detected(finding.type);
      return;
    }
    const start = this.#from + Math.max(finding.start, before) - before;
    const end = this.#from + finding.end - before;
    say.replaced(finding.type, start, end, isContinued && this.#open !== undefined ? "" : `[${finding.type}]`);
  }
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
