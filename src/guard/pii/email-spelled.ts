import type { Finding } from "../../domain/finding.ts";
import { isNear } from "./context.ts";
import { hashWord } from "./lexicon.ts";
import type { PiiRule } from "./rule.ts";
import type { Scan } from "./scan.ts";
import { EMAIL } from "./topics.ts";

const hashes = (words: string): ReadonlySet<number> => new Set(words.split(" ").map(hashWord));

const AT_WORDS = hashes("at arroba chiocciola apenstaartje małpa klammeraffe arobase");
const DOT_WORDS = hashes("dot punkt point punto ponto kropka punt");
/** "jo underscore doe", "jo dash doe": other marks that are read out. */
const MARK_WORDS = hashes(
  "underscore dash hyphen minus plus unterstrich bindestrich tiret soulignement guion trattino sottolineato underline podkreślnik myślnik",
);
const TOP_LEVELS = hashes("com org net edu gov io co uk de fr es it pt br nl pl jp in ch at be eu info dev app ai us ca au me biz");
/** Words that stand before a place, not before a domain: "meet us at example dot com". */
const NOT_NAMES = hashes(
  "me us him her them it is are was available online found look live work works here visit site website page reach hosted people",
);

/** Between the parts: a space, or a bracket, as in `jo [at] example [dot] com`. */
const GAP_MAX = 3;

const gap = (scan: Scan, token: number): number => (scan.start[token] ?? 0) - (scan.end[token - 1] ?? 0);
const isBracketed = (scan: Scan, token: number): boolean => {
  const before = scan.text.charCodeAt((scan.start[token] ?? 0) - 1);
  return before === 40 || before === 91 || before === 123 || before === 60;
};

/** The token before the domain's first label that is an "at", walking back over "label dot label"; -1: none. */
function atBefore(scan: Scan, dot: number): number {
  for (let label = dot - 1; label >= 2 && dot - label < 6; label -= 2) {
    if (gap(scan, label) > GAP_MAX || gap(scan, label + 1) > GAP_MAX) return -1;
    const before = scan.hashes[label - 1] ?? 0;
    if (AT_WORDS.has(before)) return label - 1;
    if (!DOT_WORDS.has(before) && scan.text.charCodeAt((scan.start[label] ?? 0) - 1) !== 46) return -1;
    if (scan.text.charCodeAt((scan.start[label] ?? 0) - 1) === 46) label++;
  }
  return -1;
}

const isReadMark = (hash: number): boolean => DOT_WORDS.has(hash) || MARK_WORDS.has(hash);

/** How far the part before the "at" reaches: `jo.doe`, `jo dot doe`, `jo_doe`. */
function localFirst(scan: Scan, at: number): number {
  let first = at - 1;
  for (let steps = 0; steps < 3 && first > 0; steps++) {
    const before = scan.text.charCodeAt((scan.start[first] ?? 0) - 1);
    const isJoined = gap(scan, first) === 1 && (before === 46 || before === 95 || before === 45 || before === 43);
    if (isJoined) first--;
    else if (first > 1 && isReadMark(scan.hashes[first - 1] ?? 0) && gap(scan, first) <= GAP_MAX && gap(scan, first - 1) <= GAP_MAX)
      first -= 2;
    else break;
  }
  return first;
}

/** Addresses written so that machines should not read them. Without brackets only beside a word about writing to somebody. */
export function createSpelledEmailRule(): PiiRule {
  return {
    name: "email-spelled",
    types: ["EMAIL"],
    run: (scan, out: Finding[]) => {
      for (let dot = 3; dot + 1 < scan.tokens; dot++) {
        if (!DOT_WORDS.has(scan.hashes[dot] ?? 0) || !TOP_LEVELS.has(scan.hashes[dot + 1] ?? 0) || gap(scan, dot + 1) > GAP_MAX) continue;
        const at = atBefore(scan, dot);
        if (at < 1 || gap(scan, at) > GAP_MAX || NOT_NAMES.has(scan.hashes[at - 1] ?? 0)) continue;
        const start = scan.start[localFirst(scan, at)] ?? 0;
        const end = scan.end[dot + 1] ?? 0;
        const bracketed = isBracketed(scan, at) || isBracketed(scan, dot);
        const isReadOut = isReadMark(scan.hashes[at - 2] ?? 0) && gap(scan, at - 1) <= GAP_MAX;
        if (bracketed || isReadOut || isNear(scan, EMAIL, start, end)) {
          out.push({ type: "EMAIL", start, end, score: bracketed ? 0.9 : 0.75, reason: "shape:email-spelled" });
        }
      }
    },
  };
}
