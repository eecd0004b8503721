import type { Passage } from "../../domain/chat.ts";
import { toCandidates } from "./candidates.ts";
import type { Language } from "./language.ts";
import type { SameWords } from "./same-words.ts";
import { readQuestion, scoreCandidates } from "./score.ts";
import { selectSentences } from "./select.ts";

/** A sentence of the documents, and the index of the passage that it is from. */
export type Quoted = { readonly text: string; readonly passage: number };

/** The sentences that answer a question, at most four; none where the passages do not hold the answer. */
export function findAnswer(question: string, passages: readonly Passage[], language: Language, words: SameWords): readonly Quoted[] {
  const candidates = toCandidates(passages, language);
  const read = readQuestion(question, language.terms, candidates, words);
  if (read.focus === undefined || candidates.length === 0) return [];
  const scored = scoreCandidates(
    read,
    candidates,
    passages.map((passage) => passage.score),
    words,
  );
  return selectSentences(scored, read.focus).map(({ candidate }) => ({ text: candidate.text, passage: candidate.passage }));
}
