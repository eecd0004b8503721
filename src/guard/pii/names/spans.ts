import type { Finding, FindingType } from "../../../domain/finding.ts";
import { roleOf } from "./attributes.ts";
import { LABEL_ADDRESS, LABEL_NONE, LABEL_ORGANISATION, LABEL_PERSON } from "./labels.ts";
import { ROLES } from "./roles.ts";
import {
  GAP_APOSTROPHE,
  GAP_COMMA,
  GAP_HYPHEN,
  GAP_PERIOD,
  SHAPE_DIGIT,
  SHAPE_INITIAL,
  SHAPE_LOWER,
  SHAPE_PLAIN,
  type Tokens,
} from "./tokens.ts";

const TYPES: readonly FindingType[] = ["PERSON", "PERSON", "LOCATION", "ORGANISATION", "ADDRESS"];

/** Whether a word goes on with the name before it, both having one label. */
function continues(tokens: Tokens, at: number, label: number): boolean {
  const gap = tokens.gap[at] ?? 0;
  if (label === LABEL_ADDRESS) return true;
  if (gap === GAP_PERIOD) return tokens.shape[at - 1] === SHAPE_INITIAL || roleOf(tokens.attributes[at - 1] ?? 0) === ROLES.honorific;
  if (gap === GAP_COMMA) return roleOf(tokens.attributes[at] ?? 0) === ROLES.suffix;
  return gap <= GAP_HYPHEN || gap === GAP_APOSTROPHE;
}

/** A lower-case "of" or "and" between two words of an organisation's name. */
function isBridge(tokens: Tokens, at: number): boolean {
  if (at + 1 >= tokens.count || tokens.label[at] !== LABEL_NONE || tokens.label[at + 1] !== LABEL_ORGANISATION) return false;
  const size = (tokens.end[at] ?? 0) - (tokens.start[at] ?? 0);
  return size <= 3 && (tokens.gap[at] ?? 0) === 0 && (tokens.gap[at + 1] ?? 0) === 0;
}

function hasNumber({ shape }: Tokens, from: number, to: number): boolean {
  for (let at = from; at <= to; at++) if (shape[at] === SHAPE_DIGIT) return true;
  return false;
}

/** "A. M." and "B": letters alone name nobody. */
function isInitials({ shape }: Tokens, from: number, to: number): boolean {
  for (let at = from; at <= to; at++) if (shape[at] !== SHAPE_INITIAL) return false;
  return true;
}

/** The last word of a name, without the particles after it: "Esposito" of "Esposito dello studio". */
function trimEnd({ attributes, shape }: Tokens, first: number, last: number): number {
  let at = last;
  while (at > first && roleOf(attributes[at] ?? 0) === ROLES.particle && (shape[at] === SHAPE_LOWER || shape[at] === SHAPE_PLAIN)) at--;
  return at;
}

/** "van de", "Le", "GmbH", "the Court": particles, and words of organisations' names, name nothing alone. */
function isPartOnly({ attributes }: Tokens, first: number, last: number): boolean {
  for (let at = first; at <= last; at++) {
    const role = roleOf(attributes[at] ?? 0);
    if (role !== ROLES.particle && role !== ROLES.article && role !== ROLES.company && role !== ROLES.institution) return false;
  }
  return true;
}

/** Puts what the labels say into `out`; `scores` are those of the words. */
export function addSpans(tokens: Tokens, scores: Float32Array, out: Finding[]): void {
  const { label, start, end, count } = tokens;
  for (let at = 0; at < count; at++) {
    const own = label[at] ?? 0;
    if (own === LABEL_NONE) continue;
    const first = at;
    let last = at;
    let score = own === LABEL_ADDRESS ? 0.9 : (scores[at] ?? 0);
    for (let next = at + 1; next < count; next++) {
      if (label[next] === own && continues(tokens, next, own)) {
        if (own !== LABEL_ADDRESS) score = Math.max(score, scores[next] ?? 0);
        last = next;
      } else if (own === LABEL_ORGANISATION && isBridge(tokens, next)) last = ++next;
      else break;
    }
    at = last;
    if (own === LABEL_PERSON && isInitials(tokens, first, last)) continue;
    if (own !== LABEL_ADDRESS) {
      last = trimEnd(tokens, first, last);
      if (isPartOnly(tokens, first, last)) continue;
    }
    // A street without a number is where something is, and nobody's address.
    const isStreet = own === LABEL_ADDRESS && !hasNumber(tokens, first, last);
    const reason = isStreet ? "address:street" : own === LABEL_ADDRESS ? "address:parts" : "names:model";
    out.push({ type: isStreet ? "LOCATION" : (TYPES[own] ?? "PERSON"), start: start[first] ?? 0, end: end[last] ?? 0, score, reason });
  }
}
