/**
 * Fits the weights of the name tagger and writes them to src/guard/pii/names/data/weights.txt: `bun tools/train-names.ts [--rounds 24]
 * [--copies 12] [--seed 1] [--out FILE]`. Learns from templates of its own filled with names of the lists, and, where ../shared/data is
 * there, from half of the templates of the labelled sentences and from ordinary prose. The same seed gives the same weights;
 * bench/guard-names.ts says how they do on what they did not learn from.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  FAMILY_SHIFT,
  familyOf,
  GIVEN_SHIFT,
  givenOf,
  IN_ORGANISATION,
  IN_PLACE,
  ORDINARY_MASK,
  ordinaryOf,
  PLACE_SHIFT,
  placeOf,
} from "../src/guard/pii/names/attributes.ts";
import { startsSentence } from "../src/guard/pii/names/features.ts";
import { SHAPE_LOWER, SHAPE_TITLE, TOKENS_MAX, type Tokens } from "../src/guard/pii/names/tokens.ts";
import { createDice } from "./names/dice.ts";
import { createFill, type Example, type Span } from "./names/fill.ts";
import { capital, createInvent } from "./names/invent.ts";
import { createLearner } from "./names/learner.ts";
import { createTextReader, labelTokens } from "./names/read-text.ts";
import { hasSharedData, isTrainingTemplate, readLabelled, readOrdinaryTraining } from "./names/public-data.ts";
import { splice } from "./names/splice.ts";
import { DATA, readWordList } from "./names/word-lists.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "24" },
    copies: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: join(DATA, "weights.txt") },
  },
});
const dice = createDice(Number(values.seed));
const reader = createTextReader();
const { tokens } = reader;
const fill = createFill(dice);
const invent = createInvent(dice);
const learner = createLearner(dice);
const truth = new Uint8Array(TOKENS_MAX);

const TEMPLATES = join(import.meta.dirname, "names/templates");
const templates = readdirSync(TEMPLATES).flatMap((file) =>
  readFileSync(join(TEMPLATES, file), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((text) => ({ text, language: file.replace(".txt", "") })),
);

/** How often a piece of prose is learned from with names put into it as well. */
const SPLICED = 0.7;

const SALADS = 3_000;

const NAME_BITS = (3 << GIVEN_SHIFT) | (3 << FAMILY_SHIFT) | (3 << PLACE_SHIFT) | IN_PLACE | IN_ORGANISATION;

/** Forgets some of the words, so that the model learns to do without the lists: names of no list, and words of no list. */
function forget(read: Tokens): void {
  const share = dice.chance(0.3) ? 0.6 : 0.12;
  for (let at = 0; at < read.count; at++) {
    const own = read.attributes[at] ?? 0;
    if ((truth[at] ?? 0) > 0 && dice.chance(share)) read.attributes[at] = own & ~NAME_BITS;
    else if (truth[at] === 0 && (own & NAME_BITS) === 0 && dice.chance(startsSentence(read.gap[at] ?? 0) ? 0.12 : 0.04)) {
      read.attributes[at] = own & ~ORDINARY_MASK;
    }
  }
}

/** Gives ordinary words a capital: headings have them, and so have Terms of Contracts. */
function capitalise(read: Tokens): void {
  const form = dice.next();
  const share = form < 0.04 ? 1 : form < 0.25 ? 0.1 : 0;
  if (share === 0) return;
  for (let at = 0; at < read.count; at++) {
    const isPlain = truth[at] === 0 && read.shape[at] === SHAPE_LOWER && ((read.attributes[at] ?? 0) & NAME_BITS) === 0;
    if (isPlain && ordinaryOf(read.attributes[at] ?? 0) < 7 && dice.chance(share)) read.shape[at] = SHAPE_TITLE;
  }
}

/** Small letters, small letters but at the start of sentences, capitals: a third of what people write to a machine has no capitals. */
function recase(text: string, spans: readonly Span[]): string {
  const form = dice.next();
  let other = text;
  if (form < 0.28) other = text.toLowerCase();
  else if (form < 0.4) other = text.toLowerCase().replaceAll(/(?:^|[.!?\n]\s*)\p{Ll}|\bi\b/gu, (start) => start.toUpperCase());
  else if (form < 0.44) other = text.toUpperCase();
  else {
    for (const { start, end } of spans) {
      if (dice.chance(0.06)) other = other.slice(0, start) + other.slice(start, end).toLowerCase() + other.slice(end);
    }
  }
  // A letter that becomes two would move the spans.
  return other.length === text.length ? other : text;
}

function learn({ text, spans }: Example, weight: number): void {
  const shown = recase(text, spans);
  reader.read(shown, (read) => {
    labelTokens(read, spans, truth);
    forget(read);
    capitalise(read);
  });
  learner.learn(shown, tokens, truth, weight);
}

/** Ordinary prose in pieces; where names may be in it, only pieces without any word that the lists know as one. */
function* pieces(texts: readonly string[], named: boolean): Generator<string> {
  for (const text of texts) {
    for (const piece of text.length < 300 && !named ? [text] : text.split(/(?<=[.!?])\s+|\n\n+/u)) {
      if (piece.length < 8 || piece.length > 1_500) continue;
      if (!named || isWithoutNames(piece)) yield piece;
    }
  }
}

function isWithoutNames(piece: string): boolean {
  reader.read(piece);
  for (let at = 0; at < tokens.count; at++) {
    const own = tokens.attributes[at] ?? 0;
    const strong = Math.max(givenOf(own), familyOf(own), placeOf(own)) >= 2 && ordinaryOf(own) < 5;
    if ((tokens.shape[at] !== SHAPE_LOWER && strong) || (own & (IN_PLACE | IN_ORGANISATION)) !== 0) return false;
  }
  return true;
}

const labelled = hasSharedData() ? readLabelled().filter(({ template }) => isTrainingTemplate(template)) : [];
const prose: string[] = [];
if (hasSharedData()) {
  const { clean, named } = readOrdinaryTraining();
  prose.push(...pieces(clean, false), ...pieces(named, true));
} else console.log("no ../shared/data: learning from templates alone");
console.log(`${templates.length} templates, ${labelled.length} labelled sentences, ${prose.length} pieces of ordinary prose`);

const ordinary = readWordList("ordinary");

/** Ordinary words of all languages in a row, some with a capital: what their beginnings and ends look like. */
function salad(): string {
  const words: string[] = [];
  const capitals = dice.pick([0, 0.2, 1]);
  for (let size = 3 + dice.integer(8); size > 0; size--) {
    const word = dice.pick(ordinary.get(2 + dice.integer(4)) ?? []);
    words.push(dice.chance(capitals) ? capital(word) : word);
  }
  return words.join(" ") + dice.pick([".", "", "?"]);
}

for (let round = 0; round < Number(values.rounds); round++) {
  const work: (() => void)[] = [];
  for (const { text, language } of templates) {
    const copies = language === "ordinary" ? 4 : Number(values.copies);
    for (let copy = 0; copy < copies; copy++) {
      work.push(() => {
        const first = fill(text, language === "hindi");
        if (!dice.chance(0.3)) return learn(first, 1);
        // Two sentences in a row, as texts are.
        const joint = first.text + dice.pick(["\n", " ", "\n\n"]);
        const second = fill(dice.pick(templates).text);
        const moved = second.spans.map((span) => ({ ...span, start: span.start + joint.length, end: span.end + joint.length }));
        return learn({ text: joint + second.text, spans: [...first.spans, ...moved] }, 1);
      });
    }
  }
  for (const example of labelled) work.push(() => learn(example, 1));
  for (let count = 0; count < SALADS; count++) work.push(() => learn({ text: salad(), spans: [] }, 1));
  for (const piece of prose) {
    if (dice.chance(0.5)) work.push(() => learn({ text: piece, spans: [] }, 1));
    if (dice.chance(SPLICED)) {
      work.push(() => {
        const example = splice(piece, invent, dice);
        if (example !== undefined) learn(example, 1);
      });
    }
  }
  for (let at = work.length - 1; at > 0; at--) {
    const other = dice.integer(at + 1);
    const task = work[at];
    const swapped = work[other];
    if (task !== undefined && swapped !== undefined) [work[at], work[other]] = [swapped, task];
  }
  const keepEvery = Math.ceil(work.length / 8);
  for (const [at, task] of work.entries()) {
    task();
    if (round >= Number(values.rounds) / 2 && at % keepEvery === 0) learner.keep();
  }
  console.log(`round ${round + 1}: ${work.length} texts, loss ${learner.loss().toFixed(4)}`);
}
const weights = learner.weights();
writeFileSync(values.out, Buffer.from(weights.buffer, weights.byteOffset, weights.length).toString("base64"));
console.log(`${weights.length} weights, ${weights.filter((weight) => weight !== 0).length} not 0`);
