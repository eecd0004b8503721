/**
 * Structured personal data: what is found in labelled texts, and how long it takes.
 * `bun bench/guard-pii.ts [--errors TYPE|all] [--ordinary] [--speed]`. The data is Presidio's generated set, read from beside the project.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, FindingType } from "../src/domain/finding.ts";
import { wilson } from "../src/evaluate/redteam/statistics.ts";
import { createPiiFinder } from "../src/guard/index.ts";

import { isIbanText, isLuhnText } from "./guard/own-rules.ts";
import { printOrdinary } from "./guard/ordinary.ts";
import { printSpeed } from "./guard/speed.ts";

type Label = {
  readonly entity_type: string;
  readonly entity_value: string;
  readonly start_position: number;
  readonly end_position: number;
};
type Entry = { readonly full_text: string; readonly spans: readonly Label[] };

/** Labels that these rules answer for. Persons, places and plain dates are others' work. */
const TYPES: ReadonlyMap<string, FindingType> = new Map([
  ["CREDIT_CARD", "CARD"],
  ["PHONE_NUMBER", "PHONE"],
  ["EMAIL_ADDRESS", "EMAIL"],
  ["US_SSN", "NATIONAL_ID"],
  ["IBAN_CODE", "IBAN"],
  ["US_DRIVER_LICENSE", "DRIVING_LICENCE"],
  ["IP_ADDRESS", "IP_ADDRESS"],
]);

type Tally = { found: number; missed: number; wrong: number; characters: number; covered: number; validFound: number; valid: number };

const tallies = new Map<FindingType, Tally>();
const tallyOf = (type: FindingType): Tally => {
  const known = tallies.get(type) ?? { found: 0, missed: 0, wrong: 0, characters: 0, covered: 0, validFound: 0, valid: 0 };
  tallies.set(type, known);
  return known;
};

const overlap = (finding: Finding, label: Label): number =>
  Math.max(0, Math.min(finding.end, label.end_position) - Math.max(finding.start, label.start_position));

/** Found: the same type, and the two share at least half of both together. */
function isSame(finding: Finding, label: Label, type: FindingType): boolean {
  const both = Math.max(finding.end, label.end_position) - Math.min(finding.start, label.start_position);
  return finding.type === type && overlap(finding, label) * 2 >= both;
}

/** Whether the label's own value obeys the rules of what it is called: many generated ones do not. */
function isValid(type: FindingType, value: string): boolean {
  if (type === "CARD") return isLuhnText(value);
  return type === "IBAN" ? isIbanText(value) : true;
}

const wantedErrors = process.argv.includes("--errors") ? process.argv[process.argv.indexOf("--errors") + 1] : undefined;

function showError(kind: string, type: FindingType, entry: Entry, value: string): void {
  if (wantedErrors === type || wantedErrors === "all")
    console.log(`  ${kind} ${type} ${JSON.stringify(value)} in ${JSON.stringify(entry.full_text.slice(0, 240))}`);
}

function measure(entry: Entry, findings: readonly Finding[]): void {
  const used = new Set<Finding>();
  for (const label of entry.spans) {
    const type = TYPES.get(label.entity_type);
    if (type === undefined) continue;
    const tally = tallyOf(type);
    const match = findings.find((finding) => isSame(finding, label, type));
    const valid = isValid(type, label.entity_value);
    tally.characters += label.end_position - label.start_position;
    tally.covered += findings.reduce((sum, finding) => sum + overlap(finding, label), 0);
    if (valid) tally.valid++;
    if (match === undefined) {
      tally.missed++;
      showError("missed", type, entry, label.entity_value);
      continue;
    }
    used.add(match);
    tally.found++;
    if (valid) tally.validFound++;
  }
  for (const finding of findings) {
    if (used.has(finding)) continue;
    // A date of birth is labelled as a date, which is right as well.
    if (entry.spans.some((label) => overlap(finding, label) > 0 && label.entity_type === "DATE_TIME" && finding.type === "DATE_OF_BIRTH"))
      continue;
    tallyOf(finding.type).wrong++;
    showError("wrong", finding.type, entry, entry.full_text.slice(finding.start, finding.end));
  }
}

const shareOf = (part: number, whole: number): string => (whole === 0 ? "-" : (part / whole).toFixed(3));
const withInterval = (part: number, whole: number): string => {
  if (whole === 0) return "-";
  const { low, high } = wilson(part, whole);
  return `${shareOf(part, whole)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
};

function printTable(): void {
  console.log("type             TP   FP   FN  recall                 precision              recall, labels valid   characters masked");
  const total: Tally = { found: 0, missed: 0, wrong: 0, characters: 0, covered: 0, validFound: 0, valid: 0 };
  for (const [type, tally] of [...tallies, ["all", total] as const]) {
    const row = [
      withInterval(tally.found, tally.found + tally.missed),
      withInterval(tally.found, tally.found + tally.wrong),
      withInterval(tally.validFound, tally.valid),
      // No interval: the characters of one value are no independent trials.
      shareOf(tally.covered, tally.characters),
    ];
    const counts = [tally.found, tally.wrong, tally.missed].map((count) => String(count).padStart(4)).join(" ");
    console.log(`${type.padEnd(15)} ${counts}  ${row.map((cell) => cell.padEnd(22)).join(" ")}`);
    for (const key of ["found", "missed", "wrong", "characters", "covered", "validFound", "valid"] as const)
      total[key] += type === "all" ? 0 : tally[key];
  }
}

const DATA = join(import.meta.dirname, "../../shared/data");
const finder = createPiiFinder();
const path = join(DATA, "pii/generated_large.json");
if (existsSync(path)) {
  const entries: readonly Entry[] = JSON.parse(readFileSync(path, "utf8"));
  for (const entry of entries) measure(entry, finder.find(entry.full_text));
  console.log(`${entries.length} texts of ${path.slice(DATA.length + 1)}; intervals are Wilson's, 95 %`);
  printTable();
} else console.log("the data is not beside the project: no figures of quality");
if (process.argv.includes("--ordinary")) printOrdinary(finder, DATA);
if (process.argv.includes("--speed")) printSpeed(finder);
