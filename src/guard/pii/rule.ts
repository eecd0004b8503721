import type { Finding, FindingType } from "../../domain/finding.ts";
import type { Scan } from "./scan.ts";

/** Looks at a scanned text and adds what it found; may add what overlaps, and what is unlikely. */
export type PiiRule = {
  /** Permanent word, for reports of what is slow. */
  readonly name: string;
  readonly types: readonly FindingType[];
  readonly run: (scan: Scan, out: Finding[]) => void;
};
