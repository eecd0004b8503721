/**
 * The check of citations on statements that are made by program from texts that nobody looked at while its rules were written: `bun bench/citations.ts`.
 * Of each of some hundred sentences of five corpora: the sentence itself, shortened, and reworded, with the passage that it stands in (supported); the
 * same with a number changed, a name changed, denied, and with another passage of the same document (not supported).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testPassage } from "../src/domain/testing.ts";
import { SAME_WORDS } from "../src/domain/same-words.ts";
import { readPassage } from "../src/retrieve/support/read-passage.ts";
import { findSupport } from "../src/retrieve/support/support.ts";
import { terms } from "../src/retrieve/terms.ts";
import { units } from "../src/retrieve/units.ts";
import { createDice } from "../test/documents/dice.ts";
import { DATA } from "./knowledge/corpus.ts";

const CORPORA = ["state_of_the_union", "wikitexts", "pubmed", "chatlogs", "finance"] as const;
const PER_CORPUS = 120;
const PASSAGE_CHARS = 1_500;
const dice = createDice(20_261_126);
const show = process.argv.includes("misses");

type Made = { readonly kind: string; readonly supported: boolean; readonly statement: string; readonly passage: string };

const same = SAME_WORDS.trim()
  .split("\n")
  .map((line) => line.split(" "));
const denied: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was|were|has|have|had|will|would|can|could|should|must|may|does|do|did) (?!not\b)/, "$1 not "],
];

/** Words for others, and what stands before a comma put last. */
function reword(sentence: string): string {
  const words = sentence.replace(/[A-Za-z]+/g, (word) => {
    const group = same.find((one) => one.includes(word.toLowerCase()));
    return group === undefined ? word : (group.find((other) => other !== word.toLowerCase()) ?? word);
  });
  const [, lead, rest] = /^([A-Z][^,.;]{8,60}), ([a-z].+?)[.!?]?$/.exec(words) ?? [];
  return lead === undefined || rest === undefined
    ? words
    : `${rest.charAt(0).toUpperCase()}${rest.slice(1)} ${lead.charAt(0).toLowerCase()}${lead.slice(1)}.`;
}

/** Without what stands in brackets and behind the last comma. */
function shorten(sentence: string): string | undefined {
  const plain = sentence.replace(/\s*\([^()]*\)/g, "");
  const comma = plain.lastIndexOf(", ");
  const short = comma > plain.length / 2 && !/^\d|^and |^or /.test(plain.slice(comma + 2)) ? `${plain.slice(0, comma)}.` : plain;
  return short === sentence ? undefined : short;
}

const changeNumber = (sentence: string): string | undefined => {
  const found = [...sentence.matchAll(/(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])/g)].at(0);
  if (found === undefined) return undefined;
  const digits = found[0].replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1 + dice.below(8)) % 10));
  return digits === found[0] ? undefined : `${sentence.slice(0, found.index)}${digits}${sentence.slice(found.index + found[0].length)}`;
};
const nameOf = (text: string): RegExpExecArray | null => /(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+/.exec(text);

function make(corpus: string): readonly Made[] {
  const text = readFileSync(join(DATA, "chunking-eval", "corpora", `${corpus}.md`), "utf8").slice(0, 400_000);
  const passages: string[] = [];
  for (let start = 0; start < text.length; start += PASSAGE_CHARS) passages.push(text.slice(start, start + PASSAGE_CHARS));
  const made: Made[] = [];
  for (let tries = 0, taken = 0; tries < 20_000 && taken < PER_CORPUS; tries++) {
    const at = dice.below(passages.length - 3);
    const passage = passages[at] ?? "";
    const all = units(passage).filter(({ kind }) => kind === "sentence");
    const unit = all[1 + dice.below(Math.max(1, all.length - 2))];
    const sentence = unit === undefined ? "" : passage.slice(unit.start, unit.end).replace(/\s+/g, " ");
    if (!/^[A-Z"“]/.test(sentence) || !/[.!?]["”]?$/.test(sentence) || terms(sentence).length < 6 || sentence.length > 400) continue;
    taken++;
    const add = (kind: string, supported: boolean, statement: string | undefined, against = passage): void => {
      if (statement !== undefined && statement !== sentence) made.push({ kind, supported, statement, passage: against });
    };
    made.push({ kind: "the sentence itself", supported: true, statement: sentence, passage });
    add("shortened", true, shorten(sentence));
    add("reworded", true, reword(sentence));
    add("number changed", false, changeNumber(sentence));
    const other = nameOf(passages[(at + 7) % passages.length] ?? "")?.[0];
    const own = nameOf(sentence)?.[0];
    if (own !== undefined && other !== undefined && own !== other && !passage.includes(other))
      add("name changed", false, sentence.replace(own, other));
    const [pattern, by] = denied[0] ?? [/$^/, ""];
    if (pattern.test(sentence) && !/\bnot\b|n't|\bno\b|\bnever\b/.test(sentence)) add("denied", false, sentence.replace(pattern, by));
    made.push({ kind: "another passage", supported: false, statement: sentence, passage: passages[(at + 2) % passages.length] ?? "" });
  }
  return made;
}

const kinds = new Map<string, { right: number; all: number; supported: boolean }>();
const [ms, counts] = [{ total: 0 }, { kept: 0, keptRight: 0, removed: 0, removedRight: 0, supported: 0, unsupported: 0 }];
for (const corpus of CORPORA)
  for (const { kind, supported, statement, passage } of make(corpus)) {
    const startedMs = performance.now();
    const { why, score } = findSupport(
      { statement, said: new Set(), strict: false },
      readPassage(testPassage({ text: passage, title: corpus })),
    );
    ms.total += performance.now() - startedMs;
    const isKept = why === undefined;
    const count = kinds.get(kind) ?? { right: 0, all: 0, supported };
    kinds.set(kind, { ...count, all: count.all + 1, right: count.right + Number(isKept === supported) });
    counts[supported ? "supported" : "unsupported"]++;
    counts[isKept ? "kept" : "removed"]++;
    if (isKept && supported) counts.keptRight++;
    if (!isKept && !supported) counts.removedRight++;
    if (show && isKept !== supported) console.log(`${kind} | ${why ?? "kept"} ${score.toFixed(2)} | ${statement}`);
  }
for (const [kind, { right, all, supported }] of kinds)
  console.log(`${kind.padEnd(22)} ${supported ? "kept" : "removed"} ${right} of ${all}, ${((100 * right) / all).toFixed(1)} %`);
const share = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`;
console.log(
  `supported kept ${share(counts.keptRight, counts.supported)}; of the kept, supported ${share(counts.keptRight, counts.kept)}; ` +
    `unsupported removed ${share(counts.removedRight, counts.unsupported)}; of the removed, unsupported ${share(counts.removedRight, counts.removed)}; ` +
    `${(ms.total / (counts.kept + counts.removed)).toFixed(2)} ms a statement with its passage`,
);
