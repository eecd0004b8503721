/**
 * `npm run test:services`: the tests that need a real PostgreSQL with pgvector, or another server (suite/service-programs.ts). Starts one (suite/postgres.ts), or uses the one that
 * WEIR_TEST_DATABASE_URL names, runs the test files that mention that variable, open databases on it or lie in a folder `services`, those that drive a browser (test/console), and the slow
 * ones (suite/slow.ts), and ends with
 * `N passed, N failed`. With --long: the long variants (WEIR_TEST_LONG=1) of the files that have one, hours rather than minutes.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startPostgres } from "./suite/postgres.ts";
import { findCollector, findPrometheus, findQdrantEngine, findS3Server, type Found } from "./suite/service-programs.ts";
import { runTests } from "./suite/bun-test.ts";
import { SLOW_TESTS } from "./suite/slow.ts";
import { finish, print, type Outcome } from "./suite/report.ts";

const root = join(import.meta.dirname, "..");
process.chdir(root);

const long = process.argv.includes("--long");

/** Test files under `folders` that `wanted` picks by path and text. */
function testFiles(folders: readonly string[], wanted: (path: string, text: string) => boolean): string[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => `./${join(entry.parentPath, entry.name)}`)
    .filter((path) => wanted(path, readFileSync(path, "utf8")))
    .toSorted();
}

/** Told to the tests in the environment: where each program is, or why there is none, which they print. */
async function findPrograms(): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const tell = (name: string, found: Found): void => {
    if ("path" in found) env[`WEIR_TEST_${name}_BIN`] = found.path;
    else env[`WEIR_TEST_${name}_WHY`] = found.why;
  };
  tell("S3", await findS3Server());
  tell("OTELCOL", await findCollector());
  tell("PROMETHEUS", await findPrometheus());
  tell("QDRANT", await findQdrantEngine());
  return env;
}

async function run(add: (outcome: Outcome) => void): Promise<void> {
  const files = testFiles(["src", "test"], (path, text) =>
    long
      ? text.includes("WEIR_TEST_LONG")
      : path.includes("/services/") ||
        path.includes("test/console/") ||
        SLOW_TESTS.includes(path.slice("./".length)) ||
        /WEIR_TEST_DATABASE_URL|listTestEngines|createServerDatabase/.test(text),
  );
  const given = process.env["WEIR_TEST_DATABASE_URL"];
  const startedAt = performance.now();
  const server = given === undefined ? await startPostgres() : undefined;
  const seconds = (performance.now() - startedAt) / 1000;
  const say = server === undefined ? "given by WEIR_TEST_DATABASE_URL" : `PostgreSQL ${server.version}, pgvector ${server.vector}`;
  add({ name: "postgres", seconds, passed: 1, failed: 0, say, notes: [], output: "" });
  try {
    if (files.length === 0) throw new Error(`no test file mentions ${long ? "WEIR_TEST_LONG" : "WEIR_TEST_DATABASE_URL"}`);
    const programs = long ? {} : await findPrograms();
    const env = { ...programs, WEIR_TEST_DATABASE_URL: given ?? server?.url ?? "", ...(long ? { WEIR_TEST_LONG: "1" } : {}) };
    const timeout = `--timeout=${long ? 3_600_000 : 60_000}`;
    add(await runTests(long ? "long tests" : "service tests", [timeout, ...files], long ? "tmp/long.log" : "tmp/services.log", env));
  } finally {
    await server?.close();
  }
}

const outcomes: Outcome[] = [];
const add = (outcome: Outcome): void => {
  outcomes.push(outcome);
  print(outcome);
};
try {
  await run(add);
} catch (error) {
  add({
    name: "services",
    seconds: 0,
    passed: 0,
    failed: 1,
    say: "",
    notes: [],
    output: error instanceof Error ? error.message : String(error),
  });
}
process.exitCode = finish(outcomes);
