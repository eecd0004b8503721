/**
 * Tests that start, kill, copy or attack whole servers for ten seconds and more. `npm test`, which whoever changes a line runs, leaves them to
 * `npm run test:services`; `.ci/run` runs both.
 */
export const SLOW_TESTS: readonly string[] = [
  "src/ingest/access-queries.test.ts",
  "src/record/kill.test.ts",
  "test/documents/bombs.test.ts",
  "test/documents/fuzz.test.ts",
  "test/documents/hostile.test.ts",
  "test/e2e/backup.test.ts",
  "test/e2e/console-command.test.ts",
  "test/e2e/console-login.test.ts",
  "test/e2e/context-lines.test.ts",
  "test/e2e/erasure.test.ts",
  "test/e2e/fuzz.test.ts",
  "test/e2e/kill-ingest.test.ts",
  "test/e2e/kill.test.ts",
  "test/e2e/redteam.test.ts",
  "test/e2e/rollouts.test.ts",
  "test/e2e/routing-examples.test.ts",
  "test/upgrade/upgrade.test.ts",
];
