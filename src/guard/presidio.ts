import type { Finding, FindingType } from "../domain/finding.ts";
import type { Fetch } from "../kernel/outbound.ts";
import { askService, type ServiceOptions } from "./ask-service.ts";
import type { FindElsewhere } from "./second-detector.ts";

export type PresidioOptions = ServiceOptions & { readonly language: string; readonly scoreMin: number };

/** Between texts that are asked together: no entity reaches over it. */
const BETWEEN = "\n\n\n";

/** Presidio's words for what it finds (its "supported entities"). */
const TYPES: Readonly<Record<string, FindingType>> = {
  PERSON: "PERSON",
  LOCATION: "LOCATION",
  ORGANIZATION: "ORGANISATION",
  EMAIL_ADDRESS: "EMAIL",
  PHONE_NUMBER: "PHONE",
  CREDIT_CARD: "CARD",
  CRYPTO: "CRYPTO_WALLET",
  IBAN_CODE: "IBAN",
  IP_ADDRESS: "IP_ADDRESS",
  MAC_ADDRESS: "MAC_ADDRESS",
  MEDICAL_LICENSE: "MEDICAL_RECORD",
  US_BANK_NUMBER: "BANK_ACCOUNT",
  US_DRIVER_LICENSE: "DRIVING_LICENCE",
  US_PASSPORT: "PASSPORT",
  AGE: "AGE",
};
/** Nobody's: a date, a web address without a person in it. */
const LEFT: ReadonlySet<string> = new Set(["DATE_TIME", "URL"]);

/** A Presidio analyzer as a second detector: all texts of a call in one request. */
export function createPresidio(fetch: Fetch, options: PresidioOptions): FindElsewhere {
  const { language, scoreMin } = options;
  return async (texts) => {
    const joined = texts.join(BETWEEN);
    if (joined.trim() === "") return texts.map(() => []);
    const answer = await askService(fetch, options, "/analyze", { text: joined, language, score_threshold: scoreMin });
    return toTexts(parseFindings(answer, joined), texts);
  };
}

/** Throws on anything that is no list of entities: what cannot be read has found nothing out. */
function parseFindings(answer: unknown, text: string): Finding[] {
  if (!Array.isArray(answer)) throw new TypeError("the analyzer's answer is no list");
  const toUnits = createOffsets(text);
  return answer.flatMap((entity: unknown): Finding[] => {
    const {
      entity_type: kind,
      start,
      end,
      score,
    }: Partial<Record<string, unknown>> = typeof entity === "object" && entity !== null ? { ...entity } : {};
    if (typeof kind !== "string" || typeof start !== "number" || typeof end !== "number" || typeof score !== "number")
      throw new TypeError("the analyzer's answer holds what is no entity");
    if (LEFT.has(kind)) return [];
    // What it knows and this server has no word for is somebody's number.
    const type = TYPES[kind] ?? "NATIONAL_ID";
    return [{ type, start: toUnits(start), end: toUnits(end), score, reason: `presidio:${kind.toLowerCase().slice(0, 40)}` }];
  });
}

/** Its offsets count code points, ours UTF-16 units. */
function createOffsets(text: string): (points: number) => number {
  // oxlint-disable-next-line no-control-regex -- every character of one unit
  if (!/[\ud800-\udfff]/.test(text)) return (points) => points;
  const units: number[] = [];
  let at = 0;
  for (const character of text) {
    units.push(at);
    at += character.length;
  }
  return (points) => units[points] ?? text.length;
}

function toTexts(findings: readonly Finding[], texts: readonly string[]): Finding[][] {
  let from = 0;
  return texts.map((text) => {
    const start = from;
    from += text.length + BETWEEN.length;
    return findings
      .filter((finding) => finding.start < start + text.length && finding.end > start)
      .map((finding) => ({ ...finding, start: Math.max(0, finding.start - start), end: Math.min(text.length, finding.end - start) }));
  });
}
