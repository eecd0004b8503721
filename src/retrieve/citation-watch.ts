import type { Part, Passage } from "../domain/chat.ts";
import type { CitationWatch, Grounding } from "../domain/grounding.ts";
import {
  createCitationCheck,
  createCodeWatch,
  MARK,
  NUMBER_MAX,
  numbersOf,
  readMarks,
  statementBefore,
  type CitationOptions,
  type Span,
} from "./citations.ts";
import { saysNotHeld } from "./support/not-held.ts";

export type CitationWatchOptions = CitationOptions & {
  /**
   * `edit`: marks that nothing supports are taken out of the text. `list`: the text stays as it came, for answers whose every character counts
   * (JSON, log probabilities) and for answers that name their sources themselves.
   */
  readonly mode: "edit" | "list";
};

/** `[1, 2, … 20]`, with room. Beyond it a bracket is no mark. */
const MARK_CHARS_MAX = 96;
const mark = new RegExp(`^${MARK}`);
/** What could still become a mark, or a link. */
const beginning = /^\[(?:\d{1,3}(?:\s{0,3}[,;–-]\s{0,3}\d{1,3})*(?:\s{0,3}[,;–-]?\s{0,3})?)?\]?$/;
/** `args[1]`, `x[2]`, `total_cost[3]`: an element of something. */
const element = /(?:^|[^\p{L}\p{N}])(?:\p{L}|\p{L}*\p{Ll}\p{Lu}\p{L}*|[\p{L}\p{N}]*_[\p{L}\p{N}_]*)$|[\])$]$/u;

/** Watches the marks of one answer from these passages, choice by choice. */
export function createCitationWatch(passages: readonly Passage[], options: CitationWatchOptions): CitationWatch {
  const choices = new Map<number, MarkedText>();
  let grounding: Grounding | undefined;
  const open = (choice: number): MarkedText => {
    const known = choices.get(choice) ?? createMarkedText(choice, passages, options);
    choices.set(choice, known);
    return known;
  };
  const read = (part: Part, out: Part[]): void => {
    switch (part.type) {
      case "text-delta":
        return open(part.choice).push(part, out);
      case "citation":
        open(part.choice).own++;
        break;
      case "choice-finish":
      case "tool-input-start":
        choices.get(part.choice)?.end(out);
        break;
      case "finish": {
        for (const choice of choices.values()) choice.end(out);
        grounding = groundingOf([...choices.values()]);
        break;
      }
      case "reasoning-delta":
      case "refusal-delta":
      case "tool-input-delta":
      case "usage":
        break;
    }
    out.push(part);
  };
  return {
    push(parts) {
      const out: Part[] = [];
      for (const part of parts) read(part, out);
      return out;
    },
    get grounding() {
      return grounding;
    },
  };
}

function groundingOf(choices: readonly MarkedText[]): Grounding | undefined {
  const told = choices.filter(({ text }) => text.trim() !== "");
  if (told.length === 0) return undefined;
  const cited = told.reduce((sum, choice) => sum + choice.cited, 0);
  const removed = told.reduce((sum, choice) => sum + choice.removed, 0);
  const notHeld = cited === 0 && told.every(({ text }) => saysNotHeld(text));
  return { cited, removed, grounded: cited > 0, ...(notHeld ? { notHeld } : {}) };
}

type TextDelta = Extract<Part, { type: "text-delta" }>;
type MarkedText = {
  readonly text: string;
  readonly cited: number;
  readonly removed: number;
  /** Citations that the provider names itself. */
  own: number;
  push(part: TextDelta, out: Part[]): void;
  /** Lets go what is held. */
  end(out: Part[]): void;
};

/** One choice's text as it leaves. */
function createMarkedText(choice: number, passages: readonly Passage[], options: CitationWatchOptions): MarkedText {
  const checked = createCitationCheck(passages, options);
  const inCode = createCodeWatch();
  const cited = new Set<string>();
  let text = "";
  let held = "";
  let from = 0;
  let statement: Span | undefined;
  let removed = 0;
  let ended = false;

  const say = (said: string, out: Part[]): void => {
    if (said === "") return;
    text += said;
    const last = out.at(-1);
    if (last?.type === "text-delta" && last.choice === choice && last.extra === undefined)
      out[out.length - 1] = { ...last, text: last.text + said };
    else out.push({ type: "text-delta", choice, text: said });
  };

  /** A whole mark, with the blanks before it. */
  const readMark = (blanks: string, raw: string, list: string, out: Part[]): void => {
    const numbers = numbersOf(list);
    if (inCode(text, text.length) || numbers.some((one) => one < 1 || one > NUMBER_MAX) || (blanks === "" && element.test(text.slice(-40))))
      return say(blanks + raw, out);
    statement = statementBefore(text, from, text.length) ?? statement;
    const of = statement;
    if (of === undefined) return say(blanks + raw, out);
    const found = numbers.flatMap((one) => checked.check(text, of, one) ?? []);
    removed += numbers.length - found.length;
    const kept = found.length === numbers.length ? raw : `[${found.map(({ passage }) => passage + 1).join(", ")}]`;
    if (found.length > 0) say(blanks + kept, out);
    for (const citation of found) {
      const key = `${citation.passage} ${citation.start}`;
      if (!cited.has(key)) out.push({ type: "citation", choice, ...citation });
      cited.add(key);
    }
    from = text.length;
  };

  const read = (out: Part[], isEnd: boolean): void => {
    while (held !== "") {
      const at = held.indexOf("[");
      const before = at < 0 ? held : held.slice(0, at);
      const blanks = /[ \t]{1,3}$/.exec(before)?.[0] ?? "";
      say(before.slice(0, before.length - blanks.length), out);
      held = held.slice(before.length - blanks.length);
      if (at < 0) {
        if (isEnd) {
          say(held, out);
          held = "";
        }
        return;
      }
      const rest = held.slice(blanks.length);
      const match = mark.exec(rest);
      const isWhole = match !== null && (rest.length > match[0].length || isEnd);
      if (isWhole && rest.charAt(match[0].length) !== "(") {
        held = rest.slice(match[0].length);
        readMark(blanks, match[0], match[1] ?? "", out);
        continue;
      }
      if (!isWhole && !isEnd && rest.length <= MARK_CHARS_MAX && beginning.test(rest)) return;
      held = rest.slice(1);
      say(`${blanks}[`, out);
    }
  };

  return {
    get text() {
      return text;
    },
    get cited() {
      return cited.size + this.own;
    },
    get removed() {
      return removed;
    },
    own: 0,
    push(part, out) {
      if (options.mode === "list") {
        text += part.text;
        out.push(part);
        return;
      }
      held += part.text;
      // Fields of the delta that nobody here knows travel with what leaves now.
      if (part.extra !== undefined || part.logprobs !== undefined) out.push({ ...part, text: "" });
      read(out, false);
    },
    end(out) {
      if (ended) return;
      if (options.mode === "edit") return read(out, true);
      ended = true;
      if (this.own > 0) return;
      const { found, unsupported } = readMarks(text, checked);
      removed += unsupported;
      for (const citation of found) {
        cited.add(`${citation.passage} ${citation.start}`);
        out.push({ type: "citation", choice, ...citation });
      }
    },
  };
}
