/**
 * What the rules on answers cost and hold back: `bun bench/guard-output.ts`. Ordinary prose and code in deltas of four characters, about
 * what a token is, one rule at a time and all of them: microseconds a part (the mean in processor time, which other
 * load does not change, and p50 and p99 of single parts by the clock), and characters held back after a part.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  canaryRule,
  createNameTagger,
  createOutputGuard,
  createPiiFinder,
  createToxicityScorer,
  linkRule,
  makeCanary,
  personalDataRule,
  readToxicityWeights,
  toxicityRule,
  type OutputRule,
} from "../src/guard/index.ts";

const PART_CHARACTERS = 4;
const ANSWER_CHARACTERS = 4000;
const ROUNDS = 20;
const ROOT = join(import.meta.dirname, "..");

const { find } = createPiiFinder({ extraRules: [createNameTagger()] });
const score = createToxicityScorer(readToxicityWeights());
const known = (): boolean => false;
const rules: Readonly<Record<string, OutputRule>> = {
  canary: canaryRule(makeCanary(new Uint8Array(32), "bench")),
  links: linkRule({ mode: "defang", hosts: ["example.com"] }),
  "personal data": personalDataRule({ mode: "mask", find, known }),
  toxicity: toxicityRule({ mode: "block", score }),
};
const texts: Readonly<Record<string, string>> = {
  prose: ["docs/architecture.md", "docs/operations.md", "README.md"].map((name) => readFileSync(join(ROOT, name), "utf8")).join("\n"),
  code: ["src/chat/answer.ts", "src/http/server.ts", "src/kernel/fault.ts"]
    .map((name) => readFileSync(join(ROOT, name), "utf8"))
    .join("\n"),
};

for (const [kind, text] of Object.entries(texts)) {
  const answers = cut(text, ANSWER_CHARACTERS).map((answer) =>
    cut(answer, PART_CHARACTERS).map((piece) => ({ type: "text-delta", choice: 0, text: piece }) as const),
  );
  for (const [name, rule] of Object.entries(rules)) measure(`${kind}, ${name}`, [rule], answers);
  measure(`${kind}, all`, Object.values(rules), answers);
}

type Delta = { readonly type: "text-delta"; readonly choice: 0; readonly text: string };

function measure(name: string, of: readonly OutputRule[], answers: readonly (readonly Delta[])[]): void {
  const times: number[] = [];
  const held: number[] = [];
  let total = 0;
  let parts = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const answer of answers) {
      const guard = createOutputGuard(of);
      const began = process.cpuUsage();
      for (const part of answer) guard.push([part]);
      guard.end();
      // The first half warms up.
      if (round < ROUNDS / 2) continue;
      const { user, system } = process.cpuUsage(began);
      total += user + system;
      parts += answer.length;
    }
  }
  for (const answer of answers) {
    const guard = createOutputGuard(of);
    for (const part of answer) {
      const began = performance.now();
      guard.push([part]);
      times.push((performance.now() - began) * 1000);
      held.push(guard.heldCharacters);
    }
  }
  const time = (share: number): string => quantile(times, share).toFixed(1);
  console.log(
    `${name.padEnd(22)} ${(total / parts).toFixed(2)} µs of a processor a part (p50 ${time(0.5)}, p99 ${time(0.99)}); ` +
      `held p50 ${quantile(held, 0.5)}, p99 ${quantile(held, 0.99)}, most ${quantile(held, 1)} characters; ${answers.length} answers, ${times.length} parts`,
  );
}

function cut(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
