import { withoutMiddle } from "./query-ends.ts";
import { spokenLanguage } from "./languages/spoken.ts";
import { terms } from "./terms.ts";
import { countTokens } from "./tokens.ts";
import { units, type Unit } from "./units.ts";

/** What of a passage is to be left: a third to a half. */
const KEPT_SHARE = 0.45;
/** What is shorter is read as fast as it is cut. */
const COMPRESSED_TOKENS_MIN = 96;
/** Stands for what was left out, between sentences and on lines of its own. */
const GAP = "…";

type Span = { readonly start: number; readonly end: number };

/**
 * The parts of a text that are about a query: sentences that hold its words, rare ones before common ones, each with those beside it; headings
 * above them, and the first row of a table. In order, without overlaps, as positions in the text. The whole of it where it is short.
 */
export function selectSpans(text: string, query: string): readonly Span[] {
  const all = units(text);
  const tokens = all.map(({ start, end }) => countTokens(text.slice(start, end)));
  const total = tokens.reduce((sum, one) => sum + one, 0);
  if (total < COMPRESSED_TOKENS_MIN) return [{ start: 0, end: text.length }];
  const scores = scoreUnits(text, all, query);
  const kept = new Set<number>();
  let left = total * KEPT_SHARE;
  const take = (at: number): void => {
    const own = tokens[at];
    if (own === undefined || kept.has(at) || own > left) return;
    kept.add(at);
    left -= own;
  };
  const ranked = all.map((_, at) => at).toSorted((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0) || one - other);
  const matching = ranked.filter((at) => (scores[at] ?? 0) > 0);
  for (const at of matching) {
    for (const above of leadsOf(all, at)) take(above);
    take(at);
  }
  // Then what stands beside them; and where nothing matches, how the text begins.
  for (const at of matching) for (const beside of [at + 1, at - 1]) if (all[beside]?.kind !== "heading") take(beside);
  if (matching.length === 0) for (const at of all.keys()) take(at);
  return toSpans(all, kept);
}

/** A text with what is not about a query left out: each gap is told by a mark. */
export function compress(text: string, query: string): string {
  const spans = selectSpans(text, query);
  const said: string[] = [];
  let end = 0;
  for (const span of spans) {
    if (/\S/.test(text.slice(end, span.start))) said.push(GAP);
    said.push(text.slice(span.start, span.end).trim());
    end = span.end;
  }
  if (/\S/.test(text.slice(end))) said.push(GAP);
  return said.join("\n");
}

/** Rare words of a query count more, by how many units of this text hold them; a longer unit holds more by chance. */
function scoreUnits(text: string, all: readonly Unit[], query: string): readonly number[] {
  const language = spokenLanguage(text.slice(0, 2_000));
  const wanted = new Set(terms(withoutMiddle(query), language));
  const held = all.map(({ start, end }) => new Set(terms(text.slice(start, end), language)));
  const weights = new Map([...wanted].map((term) => [term, Math.log(1 + all.length / (1 + held.filter((one) => one.has(term)).length))]));
  return held.map((one, at) => {
    if (all[at]?.kind === "heading") return 0;
    let sum = 0;
    for (const [term, weight] of weights) if (one.has(term)) sum += weight;
    return sum / Math.sqrt(8 + one.size);
  });
}

/** The heading above a unit, and the first row of its table. */
function leadsOf(all: readonly Unit[], at: number): readonly number[] {
  const found: number[] = [];
  let first = at;
  while (all[at]?.kind === "row" && all[first - 1]?.kind === "row") first--;
  if (first !== at) found.push(first);
  const heading = all.slice(0, first).findLastIndex(({ kind }) => kind === "heading");
  return heading < 0 ? found : [heading, ...found];
}

/** Units beside one another are one span, with the blanks between them as they are. */
function toSpans(all: readonly Unit[], kept: ReadonlySet<number>): readonly Span[] {
  const spans: { start: number; end: number }[] = [];
  let before = -2;
  for (const at of [...kept].toSorted((one, other) => one - other)) {
    const unit = all[at];
    const last = spans.at(-1);
    if (unit === undefined) continue;
    if (last !== undefined && before === at - 1) last.end = unit.end;
    else spans.push({ start: unit.start, end: unit.end });
    before = at;
  }
  return spans;
}
