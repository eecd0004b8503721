import { markCode } from "../../src/guard/pii/names/code-lines.ts";
import { createLexicon, type Lexicon } from "../../src/guard/pii/names/lexicon.ts";
import { markPhrases, settleCase } from "../../src/guard/pii/names/prepare.ts";
import { tokenise } from "../../src/guard/pii/names/tokenise.ts";
import { createTokens, type Tokens } from "../../src/guard/pii/names/tokens.ts";
import type { Span } from "./fill.ts";
import { DATA } from "./word-lists.ts";

/** Reads texts as the tagger does, up to where the model is asked. The tokens are those of the last text. */
export type TextReader = {
  readonly lexicon: Lexicon;
  readonly tokens: Tokens;
  /** `change` may alter what is known of the words before phrases are looked for. */
  readonly read: (text: string, change?: (tokens: Tokens) => void) => void;
};

export function createTextReader(): TextReader {
  const lexicon = createLexicon(DATA);
  const tokens = createTokens();
  return {
    lexicon,
    tokens,
    read: (text, change) => {
      tokenise(text, 0, tokens, lexicon);
      markCode(text, tokens);
      settleCase(tokens);
      markPhrases(tokens, lexicon);
      change?.(tokens);
    },
  };
}

/** Writes the label of each word, 0 outside of all spans. */
export function labelTokens(tokens: Tokens, spans: readonly Span[], into: Uint8Array): void {
  let at = 0;
  for (let word = 0; word < tokens.count; word++) {
    let span = spans[at];
    while (span !== undefined && span.end <= (tokens.start[word] ?? 0)) span = spans[++at];
    into[word] = span !== undefined && span.start < (tokens.end[word] ?? 0) ? span.label : 0;
  }
}
