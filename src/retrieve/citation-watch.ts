import type { Part, Passage } from "../domain/chat.ts";
import type { CitationWatch, Grounding } from "../domain/grounding.ts";
import {
  createCitationCheck,
  createCodeWatch,
  NUMBER_MAX,
  numbersOf,
  readMarks,
  statementBefore,
  type CitationCheck,
  type CitationOptions,
  type Span,
} from "./citations.ts";
import { takePiece, type Mark } from "./mark-pieces.ts";
import { saysNotHeld } from "./support/not-held.ts";

export type CitationWatchOptions = CitationOptions & {
  /**
   * `edit`: marks that nothing supports are taken out of the text. `list`: the text stays as it came, for answers whose every character counts
   * (JSON, log probabilities) and for answers that name their sources themselves.
   */
  readonly mode: "edit" | "list";
};

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

const createMarkedText = (choice: number, passages: readonly Passage[], options: CitationWatchOptions): MarkedText => {
  const check = createCitationCheck(passages, options);
  return options.mode === "edit" ? createEditedText(choice, check) : createListedText(choice, check);
};

/** One choice's text that stays as it comes: its marks are read at its end. */
function createListedText(choice: number, check: CitationCheck): MarkedText {
  const told = { text: "", cited: 0, removed: 0, own: 0 };
  let ended = false;
  return {
    get text() {
      return told.text;
    },
    get cited() {
      return told.cited + told.own;
    },
    get removed() {
      return told.removed;
    },
    get own() {
      return told.own;
    },
    set own(count) {
      told.own = count;
    },
    push(part, out) {
      told.text += part.text;
      out.push(part);
    },
    end(out) {
      if (ended) return;
      ended = true;
      if (told.own > 0) return;
      const { found, unsupported } = readMarks(told.text, check);
      told.cited = found.length;
      told.removed = unsupported;
      for (const citation of found) out.push({ type: "citation", choice, ...citation });
    },
  };
}

/** One choice's text, which leaves without the marks that nothing supports. */
function createEditedText(choice: number, { check }: CitationCheck): MarkedText {
  const inCode = createCodeWatch();
  const cited = new Set<string>();
  const told = { text: "", own: 0, removed: 0 };
  let held = "";
  let from = 0;
  let statement: Span | undefined;

  const say = (said: string, out: Part[]): void => {
    told.text += said;
    addText(choice, said, out);
  };
  const readMark = ({ blanks, raw, list }: Mark, out: Part[]): void => {
    const numbers = numbersOf(list);
    const isElement = blanks === "" && element.test(told.text.slice(-40));
    if (isElement || numbers.some((one) => one < 1 || one > NUMBER_MAX) || inCode(told.text, told.text.length))
      return say(blanks + raw, out);
    statement = statementBefore(told.text, from, told.text.length) ?? statement;
    const of = statement;
    if (of === undefined) return say(blanks + raw, out);
    const found = numbers.flatMap((one) => check(told.text, of, one) ?? []);
    told.removed += numbers.length - found.length;
    if (found.length > 0)
      say(blanks + (found.length === numbers.length ? raw : `[${found.map(({ passage }) => passage + 1).join(", ")}]`), out);
    for (const citation of found) {
      const key = `${citation.passage} ${citation.start}`;
      if (!cited.has(key)) out.push({ type: "citation", choice, ...citation });
      cited.add(key);
    }
    from = told.text.length;
  };
  const read = (out: Part[], isEnd: boolean): void => {
    for (let piece = takePiece(held, isEnd); piece !== undefined; piece = takePiece(held, isEnd)) {
      held = piece.rest;
      say(piece.said, out);
      if (piece.mark !== undefined) readMark(piece.mark, out);
    }
  };
  return {
    get text() {
      return told.text;
    },
    get cited() {
      return cited.size + told.own;
    },
    get removed() {
      return told.removed;
    },
    get own() {
      return told.own;
    },
    set own(count) {
      told.own = count;
    },
    push(part, out) {
      held += part.text;
      // Fields of the delta that nobody here knows travel with what leaves now.
      if (part.extra !== undefined || part.logprobs !== undefined) out.push({ ...part, text: "" });
      read(out, false);
    },
    end: (out) => read(out, true),
  };
}

function addText(choice: number, said: string, out: Part[]): void {
  if (said === "") return;
  const last = out.at(-1);
  if (last?.type === "text-delta" && last.choice === choice && last.extra === undefined)
    out[out.length - 1] = { ...last, text: last.text + said };
  else out.push({ type: "text-delta", choice, text: said });
}
