import type { FaultCode } from "../../kernel/fault.ts";

/** What a piece of an answer is. Each is watched apart, of each choice and of each tool's input. */
export type Channel = "text" | "reasoning" | "refusal" | "tool-input";
export const CHANNELS: readonly Channel[] = ["text", "reasoning", "refusal", "tool-input"];

/** What a rule saw: permanent words, never content. */
export type OutputEvent = {
  readonly rule: string;
  readonly action: "detected" | "replaced" | "blocked";
  /** The type of a finding, the reason against a link, a category: `EMAIL`, `host`, `hate`. */
  readonly what: string;
  readonly choice: number;
  readonly channel: Channel;
};

/** How a rule says what it saw. Offsets are UTF-16 positions in the channel's text since its beginning. */
export type Say = {
  detected(what: string): void;
  /** From `start` up to `end` stands `text` instead. Only for what the rule has not let go yet. */
  replaced(what: string, start: number, end: number, text: string): void;
  /** Ends the answer: throws. */
  blocked(what: string, code: FaultCode): never;
};

/** One rule's eye on one channel. */
export type Watch = {
  /**
   * More of the channel's text, which begins at offset `at`. Returns the offset before which the rule will change nothing any more: what
   * is left is held back. Never smaller than it was.
   */
  push(text: string, at: number, say: Say): number;
  /** Nothing follows for now: what is held will leave. A channel may go on after that. */
  end(at: number, say: Say): void;
};

export type OutputRule = {
  readonly name: string;
  readonly channels: ReadonlySet<Channel>;
  /** The rule ends answers or changes them, so parts that nothing reads (a provider's own fields) must not pass beside it. */
  readonly strict: boolean;
  watch(): Watch;
};
