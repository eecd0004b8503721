import type { Message } from "../../domain/chat.ts";

/** A sentence, heading, list item, table row or line of code, as a span of UTF-16 positions. */
export type TextUnit = {
  readonly kind: "heading" | "row" | "item" | "sentence" | "code";
  readonly start: number;
  readonly end: number;
  /** 1 to 6 for headings, else 0. */
  readonly level: number;
  /** Nothing of the same paragraph follows. */
  readonly closes: boolean;
};

/** How text is read here: the retriever's own ways, so that both mean the same by a word. */
export type Language = {
  /** Stems of the words that say something, in order; in English where no language is named. */
  terms(text: string, code?: string): string[];
  /** The language (ISO 639-1) that a question is asked in; undefined where it cannot be told. */
  spoken?(question: string): string | undefined;
  units(text: string): readonly TextUnit[];
  countTokens(text: string): number;
  /** What the user asks, the turn before included where the last one leans on it. */
  toQuery(messages: readonly Message[]): string;
};
