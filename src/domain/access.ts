import { CLASSIFICATIONS, CLEARANCE_DEFAULT, rankOf, type Classification, type Reader } from "./reader.ts";

/** What the reserved attributes of a document say of who may find it. undefined: they say nothing, and so forbid nothing. */
export type Access = {
  readonly groups: readonly string[] | undefined;
  readonly classification: Classification | undefined;
  readonly jurisdictions: readonly string[] | undefined;
  /** Epoch milliseconds: from then on. */
  readonly effectiveFromMs: number | undefined;
  /** Epoch milliseconds: before then. */
  readonly effectiveUntilMs: number | undefined;
};

/** Who may find a collection at all. */
export type CollectionAccess = Pick<Access, "groups" | "classification">;

/** A document's attributes, as OpenAI has them: names and scalars. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** OpenAI's own limits. */
export const ATTRIBUTES_MAX = 16;
export const ATTRIBUTE_NAME_CHARS_MAX = 64;
export const ATTRIBUTE_CHARS_MAX = 512;

/** Names of groups come from directories, where they may be paths. */
export const GROUP_CHARS_MAX = 256;
/** More than a directory's token carries. */
export const GROUPS_MAX = 200;

/** Attributes that decide who may find a document; all others are the tenant's own. */
export const RESERVED_ATTRIBUTES = ["groups", "classification", "jurisdiction", "effective_from", "effective_until"] as const;

/** One name, of a group or a jurisdiction: what could be read as two, or looks like another, is none. */
export const isAccessName = (name: string): boolean =>
  name !== "" && name.length <= GROUP_CHARS_MAX && name === name.trim() && !name.includes(",") && !/\p{C}/u.test(name);

export type AccessProblem = { readonly key: (typeof RESERVED_ATTRIBUTES)[number]; readonly say: string };
export const isProblem = (read: Access | AccessProblem): read is AccessProblem => "say" in read;

const DAY_MS = 86_400_000;

/** What is there and cannot be read is a problem to be told, never a document that everybody finds. */
export function readAccess(attributes: Attributes): Access | AccessProblem {
  const groups = namesOf(attributes["groups"]);
  if (groups === null) return { key: "groups", say: 'expected names of groups with commas between, such as "hr, legal"' };
  const jurisdictions = namesOf(attributes["jurisdiction"]);
  if (jurisdictions === null) return { key: "jurisdiction", say: 'expected jurisdictions with commas between, such as "eu, us"' };
  const word = attributes["classification"];
  const classification = CLASSIFICATIONS.find((one) => one === word);
  if (word !== undefined && classification === undefined) return { key: "classification", say: `expected ${CLASSIFICATIONS.join(", ")}` };
  const effectiveFromMs = momentOf(attributes["effective_from"], 0);
  if (effectiveFromMs === null) return { key: "effective_from", say: MOMENT };
  const effectiveUntilMs = momentOf(attributes["effective_until"], DAY_MS);
  if (effectiveUntilMs === null) return { key: "effective_until", say: MOMENT };
  if (effectiveFromMs !== undefined && effectiveUntilMs !== undefined && effectiveUntilMs <= effectiveFromMs)
    return { key: "effective_until", say: "expected a moment after effective_from" };
  return { groups, classification, jurisdictions, effectiveFromMs, effectiveUntilMs };
}

const MOMENT = 'expected a date such as "2026-11-21", a time such as "2026-11-21T08:30:00Z", or seconds since 1970';

/** undefined: not there; null: there, and no list of names. */
function namesOf(value: Attributes[string] | undefined): readonly string[] | undefined | null {
  if (value === undefined) return undefined;
  if (typeof value !== "string") return null;
  const names = value.split(",").map((name) => name.trim());
  return names.every(isAccessName) ? [...new Set(names)].toSorted() : null;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
/** The end of the year 9999. */
const SECONDS_MAX = 253_402_300_799;

/** A date means its whole day in UTC: `dayMs` is how much of it lies before the moment. undefined: not there; null: there, and no moment. */
function momentOf(value: Attributes[string] | undefined, dayMs: number): number | undefined | null {
  if (value === undefined) return undefined;
  if (typeof value === "number") return value >= 0 && value <= SECONDS_MAX ? Math.round(value * 1000) : null;
  if (typeof value !== "string" || !(DATE.test(value) || TIME.test(value))) return null;
  const ms = Date.parse(value);
  if (!Number.isFinite(ms) || ms < 0 || ms > SECONDS_MAX * 1000) return null;
  if (!DATE.test(value)) return ms;
  // A day that the month does not have is read as one of the next month.
  return new Date(ms).toISOString().startsWith(value) ? ms + dayMs : null;
}

/** Whether a collection with this access list is there for this reader. As `listCondition` has it in SQL. */
export function isListed({ groups, classification }: CollectionAccess, reader: Reader): boolean {
  if (reader.kind === "all") return true;
  if (groups !== undefined && !groups.some((group) => reader.groups.includes(group))) return false;
  return classification === undefined || rankOf(classification) <= rankOf(reader.clearance ?? CLEARANCE_DEFAULT);
}
