import type { FindingType } from "../domain/finding.ts";
import { createPiiFinder, scrub, type PiiFinder } from "../guard/index.ts";

/** What no log line needs. Addresses of machines and hosts are what an operator looks for, and ids and times are none of these. */
const TYPES: ReadonlySet<FindingType> = new Set([
  "EMAIL",
  "PHONE",
  "CARD",
  "IBAN",
  "NATIONAL_ID",
  "CRYPTO_WALLET",
  "DATE_OF_BIRTH",
  "URL",
  "SECRET",
]);

/** Takes personal data and secrets out of a log's texts, by the rules that guard calls. */
export function createLogScrub(): (text: string) => string {
  // Commands that log nothing need no rules.
  let finder: PiiFinder | undefined;
  return (text) => {
    finder ??= createPiiFinder({ types: TYPES });
    return scrub(text, finder.find(text));
  };
}
