/**
 * How well and how fast names are found: `bun bench/guard-names.ts [--show missed|extra|alarms] [--set NAME]`. Quality needs
 * ../shared/data: recall and precision on the templates that were not learned from, false alarms on ordinary prompts. Speed does not.
 */
import { parseArgs } from "node:util";
import type { Finding } from "../src/domain/finding.ts";
import { wilson } from "../src/evaluate/redteam/statistics.ts";
import { createNameTagger } from "../src/guard/pii/names/tagger.ts";
import { hasSharedData, isTrainingTemplate, readLabelled, readOrdinary, type Labelled } from "../tools/names/public-data.ts";
import { ordinaryPrompt } from "./guard-names/prompts.ts";

const { values } = parseArgs({ options: { show: { type: "string" }, set: { type: "string" } } });
const TYPES = ["PERSON", "LOCATION", "ORGANISATION", "ADDRESS"] as const;

const idleBytes = process.memoryUsage().rss;
const loadedFromMs = performance.now();
const tag = createNameTagger();
const find = (text: string): Finding[] => {
  const out: Finding[] = [];
  tag(text, out);
  return out;
};
find("Anna");
const loadedMs = performance.now() - loadedFromMs;
console.log(
  `lists and weights read in ${loadedMs.toFixed(0)} ms; memory grew by ${((process.memoryUsage().rss - idleBytes) / 1e6).toFixed(0)} MB`,
);

function share(hits: number, all: number): string {
  if (all === 0) return "-";
  const { low, high } = wilson(hits, all);
  return `${(hits / all).toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] (${hits}/${all})`;
}

/** Chars of a span that findings of the types cover. */
function covered(findings: readonly Finding[], types: readonly string[], start: number, end: number): number {
  let chars = 0;
  for (const finding of findings) {
    if (types.includes(finding.type)) chars += Math.max(0, Math.min(end, finding.end) - Math.max(start, finding.start));
  }
  return chars;
}

/** A name is found when half of its chars are; a finding is right when half of its chars are of that type. */
function measureLabelled(name: string, examples: readonly Labelled[]): void {
  console.log(`\n${name}: ${examples.length} sentences`);
  const found = examples.map(({ text }) => find(text));
  for (const [at, type] of TYPES.entries()) {
    // A place inside an address is covered by it, and the other way round.
    const alike = type === "LOCATION" || type === "ADDRESS" ? ["LOCATION", "ADDRESS"] : [type];
    let all = 0;
    let same = 0;
    let hits = 0;
    let any = 0;
    let findings = 0;
    let right = 0;
    for (const [which, { text, spans }] of examples.entries()) {
      const here = found[which] ?? [];
      for (const { start, end, label } of spans) {
        if (label !== at + 1) continue;
        all++;
        if (covered(here, [type], start, end) * 2 >= end - start) same++;
        if (covered(here, alike, start, end) * 2 >= end - start) hits++;
        else if (values.show === "missed")
          console.log(
            `  missed ${type} ${JSON.stringify(text.slice(start, end))} in ${JSON.stringify(text.slice(Math.max(0, start - 60), end + 40))}`,
          );
        if (covered(here, TYPES, start, end) * 2 >= end - start) any++;
      }
      for (const finding of here) {
        if (finding.type !== type) continue;
        findings++;
        const labels = type === "LOCATION" || type === "ADDRESS" ? [2, 4] : [at + 1];
        const good = spans
          .filter((span) => labels.includes(span.label))
          .reduce((sum, span) => sum + Math.max(0, Math.min(span.end, finding.end) - Math.max(span.start, finding.start)), 0);
        if (good * 2 >= finding.end - finding.start) right++;
        else if (values.show === "extra")
          console.log(
            `  extra ${type} ${JSON.stringify(text.slice(finding.start, finding.end))} in ${JSON.stringify(text.slice(Math.max(0, finding.start - 50), finding.end + 40))}`,
          );
      }
    }
    console.log(`  ${type.padEnd(13)} recall ${share(hits, all)}  of that very type ${share(same, all)}  of any type ${share(any, all)}`);
    console.log(`  ${"".padEnd(13)} precision ${share(right, findings)}`);
  }
}

function measureOrdinary(): void {
  console.log("\nfindings in 1,000 words of ordinary prompts (* holds names of real persons and places):");
  for (const { name, named, texts } of readOrdinary()) {
    if (values.set !== undefined && values.set !== name) continue;
    let words = 0;
    const counts = new Map<string, number>();
    for (const text of texts) {
      words += text.split(/\s+/u).length;
      for (const { type, start, end } of find(text)) {
        counts.set(type, (counts.get(type) ?? 0) + 1);
        if (values.show === "alarms")
          console.log(
            `  ${type} ${JSON.stringify(text.slice(start, end))} in ${JSON.stringify(text.slice(Math.max(0, start - 40), end + 30))}`,
          );
      }
    }
    const rates = TYPES.map((type) => `${type} ${(((counts.get(type) ?? 0) * 1_000) / words).toFixed(2)}`).join("  ");
    console.log(`  ${`${name}${named ? " *" : ""}`.padEnd(32)} ${String(words).padStart(7)} words  ${rates}`);
  }
}

/** Of the processor, not of the clock: other programs on the machine do not count. Texts of a few KB are read until it can be measured. */
function processorMs(text: string): number {
  const repeat = Math.max(1, Math.ceil(500_000 / text.length));
  const from = process.cpuUsage();
  for (let round = 0; round < repeat; round++) tag(text, []);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000 / repeat;
}

function measureSpeed(): void {
  const prompts = Array.from({ length: 200 }, (_, at) => ordinaryPrompt(at + 1, 2_048));
  const out: Finding[] = [];
  const time = (text: string): number => {
    out.length = 0;
    const fromMs = performance.now();
    tag(text, out);
    return performance.now() - fromMs;
  };
  for (let round = 0; round < 20; round++) for (const prompt of prompts) time(prompt);
  const times = Array.from({ length: 20 }, () => prompts.map(time))
    .flat()
    .toSorted((one, other) => one - other);
  const at = (part: number): string => (times[Math.floor(times.length * part)] ?? 0).toFixed(3);
  console.log(`\n2 KB of ordinary English: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${times.length} calls)`);
  console.log("processor time:");
  for (const chars of [2_048, 20_480, 102_400, 1_048_576, 10_485_760]) {
    const text = ordinaryPrompt(7, chars);
    const best = Math.min(processorMs(text), processorMs(text), processorMs(text));
    console.log(`${String(chars).padStart(9)} chars: ${best.toFixed(2)} ms, ${((best * 1e6) / chars).toFixed(1)} ns a char`);
  }
}

/** Texts that make each part of the tagger work hardest; none may cost much more a char than prose, whatever its length. */
function measureWorst(): void {
  console.log("\nworst inputs, ns of processor time a char at 20 KB and at 1 MB:");
  const units: Readonly<Record<string, string>> = {
    "names only": "Anna Kowalska ",
    "rare lower case": "wressle polapit tamarou ",
    "street words": "Street Road 12 Avenue ",
    flats: "Apt 12 ",
    numbers: "12 34 ",
    code: 'let a = f("b"); ',
    "lines of code": "let a = f(b);\n",
    quotes: "'\"' ",
    "one word": "x",
    capitals: "A B C ",
    "places of many words": "Saint Vincent and the ",
    Japanese: "東京都田中太郎",
    Devanagari: "राहुल शर्मा ",
  };
  for (const [name, unit] of Object.entries(units)) {
    const cost = [20_480, 1_048_576].map((chars) => {
      const text = unit.repeat(Math.ceil(chars / unit.length));
      let best = Infinity;
      for (let round = 0; round < 4; round++) best = Math.min(best, processorMs(text));
      return ((best * 1e6) / text.length).toFixed(0).padStart(5);
    });
    console.log(`  ${name.padEnd(22)} ${cost.join(" ")}`);
  }
}

if (hasSharedData()) {
  const labelled = readLabelled();
  if (values.set === undefined || values.set === "labelled") {
    measureLabelled(
      "templates not learned from",
      labelled.filter(({ template }) => !isTrainingTemplate(template)),
    );
    if (values.show === undefined)
      measureLabelled(
        "templates learned from",
        labelled.filter(({ template }) => isTrainingTemplate(template)),
      );
  }
  if (values.set !== "labelled") measureOrdinary();
} else console.log("no ../shared/data: no figures of quality");
if (values.show === undefined) {
  measureSpeed();
  measureWorst();
}
