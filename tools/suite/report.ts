/** What one check or test run came to. */
export type Outcome = {
  readonly name: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly say: string;
  readonly notes: readonly string[];
  /** Shown when something failed. */
  readonly output: string;
};

export function lineOf(outcome: Outcome): string {
  const verdict = outcome.failed > 0 ? "FAIL" : "ok  ";
  const seconds = `${outcome.seconds.toFixed(1)} s`.padStart(8);
  return `${verdict}  ${outcome.name.padEnd(22)}${seconds}  ${outcome.say}`.trimEnd();
}

export function print(outcome: Outcome): void {
  console.log(lineOf(outcome));
  for (const note of outcome.notes) console.log(`      ${note.slice(2)}`);
  if (outcome.failed > 0) console.log(outcome.output.replaceAll(/^/gm, "      | "));
}

/** A line for each thing that failed: the tests by their names, a check by its own. */
export function failuresIn({ name, failed, output }: Outcome): string[] {
  if (failed === 0) return [];
  const tests = output.split("\n").filter((line) => line.startsWith("(fail)"));
  return tests.length > 0 ? tests.map((line) => `${name}: ${line}`) : [`${name}: ${output.trim().split("\n", 1)[0] ?? ""}`];
}

/** Prints the one line that programs read, and gives the exit code: 1 when something failed or nothing passed. */
export function finish(outcomes: readonly Outcome[]): number {
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  // Once more at the end: whoever sees the last lines of a long run alone learns what failed.
  for (const line of outcomes.flatMap(failuresIn)) console.log(`FAILED ${line}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
