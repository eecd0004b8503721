/** Public is 0; what no rank names is not to be read. */
export const CLASSIFICATIONS = ["public", "internal", "confidential", "restricted"] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

/**
 * Who reads, as far as it decides what may be found. A document that names groups is for members of one of them; one with a classification for
 * readers cleared that far; one of a jurisdiction for readers of it. A document that names nothing is for the whole tenant. Dates hold for everybody: outside
 * of its own a document is found by nobody.
 */
export type Reader =
  /** Sees the whole tenant: its administrators, and the tenant's own jobs. */
  | { readonly kind: "all" }
  | {
      readonly kind: "member";
      readonly groups: readonly string[];
      /** undefined: cleared for what carries no classification, and for `public` and `internal`. */
      readonly clearance: Classification | undefined;
      /** undefined: reads only what names no jurisdiction. */
      readonly jurisdiction: string | undefined;
    };

export const WHOLE_TENANT: Reader = { kind: "all" };

/** A condition on documents' attributes, as OpenAI's search has it. */
export type AttributeFilter =
  | {
      readonly type: "eq" | "ne" | "gt" | "gte" | "lt" | "lte";
      readonly key: string;
      readonly value: string | number | boolean;
    }
  | { readonly type: "in" | "nin"; readonly key: string; readonly value: readonly (string | number | boolean)[] }
  | { readonly type: "and" | "or"; readonly filters: readonly AttributeFilter[] };

/** What a reader without a clearance is cleared for. */
export const CLEARANCE_DEFAULT: Classification = "internal";

/** As columns have it: the place in `CLASSIFICATIONS`. */
export const rankOf = (classification: Classification): number => CLASSIFICATIONS.indexOf(classification);

/** Equal for two readers exactly where they see the same. Part of the key of everything that is kept of what somebody found. */
export function readerKey(reader: Reader): string {
  if (reader.kind === "all") return "all";
  const { groups, clearance = CLEARANCE_DEFAULT, jurisdiction } = reader;
  return JSON.stringify([[...new Set(groups)].toSorted(), clearance, jurisdiction ?? null]);
}
