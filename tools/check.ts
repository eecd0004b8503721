/**
 * `npm test`: types, lint, format, house rules, generated files, then the tests that need no service and are not slow. One line each, the output of
 * what failed, and at the end `N passed, N failed`, where each check counts as one. Exits 1 on any failure and when no test ran.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./suite/command.ts";
import { runTests } from "./suite/bun-test.ts";
import { SLOW_TESTS } from "./suite/slow.ts";
import { finish, print, type Outcome } from "./suite/report.ts";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const bin = (name: string): string => join(root, "node_modules/.bin", name);
const folders = ["src", "tools", "test", "bench", "examples", "console/src"].filter((folder) => existsSync(folder));

/** Programs that write a file of the repository, and with --check tell whether it is what they would write. */
const GENERATORS = [
  { name: "lock file", script: "tools/lock.mjs" },
  { name: "configuration docs", script: "tools/gen-configuration.ts" },
  { name: "API docs", script: "tools/gen-api.ts" },
].filter(({ script }) => existsSync(script));

const CHECKS: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["types", [bin("tsc"), "--noEmit"]],
  ["console types", [bin("tsc"), "--noEmit", "-p", "console"]],
  ["lint", [bin("oxlint"), "--type-aware", "--deny-warnings", ...folders]],
  ["format", [bin("oxfmt"), "--list-different", ...folders]],
  ["house rules", [process.execPath, "tools/tidy.ts"]],
  ["documents", [process.execPath, "tools/check-docs.ts"]],
  ...GENERATORS.map(({ name, script }) => [name, [process.execPath, script, "--check"]] as const),
];

async function check(name: string, command: readonly string[]): Promise<Outcome> {
  const { code, output, seconds } = await runCommand(command);
  const failed = code === 0 ? 0 : 1;
  return { name, seconds, passed: 1 - failed, failed, say: "", notes: [], output: output.trim() || `exit code ${code}` };
}

const outcomes: Outcome[] = [];
const add = (outcome: Outcome): void => {
  outcomes.push(outcome);
  print(outcome);
};

await Promise.all(CHECKS.map(async ([name, command]) => add(await check(name, command))));
// Two processes: the suite is to take under three minutes on two cores. Each file has a process state of its own. The first
// test on a machine builds the embedded database's template, which takes longer than Bun's five seconds; a busy
// machine makes minutes of seconds, and a test that hangs is seen all the same.
const tests = await runTests(
  "tests",
  [
    "--parallel=2",
    "--timeout=90000",
    ...["test/services/**", "test/console/**", ...SLOW_TESTS].map((path) => `--path-ignore-patterns=${path}`),
    "./src",
    "./tools",
    "./bench",
    "./test",
  ],
  "tmp/tests.log",
);
add(tests);

const code = finish(outcomes);
process.exitCode = tests.passed === 0 ? 1 : code;
