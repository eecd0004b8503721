import { CONTEXT_LINES } from "./context-words.ts";
import { IDENTITY_LINES } from "./identity-words.ts";
import type { LexiconLine } from "./lexicon.ts";

export const LEXICON_LINES: readonly LexiconLine[] = [...CONTEXT_LINES, ...IDENTITY_LINES];
