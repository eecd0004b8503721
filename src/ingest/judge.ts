import { setImmediate as nextTurn } from "node:timers/promises";
import type { Finding } from "../domain/finding.ts";
import type { InjectionMode } from "../domain/guard-policy.ts";
import { passageText } from "../domain/passage-text.ts";
import type { PageStart } from "../domain/page.ts";
import { FLAG_ABOVE, QUARANTINE_ABOVE } from "../domain/quarantine.ts";
import { units } from "../retrieve/index.ts";
import { isDrawn, suspectChunk, suspectOf } from "./gates/suspect.ts";
import type { JudgedChunk, NewChunk } from "../store/chunks.ts";

/** What is looked for in every chunk, once. */
export type Detectors = {
  /** Changes whenever the same text may give something else: what was found under another one is looked for again at each call. */
  readonly rev: number;
  /** Ascending, without overlaps. */
  readonly find: (text: string) => readonly Finding[];
  /** How much a text looks like instructions to a model, from 0 to 1. */
  readonly scoreInjection: (text: string) => { readonly score: number };
};

/** Enough to find it by: whoever plants text in headings does not get it told at length. */
const HEADING_CHARS_MAX = 120;
/** Chunks after which other work gets its turn: a few milliseconds. */
const TURN_CHUNKS = 4;

export type Source = { readonly title: string; readonly filename: string; readonly mode: InjectionMode };

export type Judged<Chunk> = Chunk & { readonly judged: JudgedChunk };

/** Looks at chunks of a document. Rejects where a detector throws: what could not be looked at is not indexed. */
export async function judgeChunks<Chunk extends NewChunk>(
  detectors: Detectors,
  chunks: readonly Chunk[],
  source: Source,
): Promise<readonly Judged<Chunk>[]> {
  const judged: Judged<Chunk>[] = [];
  for (const [at, chunk] of chunks.entries()) {
    if (at % TURN_CHUNKS === TURN_CHUNKS - 1) await nextTurn();
    const injection = source.mode === "off" ? undefined : scoreOf(detectors, passageText({ ...source, ...chunk }));
    const isOrder = source.mode === "block" && injection !== undefined && injection > QUARANTINE_ABOVE;
    // Whatever the tenant's rules say of attacks: what is no text is in nobody's answer.
    const held = isOrder ? "injection" : await suspectChunk(chunk);
    const isOf = held === "garbled" || held === "encoded" ? isNoText(chunk) : (text: string) => scoreOf(detectors, text) > FLAG_ABOVE;
    const isTold = held !== undefined || (injection !== undefined && injection > FLAG_ABOVE);
    const flaggedPlaces = isTold ? await findPlaces(chunk, isOf) : undefined;
    judged.push({ ...chunk, judged: { injection, flaggedPlaces, findings: detectors.find(chunk.text), guardRev: detectors.rev, held } });
  }
  return judged;
}

/** A score that is no number would be above nothing. */
function scoreOf({ scoreInjection }: Detectors, text: string): number {
  const { score } = scoreInjection(text);
  if (!(score >= 0 && score <= 1)) throw new TypeError("a detector's score is not between 0 and 1");
  return score;
}

type Stretch = { readonly place: number | string | undefined; readonly text: string };

const isNoText =
  ({ pages }: NewChunk) =>
  async (text: string): Promise<boolean> =>
    (await suspectOf(text, isDrawn(pages))) !== undefined;

/** Where in a chunk stands what it is told for: what is so by itself, or all of it where only the whole is. */
async function findPlaces(
  chunk: NewChunk,
  isOf: (text: string) => boolean | Promise<boolean>,
): Promise<readonly (number | string)[] | undefined> {
  const stretches = chunk.pages === undefined ? sectionsOf(chunk) : pagesOf(chunk, chunk.pages);
  const own: Stretch[] = [];
  for (const stretch of stretches) if (await isOf(stretch.text)) own.push(stretch);
  const places = (own.length === 0 ? stretches : own).flatMap(({ place }) =>
    typeof place === "string" ? place.slice(0, HEADING_CHARS_MAX) : (place ?? []),
  );
  return places.length === 0 ? undefined : places;
}

const pagesOf = ({ text, start }: NewChunk, pages: readonly PageStart[]): readonly Stretch[] =>
  pages.map(({ page, name, offset }, at) => ({
    place: name ?? page,
    text: text.slice(offset - start, (pages[at + 1]?.offset ?? start + text.length) - start),
  }));

/** A heading goes with what stands under it. */
function sectionsOf({ text, headings }: NewChunk): readonly Stretch[] {
  const inside = units(text).filter(({ kind }) => kind === "heading");
  const first = { start: 0, title: headings.at(-1) };
  const starts = [first, ...inside.map(({ start, end }) => ({ start, title: text.slice(start, end).replace(/^#+\s*/, "") }))];
  return starts
    .map(({ start, title }, at) => ({ place: title, text: text.slice(start, starts[at + 1]?.start ?? text.length) }))
    .filter((stretch) => stretch.text !== "");
}
