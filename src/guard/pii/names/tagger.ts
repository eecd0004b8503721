import { join } from "node:path";
import type { Finding } from "../../../domain/finding.ts";
import { markAddresses } from "./address.ts";
import { markCode } from "./code-lines.ts";
import { createJapaneseTagger, type JapaneseTagger } from "./japanese.ts";
import { createLexicon, type Lexicon } from "./lexicon.ts";
import { createModel, readWeights, type Model } from "./model.ts";
import { markPhrases, settleCase } from "./prepare.ts";
import { addSpans } from "./spans.ts";
import { spreadNames } from "./spread.ts";
import { markTitled } from "./titled.ts";
import { tokenise } from "./tokenise.ts";
import { createTokens, GAP_PERIOD, TOKENS_MAX, type Tokens } from "./tokens.ts";

const DATA = join(import.meta.dirname, "data");

/** How many words before the end of a full stretch a sentence's end is looked for, to cut there. */
const CUT_WORDS = 512;

/** Where to cut a stretch that the arrays could not hold whole: at the last sentence or line, so that no name is cut. */
function cutOf(tokens: Tokens): number {
  for (let at = tokens.count - 1; at > tokens.count - CUT_WORDS; at--) if ((tokens.gap[at] ?? 0) >= GAP_PERIOD) return at;
  return tokens.count - 1;
}

/**
 * Finds names of persons (`PERSON`), places (`LOCATION`), organisations (`ORGANISATION`) and postal addresses (`ADDRESS`), and adds them
 * to `out`. Within one call, findings are in order and do not overlap. Time is linear in the text; memory does not grow with it.
 */
export type NameTagger = (text: string, out: Finding[]) => void;

type Parts = { readonly lexicon: Lexicon; readonly model: Model; readonly tokens: Tokens; readonly japanese: JapaneseTagger };

const readParts = (folder: string): Parts => ({
  lexicon: createLexicon(folder),
  model: createModel(readWeights(join(folder, "weights.txt"))),
  tokens: createTokens(),
  japanese: createJapaneseTagger(folder),
});

/** `folder` holds the lists and the weights. They are read at the first text, in about 50 ms, and kept: 8 MB. */
export function createNameTagger(folder: string = DATA): NameTagger {
  let parts: Parts | undefined;
  return (text, out) => {
    parts ??= readParts(folder);
    const { lexicon, model, tokens, japanese } = parts;
    const names = new Set<number>();
    for (let from = 0; from < text.length;) {
      let next = tokenise(text, from, tokens, lexicon);
      if (tokens.count === TOKENS_MAX) {
        tokens.count = cutOf(tokens);
        next = tokens.end[tokens.count - 1] ?? 0;
      }
      markCode(text, tokens);
      settleCase(tokens);
      markPhrases(tokens, lexicon);
      tokens.label.fill(0, 0, tokens.count);
      markAddresses(text, tokens);
      model.label(text, tokens);
      markTitled(tokens, model.scores);
      spreadNames(tokens, model.scores, names);
      const found: Finding[] = [];
      addSpans(tokens, model.scores, found);
      if (japanese(text, tokens, found)) found.sort((one, other) => one.start - other.start);
      for (const finding of found) out.push(finding);
      from = next;
    }
  };
}
