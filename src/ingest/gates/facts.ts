import type { PrepareOutcome } from "../prepare.ts";
import type { PrepareApart } from "../prepare-apart.ts";

/**
 * What the gates saw of one file, as counts under fixed words: rates of these over time tell that a source has begun to send something else. `documents`:
 * `all`, `untitled`, `no_language`, `refused_reader`, `refused_door`, `refused_contract`. `chunks`: `all`, `short`, `copy`, `no_heading`, `suspect`.
 */
export type GateFacts = { readonly documents: Readonly<Record<string, number>>; readonly chunks: Readonly<Record<string, number>> };

const one = (is: boolean): number => (is ? 1 : 0);

export function factsOf(outcome: PrepareOutcome): GateFacts {
  if (!outcome.ok) return { documents: { all: 1, [`refused_${outcome.gate ?? "reader"}`]: 1 }, chunks: {} };
  const { figures, isUntitled, languages } = outcome.prepared;
  return {
    documents: { all: 1, untitled: one(isUntitled), no_language: one(languages.length === 0) },
    chunks: {
      all: figures.chunks,
      short: figures.short,
      copy: figures.copies,
      no_heading: figures.withoutHeadings,
      suspect: figures.suspect,
    },
  };
}

/** The same, with what the gates saw told. */
export function tellingGates(prepare: PrepareApart["prepare"], tell: ((facts: GateFacts) => void) | undefined): PrepareApart["prepare"] {
  return async (...asked) => {
    const outcome = await prepare(...asked);
    tell?.(factsOf(outcome));
    return outcome;
  };
}
