import type { FindingType } from "./finding.ts";
import { FLAG_ABOVE } from "./quarantine.ts";

/**
 * What becomes of a call that holds personal data, from lax to strict. `mask`: own hardware sees it, everybody else sees pseudonyms.
 * `private-only`: it goes to own hardware or nowhere. `block`: it is refused.
 */
export const PII_MODES = ["off", "detect", "mask", "private-only", "block"] as const;
export type PiiMode = (typeof PII_MODES)[number];

/** Where in a call content stands. `inputs` are those of embeddings. */
export const CONTENT_FIELDS = ["system", "user", "assistant", "tool", "documents", "inputs"] as const;
export type ContentField = (typeof CONTENT_FIELDS)[number];

export type InjectionMode = "off" | "detect" | "block";
export type OutputMode = "off" | "detect" | "mask" | "block";
export type LinkMode = "off" | "detect" | "defang" | "block";
export type ToxicityMode = "off" | "detect" | "block";

/** One whole set of rules for a call; from the configuration, then the tenant's own. */
export type GuardPolicy = {
  readonly pii: PiiMode;
  /** Instead of `pii` for what stands there. */
  readonly fields: Readonly<Partial<Record<ContentField, PiiMode>>>;
  /** How long a pseudonym is known: as long as its call, or sealed in the database for later turns of its conversation. */
  readonly pseudonyms: "call" | "kept";
  /** Pictures cannot be read here, so whether they may leave own hardware is a decision. */
  readonly images: "allow" | "private-only";
  readonly injection: InjectionMode;
  /** `guarded`: the system prompt says whose words count, and results of tools stand between marks as data. */
  readonly instructions: "plain" | "guarded";
  /** A secret word last in the system prompt, which must not come back. */
  readonly canary: boolean;
  /** Personal data in the answer that was not in the call. */
  readonly outputPii: OutputMode;
  readonly outputLinks: LinkMode;
  /** Patterns of hosts that an answer may link to: `example.com`, `*.example.com`. */
  readonly linkHosts: readonly string[];
  readonly outputToxicity: ToxicityMode;
};
/** What holds where nobody has said anything: others see pseudonyms, attacks are refused, the rest is looked at. */
export const GUARD_DEFAULT: GuardPolicy = {
  pii: "mask",
  fields: {},
  pseudonyms: "call",
  images: "allow",
  injection: "block",
  instructions: "plain",
  canary: false,
  outputPii: "detect",
  outputLinks: "detect",
  linkHosts: [],
  outputToxicity: "off",
};

/** What a tenant changes of it. */
export type GuardChange = { readonly [Field in keyof GuardPolicy]?: GuardPolicy[Field] | undefined };

/** What the rules found and did, for the record: counts, scores and words, never content. */
export type Guarded = {
  /** In what came in, by type. */
  readonly found?: Readonly<Partial<Record<FindingType, number>>> | undefined;
  /** A copy with pseudonyms is what left. */
  readonly masked?: true | undefined;
  /** Highest score of an attempt at injection, where it was worth telling. */
  readonly injection?: number | undefined;
  /** Passages and tool results that were kept from the model. */
  readonly withheld?: number | undefined;
  /** In the answer, by rule. */
  readonly answer?: Readonly<Record<string, number>> | undefined;
};

/** A score as the record tells it; undefined: not worth telling. */
export const toldInjection = (score: number): number | undefined => (score > FLAG_ABOVE ? Math.round(score * 100) / 100 : undefined);

/** What routing must know of a call's content. */
export type Standing = {
  /** Personal data was found: the signal `pii.found`. */
  readonly personal: boolean;
  /** The strictest mode of the fields in which it was found. */
  readonly mode: PiiMode;
  /** The mode of what cannot be read here, or was not; from `mask` on it keeps the call on own hardware. undefined: all was read. */
  readonly unread: PiiMode | undefined;
  /** Present where nothing was looked for: whether it holds personal data is then not known. */
  readonly looked?: false | undefined;
};

const rankOf = (mode: PiiMode): number => PII_MODES.indexOf(mode);
export const stricter = (one: PiiMode, other: PiiMode): PiiMode => (rankOf(one) >= rankOf(other) ? one : other);
export const atLeast = (mode: PiiMode, least: PiiMode): boolean => rankOf(mode) >= rankOf(least);
