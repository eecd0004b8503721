import type { FindingType } from "../../domain/finding.ts";
import {
  ACCOUNT,
  DL,
  IDENTITY,
  IMEI,
  INSURANCE,
  LICENCE,
  PASSPORT,
  PLATE,
  POLICY,
  RECORD,
  ROUTING,
  SERIAL,
  SORT_CODE,
  VIN,
} from "./topics.ts";

/** What a value must look like to be that which its label says; the label does the rest. */
export type LabelledKind = {
  readonly topic: number;
  readonly type: FindingType;
  readonly score: number;
  readonly reason: string;
  /** Of the characters without separators. */
  readonly lengthMin: number;
  readonly lengthMax: number;
  readonly digitsMin: number;
  /** Nothing but digits. */
  readonly isNumeric?: true;
  /** Needs a letter as well. */
  readonly needsLetter?: true;
  /** A group of capitals alone may follow: `AB12 CDE`. */
  readonly hasLetterGroups?: true;
  /** Dates of the same digits are not told apart: the label is trusted. */
  readonly mayBeDate?: true;
  /** The label is an everyday word: only with a sign (`#`, `:`, `=`) after it. */
  readonly needsSign?: true;
  /** Groups may be divided by spaces, up to this many. */
  readonly groupsMax: number;
};

/** Tried in this order: a mark that speaks of several kinds is the first that fits. */
export const LABELLED_KINDS: readonly LabelledKind[] = [
  { topic: PASSPORT, type: "PASSPORT", score: 0.85, reason: "context:passport", lengthMin: 6, lengthMax: 12, digitsMin: 4, groupsMax: 4 },
  {
    topic: LICENCE,
    type: "DRIVING_LICENCE",
    score: 0.8,
    reason: "context:licence",
    lengthMin: 5,
    lengthMax: 20,
    digitsMin: 4,
    groupsMax: 5,
  },
  {
    topic: IMEI,
    type: "DEVICE",
    score: 0.9,
    reason: "context:imei",
    lengthMin: 14,
    lengthMax: 22,
    digitsMin: 12,
    isNumeric: true,
    groupsMax: 6,
  },
  { topic: VIN, type: "VEHICLE", score: 0.85, reason: "context:vin", lengthMin: 11, lengthMax: 17, digitsMin: 4, groupsMax: 1 },
  {
    topic: RECORD,
    type: "MEDICAL_RECORD",
    score: 0.85,
    reason: "context:medical-record",
    lengthMin: 4,
    lengthMax: 16,
    digitsMin: 3,
    groupsMax: 4,
  },
  {
    topic: INSURANCE,
    type: "HEALTH_INSURANCE",
    score: 0.8,
    reason: "context:insurance",
    lengthMin: 6,
    lengthMax: 20,
    digitsMin: 4,
    groupsMax: 7,
  },
  {
    topic: DL,
    type: "DRIVING_LICENCE",
    score: 0.75,
    reason: "context:licence",
    lengthMin: 6,
    lengthMax: 20,
    digitsMin: 5,
    needsSign: true,
    groupsMax: 4,
  },
  {
    // Without a sign ("CA DL F1234567"): what is too long for a volume, and begins as licences do.
    topic: DL,
    type: "DRIVING_LICENCE",
    score: 0.65,
    reason: "context:licence",
    lengthMin: 8,
    lengthMax: 20,
    digitsMin: 7,
    needsLetter: true,
    groupsMax: 1,
  },
  {
    topic: POLICY,
    type: "HEALTH_INSURANCE",
    score: 0.7,
    reason: "context:insurance",
    lengthMin: 6,
    lengthMax: 20,
    digitsMin: 4,
    needsSign: true,
    groupsMax: 4,
  },
  { topic: IDENTITY, type: "NATIONAL_ID", score: 0.6, reason: "context:identity", lengthMin: 5, lengthMax: 20, digitsMin: 5, groupsMax: 7 },
  { topic: SERIAL, type: "DEVICE", score: 0.75, reason: "context:serial", lengthMin: 6, lengthMax: 24, digitsMin: 3, groupsMax: 1 },
  {
    topic: ROUTING,
    type: "BANK_ACCOUNT",
    score: 0.6,
    reason: "context:routing",
    lengthMin: 9,
    lengthMax: 9,
    digitsMin: 9,
    isNumeric: true,
    groupsMax: 3,
  },
  {
    topic: SORT_CODE,
    type: "BANK_ACCOUNT",
    score: 0.85,
    reason: "context:sort-code",
    lengthMin: 6,
    lengthMax: 8,
    digitsMin: 6,
    isNumeric: true,
    mayBeDate: true,
    groupsMax: 3,
  },
  {
    topic: ACCOUNT,
    type: "BANK_ACCOUNT",
    score: 0.7,
    reason: "context:account",
    lengthMin: 6,
    lengthMax: 20,
    digitsMin: 6,
    isNumeric: true,
    groupsMax: 5,
  },
  {
    topic: PLATE,
    type: "VEHICLE",
    score: 0.75,
    reason: "context:plate",
    lengthMin: 4,
    lengthMax: 10,
    digitsMin: 1,
    needsLetter: true,
    hasLetterGroups: true,
    groupsMax: 4,
  },
];
