import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import type { OutputEvent, Say, Watch } from "./output-rule.ts";

/** Parts that carry a channel's text. */
export type TextPart = Extract<Part, { readonly text: string }>;

type Edit = { start: number; end: number; text: string };
type Held = { part: TextPart; readonly start: number };

/**
 * Longer parts are cut where a rule holds their end; shorter ones wait whole: a model's ordinary delta is a few characters, and two
 * events instead of one cost more than the wait.
 */
export const CUT_OVER_CHARACTERS = 64;

type Watching = { readonly rule: string; readonly watch: Watch };
type Note = (rule: string, action: OutputEvent["action"], what: string) => void;

/** The text of one channel on its way through its rules: held until each of them has let it go. */
export class ChannelText {
  readonly #watches: readonly (Watching & { readonly say: Say })[];
  readonly #held: Held[] = [];
  readonly #edits: Edit[] = [];
  #end = 0;
  /** Something of this channel was replaced, so positions in the text as the model wrote it hold no more. */
  edited = false;

  constructor(watches: readonly Watching[], note: Note) {
    this.#watches = watches.map((watching) => ({ ...watching, say: this.#sayFor(watching.rule, note) }));
  }

  #sayFor(rule: string, note: Note): Say {
    return {
      detected: (what) => note(rule, "detected", what),
      replaced: (what, start, end, text) => {
        if (text !== "") note(rule, "replaced", what);
        this.#edit(start, end, text);
      },
      blocked: (what, code) => {
        note(rule, "blocked", what);
        throw new Fault(code);
      },
    };
  }

  /** Characters that came and have not left. */
  get heldCharacters(): number {
    const first = this.#held[0];
    return first === undefined ? 0 : this.#end - first.start;
  }

  push(part: TextPart, out: Part[]): void {
    const at = this.#end;
    let safe = at + part.text.length;
    for (const { watch, say } of this.#watches) safe = Math.min(safe, watch.push(part.text, at, say));
    this.#end += part.text.length;
    if (safe === this.#end && this.#held.length === 0 && this.#edits.length === 0) {
      out.push(part);
      return;
    }
    this.#held.push({ part, start: at });
    this.#release(safe, out);
  }

  /** Lets everything go. */
  flush(out: Part[]): void {
    for (const { watch, say } of this.#watches) watch.end(this.#end, say);
    this.#release(this.#end, out);
  }

  #release(to: number, out: Part[]): void {
    let whole = 0;
    for (const held of this.#held) {
      const length = held.part.text.length;
      if (held.start + length > to) break;
      this.#emit(held.part, held.start, out);
      whole++;
    }
    this.#held.splice(0, whole);
    this.#cut(to, out);
    const kept = this.#held[0]?.start ?? this.#end;
    let over = 0;
    while ((this.#edits[over]?.end ?? Infinity) <= kept) over++;
    this.#edits.splice(0, over);
  }

  /** Lets go of the beginning of a long part. Log probabilities cannot be cut, so such a part waits. */
  #cut(to: number, out: Part[]): void {
    const first = this.#held[0];
    if (first === undefined || first.part.text.length <= CUT_OVER_CHARACTERS || "logprobs" in first.part) return;
    const { part, start } = first;
    let length = to - start;
    // Half of a surrogate pair is no text.
    if (isHighSurrogate(part.text.charCodeAt(length - 1))) length--;
    if (length <= 0) return;
    this.#emit({ ...part, text: part.text.slice(0, length) }, start, out);
    this.#held[0] = { part: { ...part, text: part.text.slice(length) }, start: start + length };
  }

  #emit(part: TextPart, start: number, out: Part[]): void {
    const end = start + part.text.length;
    if (!this.#edits.some((edit) => edit.start < end && edit.end > start)) {
      out.push(part);
      return;
    }
    let text = "";
    let at = start;
    for (const edit of this.#edits) {
      if (edit.end <= start || edit.start >= end) continue;
      if (edit.start >= start) text += part.text.slice(at - start, edit.start - start) + edit.text;
      at = Math.min(end, edit.end);
    }
    text += part.text.slice(at - start);
    // What a part carried beside its text (log probabilities, a provider's fields) tells the text, so it goes with it.
    if (text !== "") out.push(withText(part, text));
  }

  #edit(start: number, end: number, text: string): void {
    this.edited = true;
    const last = this.#edits.at(-1);
    // What is dropped bit by bit is one edit.
    if (last !== undefined && text === "" && last.end === start) {
      last.end = end;
      return;
    }
    const edit = { start, end, text };
    // Two rules may want the same characters gone: the earlier beginning speaks for both, and nothing of either stays.
    let at = this.#edits.length;
    for (let other = this.#edits[at - 1]; other !== undefined && other.end > edit.start; other = this.#edits[--at - 1]) {
      if (other.start >= edit.end) continue;
      if (other.start < edit.start || (other.start === edit.start && other.end >= edit.end)) edit.text = other.text;
      edit.start = Math.min(edit.start, other.start);
      edit.end = Math.max(edit.end, other.end);
      this.#edits.splice(at - 1, 1);
    }
    this.#edits.splice(at, 0, edit);
  }
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

function withText(part: TextPart, text: string): TextPart {
  const { type, choice } = part;
  return type === "tool-input-delta" ? { type, choice, tool: part.tool, text } : { type, choice, text };
}
