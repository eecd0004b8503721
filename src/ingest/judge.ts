import { setImmediate as nextTurn } from "node:timers/promises";
import type { Finding } from "../domain/finding.ts";
import type { InjectionMode } from "../domain/guard-policy.ts";
import { passageText } from "../domain/passage-text.ts";
import { FLAG_ABOVE, QUARANTINE_ABOVE } from "../domain/quarantine.ts";
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
    const held = source.mode === "block" && injection !== undefined && injection > QUARANTINE_ABOVE;
    const flaggedPages = injection !== undefined && injection > FLAG_ABOVE ? findPages(detectors, chunk) : undefined;
    judged.push({ ...chunk, judged: { injection, flaggedPages, findings: detectors.find(chunk.text), guardRev: detectors.rev, held } });
  }
  return judged;
}

/** A score that is no number would be above nothing. */
function scoreOf({ scoreInjection }: Detectors, text: string): number {
  const { score } = scoreInjection(text);
  if (!(score >= 0 && score <= 1)) throw new TypeError("a detector's score is not between 0 and 1");
  return score;
}

/** Of a chunk that looks like an attack, the pages that do so by themselves; all of them where only the whole does. */
function findPages(detectors: Detectors, { text, start, pages }: NewChunk): readonly number[] | undefined {
  const own = pages?.filter(({ offset }, at) => {
    const to = pages[at + 1]?.offset ?? start + text.length;
    return scoreOf(detectors, text.slice(offset - start, to - start)) > FLAG_ABOVE;
  });
  return (own?.length === 0 ? pages : own)?.map(({ page }) => page);
}
