import type { LinkMode } from "../../domain/guard-policy.ts";
import { endOf, judgeAddress, openAddress, type Address } from "./link-address.ts";
import { carriesData, type HostList } from "./link-host.ts";
import type { Say, Watch } from "./output-rule.ts";

export type WatchedLinkMode = Exclude<LinkMode, "off">;

/** The longest host is 253 characters; a user, a port and the spelling of either may stand before it is known. */
export const LINK_HOLD_CHARACTERS_MAX = 320;
/** Of an address, to see whether it carries data: more than enough for what `carriesData` calls long. */
const MEASURED_CHARACTERS_MAX = 512;
/** Of the text that came before, to see what an address stands in: the longest attribute's name, and white space. */
const BEFORE_CHARACTERS = 24;

export const LINK_REMOVED = "[link removed]";

const ATTRIBUTE =
  /[\s"'/<](?:(?:image)?srcset|(?:xlink:)?href|(?:form)?action|src|poster|background|data|cite|ping|longdesc|manifest|lowsrc|dynsrc)\s*$/i;
const SCHEMES = ["https", "http", "ftp", "wss", "ws", "www"];
/** At the end of a text. */
const BEGUN = /(?:https?|ftp|wss?):[/\\]?$/i;
const SPACE = /\s/;
/** What an address can begin with; control characters are stripped by browsers. */
// oxlint-disable-next-line no-control-regex -- see above
const BEGINNING = /[\w/\\&.#?~%\u0000-\u0020\u0080-\uffff-]/;
/** After these more may be known. */
const TELLING = /[:/?#\\;@]/;

/**
 * Where an address may begin: its sign, or the first two letters of a scheme, in a word too; of a letter that ends the part the second is still to
 * come. Most of a text is neither, and is not read letter by letter.
 */
const MAY_BEGIN = /[(<=:]|[hf](?=t|$)|w(?=[sw]|$)/gi;

function beginningFrom(text: string, index: number): number {
  MAY_BEGIN.lastIndex = index;
  return MAY_BEGIN.exec(text)?.index ?? text.length;
}

/** Reads a channel's text character by character: what is an address is judged as soon as its host is known. */
export class LinkWatch implements Watch {
  readonly #mode: WatchedLinkMode;
  /** Only addresses that carry data are refused. */
  readonly #onlyData: boolean;
  readonly #isListed: HostList;
  /** The end of what was read. */
  #before = "";
  #address: Address | undefined;
  /** What is read of a scheme outside of a link: its letters and the signs after it; and where it began. */
  #word = "";
  #wordAt = 0;

  constructor(mode: WatchedLinkMode, onlyData: boolean, isListed: HostList) {
    this.#mode = mode;
    this.#onlyData = onlyData;
    this.#isListed = isListed;
  }

  push(text: string, at: number, say: Say): number {
    for (let index = 0; index < text.length; index++) {
      if (this.#address === undefined && this.#word === "") {
        const next = beginningFrom(text, index);
        this.#remember(text.slice(index, next));
        index = next;
        if (index === text.length) break;
      }
      const character = text.charAt(index);
      const isTaken = this.#address !== undefined && this.#readAddress(this.#address, character, at + index, say);
      if (!isTaken) this.#readText(character, at + index);
      this.#remember(character);
    }
    return this.#mode === "detect" ? at + text.length : this.#heldFrom(at + text.length);
  }

  #remember(text: string): void {
    if (text === "") return;
    const kept = this.#before.length < 4 * BEFORE_CHARACTERS ? this.#before : this.#before.slice(-BEFORE_CHARACTERS);
    this.#before = text.length < BEFORE_CHARACTERS ? kept + text : text.slice(-BEFORE_CHARACTERS);
  }

  end(at: number, say: Say): void {
    if (this.#address !== undefined) this.#judge(this.#address, true, at, say);
    this.#address = undefined;
    this.#before = this.#word = "";
  }

  #heldFrom(end: number): number {
    if (this.#address !== undefined) return this.#address.state === "open" ? Math.min(this.#address.start, end) : end;
    if (this.#before.at(-1) === "]") return end - 1;
    return this.#word === "" ? end : this.#wordAt;
  }

  /** A character outside of addresses: one may begin here. */
  #readText(character: string, at: number): void {
    const last = this.#before.at(-1);
    if (character === "(" && last === "]") this.#address = openAddress("markdown", at - 1);
    else if (character === ":" && last === "]") this.#address = openAddress("reference", at + 1);
    else if (character === "<") this.#address = openAddress("angle", at + 1);
    else if (character === "(" && /\burl\s?$/i.test(this.#before)) this.#address = openAddress("css", at + 1);
    else if (character === "=" && ATTRIBUTE.test(this.#before))
      this.#address = openAddress("attribute", at + 1, { isOneOfMany: /srcset\s*$/i.test(this.#before) });
    else this.#readWord(character, at);
    if (this.#address !== undefined) this.#word = "";
  }

  /** A scheme may begin anywhere, after other letters too: what makes links of a text is not always careful about that. */
  #readWord(character: string, at: number): void {
    const letter = character.toLowerCase();
    let word = this.#word + letter;
    if (word === "wwww") word = "www";
    else if (!isBeginning(word)) word = isBeginning(letter) ? letter : "";
    if (word.length <= 1 || (word === "www" && letter === "w")) this.#wordAt = at + 1 - word.length;
    this.#word = word;
    if (word === "www." || /^(?:https?|ftp|wss?):[/\\]{2}$/.test(word)) this.#address = openAddress("plain", this.#wordAt, { text: word });
  }

  /** A character of an address; false: it is none, and is to be read as any other. */
  #readAddress(of: Address, character: string, at: number, say: Say): boolean {
    if (of.text === "" && of.state === "open") {
      if (of.close === "" && of.place !== "angle") {
        const sign = character === "<" ? ">" : character;
        if (sign === '"' || sign === "'" || sign === ">") return openQuote(of, sign, at);
        if (SPACE.test(character)) return this.#skipSpace(of, at + 1, say);
      }
      if (of.place !== "markdown") of.start = at;
      if (!BEGINNING.test(character) && !of.isOneOfMany) {
        this.#address = undefined;
        return false;
      }
    }
    const end = endOf(of, character);
    if (end !== "no") this.#judge(of, true, at, say);
    if (of.state === "dropped" && end !== "before") say.replaced("", at, at + 1, "");
    if (end !== "no") return this.#close(of, character, at, say) || end === "after";
    if (of.state !== "open" && of.state !== "measured") return true;
    of.text += character;
    if (TELLING.test(character) || at + 1 - of.start >= LINK_HOLD_CHARACTERS_MAX) this.#judge(of, false, at + 1, say);
    return true;
  }

  /** White space before an address, which is no address itself. */
  #skipSpace(of: Address, end: number, say: Say): boolean {
    if (end - of.start >= LINK_HOLD_CHARACTERS_MAX) this.#tooLong(of, end, say);
    return true;
  }

  /** The end of an address. True: the character was read. */
  #close(of: Address, character: string, at: number, say: Say): boolean {
    if (of.place === "markdown" && of.close === ">" && character === ">") {
      // The parenthesis is still to come.
      this.#address = of;
      of.close = "";
      if (of.state === "dropped") say.replaced("", at, at + 1, "");
      else of.state = "passing";
      return true;
    }
    const isNext = of.isOneOfMany && of.close !== "" && character !== of.close;
    this.#address = isNext ? openAddress("attribute", at + 1, { close: of.close, isOneOfMany: true }) : undefined;
    return isNext;
  }

  #judge(of: Address, isWhole: boolean, end: number, say: Say): void {
    if (of.state === "open") {
      const verdict = judgeAddress(of, isWhole, this.#isListed);
      if (verdict === "wait") {
        if (end - of.start >= LINK_HOLD_CHARACTERS_MAX) this.#tooLong(of, end, say);
      } else if (verdict === "fine") {
        of.state = "passing";
        // It names no host, so what follows may be read as any other text; its end may be the beginning of one that does.
        if (!of.isOneOfMany) this.#address = undefined;
        this.#word = isWhole ? "" : (BEGUN.exec(of.text)?.[0].toLowerCase() ?? "");
        this.#wordAt = end - this.#word.length;
      } else if ("bad" in verdict) this.#refuse(of, verdict.bad, end, say);
      else if (verdict.listed) of.state = "passing";
      else if (this.#onlyData) of.state = "measured";
      else this.#refuse(of, "host", end, say);
    }
    if (of.state !== "measured" || !(isWhole || of.text.length >= MEASURED_CHARACTERS_MAX)) return;
    if (carriesData(of.text)) this.#refuse(of, "data", end, say);
    else of.state = "passing";
  }

  /** Nobody writes hosts as long, but what is in angle brackets or behind a word such as `data=` need not be an address. */
  #tooLong(of: Address, end: number, say: Say): void {
    if (of.place === "angle" || of.place === "attribute" || this.#onlyData) this.#address = undefined;
    else this.#refuse(of, "unreadable", end, say);
  }

  #refuse(of: Address, what: string, end: number, say: Say): void {
    if (this.#mode === "block") say.blocked(what, "output_blocked");
    if (this.#mode === "detect") say.detected(what);
    else say.replaced(what, of.start, end, of.place === "markdown" ? `] ${LINK_REMOVED}` : LINK_REMOVED);
    of.state = this.#mode === "detect" ? "passing" : "dropped";
  }
}

function openQuote(of: Address, sign: string, at: number): boolean {
  of.close = sign;
  if (of.place !== "markdown") of.start = at + 1;
  return true;
}

/** `h` to `https:/`, and `w` to `www.`. */
function isBeginning(word: string): boolean {
  return word === "www." || SCHEMES.some((scheme) => scheme.startsWith(word)) || /^(?:https?|ftp|wss?):[/\\]{0,2}$/.test(word);
}
