/**
 * What can be found in a text that is somebody's or nobody's business, as pseudonyms, receipts and settings name it. Permanent words: a
 * pseudonym is `[TYPE_<hex>]`, so a type is upper-case letters and underscores.
 */
export const FINDING_TYPES = [
  "PERSON",
  "LOCATION",
  "ORGANISATION",
  "ADDRESS",
  "DATE_OF_BIRTH",
  "AGE",
  "EMAIL",
  "PHONE",
  "CARD",
  "IBAN",
  /** Account and routing numbers that are no IBAN: ABA, sort code, BIC beside an account. */
  "BANK_ACCOUNT",
  "CRYPTO_WALLET",
  /** Of any country, tax and social-security numbers included; the finding's reason names which. */
  "NATIONAL_ID",
  "PASSPORT",
  "DRIVING_LICENCE",
  /** Number plates and VINs. */
  "VEHICLE",
  "MEDICAL_RECORD",
  "HEALTH_INSURANCE",
  /** Serial numbers and IMEIs of devices. */
  "DEVICE",
  "IP_ADDRESS",
  "MAC_ADDRESS",
  /** With a user or a token in it. */
  "URL",
  /** Keys, tokens, passwords, private keys, connection strings. */
  "SECRET",
] as const;
export type FindingType = (typeof FINDING_TYPES)[number];

/**
 * Types that are personal only beside something that names a person: "What is the capital of France?" is nobody's. Alone they neither
 * keep a call on own hardware nor are masked.
 */
export const QUASI_TYPES: ReadonlySet<FindingType> = new Set(["LOCATION", "ORGANISATION", "AGE"]);

export type Finding = {
  readonly type: FindingType;
  /** UTF-16 offsets in the text that was searched; `end` is past the last. */
  readonly start: number;
  readonly end: number;
  /** From 0 to 1: how sure the detector is. */
  readonly score: number;
  /** Permanent words that say what was seen, never the text itself: `luhn`, `checksum:de-tax-id`, `context:born`. */
  readonly reason: string;
};
