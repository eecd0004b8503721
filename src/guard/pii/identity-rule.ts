import type { Codes } from "./checksums.ts";

/** How one country writes one kind of number. */
export type IdentityRule = {
  /** Permanent: the finding's reason is `checksum:<name>` or `shape:<name>`. Begins with the country's two letters. */
  readonly name: string;
  /** `9` a digit, `A` a letter, `X` either. */
  readonly pattern: string;
  /** Lengths of the groups in which it is printed, as one number: 3332. A group of ten or more counts 0: 2 for thirteen and two. */
  readonly shapes?: readonly number[];
  /** Date, ranges and check digits. */
  readonly check: (codes: Codes, length: number) => boolean;
  /** Score without any context word: written in one piece, and in its printed groups. 0.4 and less: only beside its context. */
  readonly alone: number;
  readonly printed: number;
  /** The groups are divided by this alone; otherwise they are told by a context word. Default: dashes, spaces or dots, dots and a dash. */
  readonly separators?: number;
  /** False: `check` knows ranges only, no check digit. */
  readonly hasChecksum?: false;
};

/** A country's two letters as one number, as the lexicon keeps them. */
export const countryOf = (name: string): number => (name.charCodeAt(0) - 96) * 32 + name.charCodeAt(1) - 96;

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day that exists in some year. */
export const isDay = (month: number, day: number): boolean => day >= 1 && day <= (DAYS[month - 1] ?? 0);
