import type { Passage } from "../domain/chat.ts";
import { terms } from "./terms.ts";

/** Of the passages of an answer to such a question, at most a third come from one document. */
const DOCUMENT_SHARE = 3;
/** Passages to choose from, for each one wanted. */
export const DIVERSE_POOL = 3;
/** How much a passage that says what others say already falls behind: half of its own place. */
const SAMENESS = 0.5;

const synthesis = [
  /\b(?:compare|comparison|contrast|versus|vs\.?|differ(?:s|ences?|ent)? between|differences?|similarit\w+|in common|summari[sz]e|summary|overview|across|pros and cons|trade-?offs?|list (?:all|every|the)|all (?:the )?(?:documents|policies|rules|contracts|reports|kinds|types)|every (?:document|policy|contract|report)|each (?:of|document|policy|contract)|what are (?:all|the different)|survey)\b/i,
  /\b(?:vergleich\p{L}*|unterschied\p{L}*|gegenüber(?:stell\p{L}*)|zusammenfass\p{L}*|fasse? .{0,60}zusammen|überblick|übersicht|gemeinsamkeit\p{L}*|alle (?:dokumente|richtlinien|regeln|verträge)|liste .{0,40}auf)/iu,
  /\b(?:compar(?:er|ez|e|aison)|différences?|résum\p{L}*|synthèse|aperçu|vue d['’]ensemble|tous les (?:documents|contrats)|toutes les (?:règles|politiques)|listez?)/iu,
  /\b(?:compar(?:a|ar|e|ación)|diferencias?|resum\p{L}*|visión general|todos los (?:documentos|contratos)|todas las (?:reglas|políticas)|enumera)/iu,
  /\b(?:confront\p{L}*|differenz\p{L}*|riassum\p{L}*|panoramica|tutti i (?:documenti|contratti)|tutte le (?:regole|politiche)|elenca)/iu,
  /\b(?:compar(?:e|ar|ação)|diferenças?|resum\p{L}*|visão geral|todos os (?:documentos|contratos)|todas as (?:regras|políticas)|liste)/iu,
  /\b(?:vergelijk\p{L}*|verschil\p{L}*|samenvat\p{L}*|overzicht|alle (?:documenten|regels)|jämför\p{L}*|skillnad\p{L}*|sammanfatt\p{L}*|översikt|alla (?:dokument|regler)|sammenlign\p{L}*|forskel\p{L}*|opsummer\p{L}*)/iu,
  /(?:сравни|сравнение|различи|разниц|обзор|обобщ|перечисли|все (?:документы|правила|договоры))/iu,
  /(?:比較|違い|まとめ|要約|概要|一覧|すべての|比较|区别|总结|概述|所有|비교|차이|요약|모든)/u,
];
/** What is longer is a text and no question. */
const QUESTION_CHARS_MAX = 600;

/** Whether a question is to be answered from several documents: it compares, sums up, or asks for all there is. */
export function asksForSynthesis(query: string): boolean {
  const text = query.slice(-QUESTION_CHARS_MAX);
  return synthesis.some((pattern) => pattern.test(text));
}

/**
 * Of passages in their order, so many that do not all come from one document nor say the same: each next one is the best by its rank, less what
 * those before it say already. Where other documents have nothing more, the places go to the first ones all the same.
 */
export function diversify(passages: readonly Passage[], limit: number): readonly Passage[] {
  const ownMax = Math.ceil(limit / DOCUMENT_SHARE);
  const words = passages.map(({ text }) => new Set(terms(text)));
  /** `same`: how much of a passage one of the chosen says already. */
  const left = passages.map((passage, at) => ({ passage, at, same: 0 }));
  const chosen: number[] = [];
  const counts = new Map<string, number>();
  const hasRoom = ({ fileId }: Passage): boolean => (counts.get(fileId) ?? 0) < ownMax;
  const valueOf = ({ at, same }: { readonly at: number; readonly same: number }): number => (1 - SAMENESS * same) / (1 + at / limit);
  while (chosen.length < Math.min(limit, passages.length)) {
    const others = left.filter(({ passage }) => hasRoom(passage));
    const best = (others.length > 0 ? others : left).reduce((one, other) => (valueOf(other) > valueOf(one) ? other : one));
    chosen.push(best.at);
    counts.set(best.passage.fileId, (counts.get(best.passage.fileId) ?? 0) + 1);
    left.splice(left.indexOf(best), 1);
    for (const one of left) one.same = Math.max(one.same, overlap(words[one.at], words[best.at]));
  }
  return chosen.toSorted((one, other) => one - other).flatMap((at) => passages[at] ?? []);
}

function overlap(one: ReadonlySet<string> | undefined, other: ReadonlySet<string> | undefined): number {
  if (one === undefined || other === undefined || one.size === 0 || other.size === 0) return 0;
  let shared = 0;
  for (const term of one) if (other.has(term)) shared++;
  return shared / Math.min(one.size, other.size);
}
