import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runCommand } from "./command.ts";
import type { Outcome } from "./report.ts";

export type TestCounts = { readonly passed: number; readonly failed: number; readonly skipped: number; readonly ran: boolean };

/** Reads the counts that `bun test` prints last. `ran` is false when it printed none or no test ran: that is a failure, not a success. */
export function parseCounts(output: string): TestCounts {
  const plain = stripVTControlCharacters(output);
  const last = (word: string): number => Number([...plain.matchAll(new RegExp(`^ *(\\d+) ${word}s?$`, "gm"))].at(-1)?.[1] ?? 0);
  const passed = last("pass");
  // An error outside of a test (a file that does not load) is counted apart by Bun.
  const failed = last("fail") + last("error");
  return { passed, failed, skipped: last("skip") + last("todo"), ran: passed + failed > 0 };
}

/** What is worth reading of a test run that failed: each failed test with what came before it, and errors between tests. */
export function failuresOf(output: string): string {
  const kept: string[] = [];
  let sincePass: string[] = [];
  // Bun repeats the failures in a list at the end.
  for (const line of stripVTControlCharacters(output)
    .replace(/^\d+ tests? failed:\n(.*\n)*?\n/m, "")
    .split("\n")) {
    if (/^\((pass|skip|todo)\)/.test(line)) {
      sincePass = [];
      continue;
    }
    sincePass.push(line);
    if (line.startsWith("(fail)")) {
      kept.push(...sincePass);
      sincePass = [];
    }
  }
  return [...kept, ...sincePass].join("\n").trim();
}

/** Lines that tests print with `# ` in front: figures and reasons for skipping, shown even when all pass. */
export const notesOf = (output: string): string[] =>
  stripVTControlCharacters(output)
    .split("\n")
    .filter((line) => line.startsWith("# "));

/** Runs `bun test` with the arguments and keeps the whole output in `logFile`. */
export async function runTests(
  name: string,
  args: readonly string[],
  logFile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const result = await runCommand([process.execPath, "test", ...args], env);
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, result.output);
  const counts = parseCounts(result.output);
  const silent = result.code !== 0 && counts.failed === 0 ? 1 : 0;
  const failed = counts.failed + (counts.ran ? silent : 1);
  return {
    name,
    seconds: result.seconds,
    passed: counts.passed,
    failed,
    say: `${counts.passed} passed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}${counts.ran ? "" : ", no test ran"}`,
    notes: notesOf(result.output),
    output: failed > 0 ? `${failuresOf(result.output)}\n(all of it: ${logFile})` : "",
  };
}
