import type { PhraseClass } from "./phrases.ts";

/** Kinds of phrases one after another, and how many words may lie between two of them. */
export type Sequence = { readonly kinds: readonly PhraseClass[]; readonly gap: number };

/** What a signal speaks for. It bounds its weight: a sign of an attack never speaks against one, however the data fell. */
export type Leaning = "attack" | "ordinary" | "either";

export type Signal = { readonly leaning: Leaning; readonly sequences: readonly Sequence[] };
