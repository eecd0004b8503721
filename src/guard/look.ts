import { QUASI_TYPES, type Finding, type FindingType } from "../domain/finding.ts";
import { stricter, type ContentField, type PiiMode } from "../domain/guard-policy.ts";

/** Finds personal data and secrets in a text; findings ascend and do not overlap. */
export type Find = (text: string) => readonly Finding[];

/** A name longer than this says nothing about its value. */
const NAME_CHARS_MAX = 64;

/** What was found in the texts of one call, in the order in which they were looked at. */
export type Looked = {
  look(text: string, field: ContentField, name: string | undefined): readonly Finding[];
  /** Findings that came from elsewhere. */
  count(field: ContentField, text: string, findings: readonly Finding[]): void;
  /** Something names a person, so that what is personal beside a person counts as well. */
  readonly personal: boolean;
  /** The strictest mode of a field in which something counts. */
  readonly mode: PiiMode;
  readonly counts: Readonly<Partial<Record<FindingType, number>>> | undefined;
  /** Values that are somebody's: wherever else one stands, it is the same person's. */
  readonly values: ReadonlyMap<string, FindingType>;
};

/** What was found elsewhere, and counts for these texts as well. */
export type Known = { readonly values: Looked["values"]; readonly personal: boolean; /** Where `personal`. */ readonly mode: PiiMode };
const NOTHING: Known = { values: new Map(), personal: false, mode: "off" };

/** Shorter ones stand inside other words, and are everybody's. */
const VALUE_CHARS_MIN = 5;
/** Of one call. A text with more than these is a list, and its own findings cover it. */
const VALUES_MAX = 500;

export function createLooked(find: Find, modeOf: (field: ContentField) => PiiMode, known: Known = NOTHING): Looked {
  let { personal } = known;
  let direct: PiiMode = personal ? known.mode : "off";
  let quasi: PiiMode = "off";
  let findings = 0;
  const counts: Partial<Record<FindingType, number>> = {};
  const values = new Map(known.values);
  const valuesMax = values.size + VALUES_MAX;

  const count: Looked["count"] = (field, text, found) => {
    for (const { type, start, end } of found) {
      counts[type] = (counts[type] ?? 0) + 1;
      findings++;
      if (QUASI_TYPES.has(type)) quasi = stricter(quasi, modeOf(field));
      else {
        personal = true;
        direct = stricter(direct, modeOf(field));
        if (end - start >= VALUE_CHARS_MIN && values.size < valuesMax) values.set(text.slice(start, end), type);
      }
    }
  };
  return {
    look(text, field, name) {
      const found = findNamed(find, text, name);
      if (found.length > 0) count(field, text, found);
      return found;
    },
    count,
    get personal() {
      return personal;
    },
    get mode() {
      return personal ? stricter(direct, quasi) : "off";
    },
    get counts() {
      return findings === 0 ? undefined : counts;
    },
    values,
  };
}

/** The name under which a value stands in JSON is its context: `{"ssn": "078-05-1120"}`. */
export function findNamed(find: Find, text: string, name: string | undefined): readonly Finding[] {
  if (text === "") return [];
  if (name === undefined || name.length > NAME_CHARS_MAX) return find(text);
  const before = `${toWords(name)}: `;
  const found: Finding[] = [];
  for (const finding of find(before + text)) {
    const end = finding.end - before.length;
    if (end > 0) found.push({ ...finding, start: Math.max(0, finding.start - before.length), end });
  }
  return found;
}

/** `dateOfBirth` and `date_of_birth` are words. */
const toWords = (name: string): string => name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").replaceAll(/[_.-]+/g, " ");
