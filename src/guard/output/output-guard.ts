import type { Part } from "../../domain/chat.ts";
import { assertNever } from "../../kernel/assert-never.ts";
import { Fault } from "../../kernel/fault.ts";
import { ChannelText, type TextPart } from "./channel-text.ts";
import type { Channel, OutputEvent, OutputRule } from "./output-rule.ts";

/** Events kept of one answer: enough for an audit; an answer that trips a rule more often says nothing new. */
export const OUTPUT_EVENTS_MAX = 256;

export type OutputGuard = {
  /** Parts as they came, in order; gives those that may leave now. Throws what a rule ends the answer with, and again on every later call. */
  push(parts: readonly Part[]): readonly Part[];
  /** What is still held, where a stream ended without its `finish`. */
  end(): readonly Part[];
  /** What the rules saw so far. */
  readonly events: readonly OutputEvent[];
  /** Characters held back now. */
  readonly heldCharacters: number;
};

/** Watches one answer's parts. Text leaves in the order in which it came, held back only as long as one of the rules needs. */
export function createOutputGuard(rules: readonly OutputRule[]): OutputGuard {
  const events: OutputEvent[] = [];
  const answer = new WatchedAnswer(rules, (event) => {
    if (events.length < OUTPUT_EVENTS_MAX) events.push(event);
  });
  let broken: Fault | undefined;

  function run(work: (out: Part[]) => void): readonly Part[] {
    if (broken !== undefined) throw broken;
    const out: Part[] = [];
    try {
      work(out);
    } catch (error) {
      broken = error instanceof Fault ? error : new Fault("guard_failed", {}, { cause: error });
      throw broken;
    }
    return out;
  }

  return {
    push(parts) {
      if (rules.length === 0) return parts;
      return run((out) => {
        for (const part of parts) answer.push(part, out);
      });
    },
    end: () => run((out) => answer.flush(out)),
    events,
    get heldCharacters() {
      return answer.heldCharacters;
    },
  };
}

type Choice = {
  readonly channels: Map<string, ChannelText>;
  /** The channel that spoke last. */
  current: ChannelText | undefined;
};

/** The choices of an answer, and each one's channels. */
class WatchedAnswer {
  readonly #rules: readonly OutputRule[];
  readonly #note: (event: OutputEvent) => void;
  readonly #strict: boolean;
  readonly #choices = new Map<number, Choice>();

  constructor(rules: readonly OutputRule[], note: (event: OutputEvent) => void) {
    this.#rules = rules;
    this.#note = note;
    this.#strict = rules.some((rule) => rule.strict);
  }

  get heldCharacters(): number {
    let held = 0;
    for (const choice of this.#choices.values()) held += choice.current?.heldCharacters ?? 0;
    return held;
  }

  flush(out: Part[]): void {
    for (const index of this.#choices.keys()) this.#flushChoice(index, out);
  }

  push(part: Part, out: Part[]): void {
    switch (part.type) {
      case "text-delta":
        return this.#pushText(this.#strict ? withoutExtra(part) : part, "text", "text", out);
      case "reasoning-delta":
        return this.#pushText(part, "reasoning", "reasoning", out);
      case "refusal-delta":
        return this.#pushText(part, "refusal", "refusal", out);
      case "tool-input-delta":
        return this.#pushText(part, "tool-input", `tool ${part.tool}`, out);
      case "tool-input-start":
        this.#flushChoice(part.choice, out);
        out.push({ ...part, name: this.#readWhole(part.choice, part.name), id: this.#readWhole(part.choice, part.id) });
        return;
      case "choice-finish":
        this.#flushChoice(part.choice, out);
        out.push(this.#strict ? withoutExtra(part) : part);
        return;
      case "citation":
        // Its positions and its quote are of the text before anything was replaced in it.
        this.#flushChoice(part.choice, out);
        if (this.#choices.get(part.choice)?.channels.get("text")?.edited !== true) out.push(part);
        return;
      case "finish":
        this.flush(out);
        out.push(part);
        return;
      case "usage":
        out.push(part);
        return;
      default:
        assertNever(part);
    }
  }

  #pushText(part: TextPart, channel: Channel, key: string, out: Part[]): void {
    let choice = this.#choices.get(part.choice);
    if (choice === undefined) this.#choices.set(part.choice, (choice = { channels: new Map(), current: undefined }));
    let text = choice.channels.get(key);
    if (text === undefined) choice.channels.set(key, (text = this.#open(part.choice, channel)));
    // Order is kept: what one channel still holds leaves before another speaks.
    if (choice.current !== text && part.text !== "") {
      choice.current?.flush(out);
      choice.current = text;
    }
    text.push(part, out);
  }

  /** A tool's name and the call's id come whole, and the model's server wrote them too. */
  #readWhole(choice: number, text: string): string {
    const channel = this.#open(choice, "tool-input");
    const out: Part[] = [];
    channel.push({ type: "text-delta", choice, text }, out);
    channel.flush(out);
    return out.map((part) => ("text" in part ? part.text : "")).join("");
  }

  #flushChoice(index: number, out: Part[]): void {
    this.#choices.get(index)?.current?.flush(out);
  }

  #open(choice: number, channel: Channel): ChannelText {
    const watches = this.#rules.filter((rule) => rule.channels.has(channel)).map((rule) => ({ rule: rule.name, watch: rule.watch() }));
    return new ChannelText(watches, (rule, action, what) => this.#note({ rule, action, what, choice, channel }));
  }
}

/** A provider's own fields and its log probabilities may tell what a rule holds back or replaces, and no rule reads them. */
function withoutExtra<P extends { readonly extra?: Readonly<Record<string, unknown>> | undefined; readonly logprobs?: unknown }>(
  part: P,
): P {
  if (part.extra === undefined && part.logprobs === undefined) return part;
  const { logprobs: _, ...rest } = part;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same part without what may be left out
  return { ...rest, extra: undefined } as P;
}
