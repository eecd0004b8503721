import { createLocator, intersect, measureSpans, unite, type Locate, type Span } from "./span.ts";

/** A question, and the exact words of one document that answer it. */
export type SpanQuestion = {
  readonly id: string;
  readonly text: string;
  readonly document: string;
  readonly references: readonly string[];
};

/** A passage that was found: its text, and the name of its document. */
export type FoundText = { readonly document: string; readonly text: string };

export type SpanScore = {
  /** Of what answers, how much was found. */
  readonly recall: number;
  /** Of what was found, how much answers. */
  readonly precision: number;
  /** Of the union of both, how much is in both. */
  readonly overlap: number;
};

/** A document's text, ready to be searched and measured. */
export type Source = { readonly locate: Locate; readonly sizeOf: (span: Span) => number; readonly count: (text: string) => number };

/** `countWords`: how long a text is, in whatever unit scores are to be in (tokens). */
export function createSource(text: string, countWords: (text: string) => number): Source {
  return { locate: createLocator(text), sizeOf: ([start, end]) => countWords(text.slice(start, end)), count: countWords };
}

/**
 * Token-wise recall, precision and intersection over union of passages against the exact words that answer (Smith and Troynikov,
 * "Evaluating Chunking Strategies for Retrieval", 2024). Passages of other documents, and such as stand nowhere in their document, count as
 * found in vain; what is found twice counts once for recall, and each time for precision.
 */
export function scoreSpans(
  question: SpanQuestion,
  found: readonly FoundText[],
  sources: ReadonlyMap<string, Source>,
): SpanScore | undefined {
  const source = sources.get(question.document);
  if (source === undefined) return undefined;
  const wanted = unite(question.references.flatMap((text) => present(source.locate(text))));
  const wantedSize = measureSpans(wanted, source.sizeOf);
  if (wantedSize === 0) return undefined;
  const spans = found.map(({ document, text }) => ({ own: document === question.document, text, span: source.locate(text) }));
  const hits = unite(spans.flatMap(({ own, span }) => (own ? present(span) : [])));
  const hitSize = measureSpans(intersect(wanted, hits), source.sizeOf);
  const foundSize = spans.reduce((sum, { text }) => sum + source.count(text), 0);
  return {
    recall: hitSize / wantedSize,
    precision: foundSize === 0 ? 0 : Math.min(1, hitSize / foundSize),
    overlap: hitSize / Math.max(1e-9, foundSize + wantedSize - hitSize),
  };
}

const present = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);
