import type { Finding, FindingType } from "../../domain/finding.ts";
import { foldText, type FoldedText } from "./fold-text.ts";
import { createLexicon } from "./lexicon.ts";
import { resolveOverlaps } from "./resolve.ts";
import { createRules } from "./rules.ts";
import { createScan, releaseScan, scanText } from "./scan.ts";
import { LEXICON_LINES } from "./lexicon-lines.ts";

/** Looks at the text as it was given, and adds findings with offsets in it. */
export type ExtraRule = (text: string, out: Finding[]) => void;

export type PiiFinderOptions = {
  /** Types to report. Default: all. */
  readonly types?: ReadonlySet<FindingType>;
  /** Countries (ISO 3166, two letters) whose national phone formats are known without a country code. */
  readonly phoneRegions?: readonly string[];
  /** Findings below it are dropped, 0 to 1. Lower: more is masked, ordinary numbers among it. */
  readonly scoreMin?: number;
  readonly extraRules?: readonly ExtraRule[];
};

export type PiiFinder = {
  /** Sorted, non-overlapping. Pure; linear in the text's length; never throws on any UTF-16. */
  readonly find: (text: string) => readonly Finding[];
};

/** Certain by construction, or likely beside its context word; a plain shape alone scores less. */
export const SCORE_MIN = 0.5;
/** Together most of the languages that are supported; other countries' numbers are found by their country code. */
export const PHONE_REGIONS: readonly string[] = [
  "US",
  "GB",
  "DE",
  "FR",
  "ES",
  "IT",
  "PT",
  "BR",
  "NL",
  "PL",
  "JP",
  "IN",
  "CH",
  "AT",
  "BE",
  "AU",
  "MX",
];

/** Finds structured personal data and secrets, and what `extraRules` find. */
export function createPiiFinder(options: PiiFinderOptions = {}): PiiFinder {
  const { types, scoreMin = SCORE_MIN, extraRules = [], phoneRegions = PHONE_REGIONS } = options;
  const rules = createRules({ phoneRegions }).filter((rule) => types === undefined || rule.types.some((type) => types.has(type)));
  const lexicon = createLexicon(LEXICON_LINES);
  const scan = createScan();
  const isWanted = (finding: Finding): boolean => finding.score >= scoreMin && (types === undefined || types.has(finding.type));

  const findStructured = (text: string, out: Finding[]): void => {
    scanText(scan, text, lexicon);
    let toOriginal: FoldedText["toOriginal"];
    if (scan.folds) {
      const folded = foldText(text);
      toOriginal = folded.toOriginal;
      scanText(scan, folded.text, lexicon);
    }
    for (const rule of rules) rule.run(scan, out);
    if (toOriginal !== undefined) {
      for (const [i, finding] of out.entries()) out[i] = { ...finding, start: toOriginal(finding.start), end: toOriginal(finding.end) };
    }
    releaseScan(scan);
  };

  return {
    find: (text) => {
      const out: Finding[] = [];
      findStructured(text, out);
      for (const rule of extraRules) rule(text, out);
      return resolveOverlaps(out.filter(isWanted));
    },
  };
}
