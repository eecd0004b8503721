import { test } from "bun:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The scopes that see more than one tenant, and how often each file may use them. One more is a decision: raise the number together with
 * the reason why a tenant's own scope does not do.
 */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // A key's digest, and the tenant that a token names, are looked up before it is known who asks; the feed of changes is every process's.
  // Whether a session was ended is asked before it is believed.
  LOOKUP: {
    "store/ended-sessions.ts": 1,
    "store/token-tenants.ts": 1,
    "store/keys.ts": 1,
    "store/changes.ts": 2,
    "store/pglite.ts": 1,
    "store/pgvector.ts": 1,
  },
  // Events, leases and journals of many tenants are settled in one batch.
  LEDGER: {
    "store/budgets.ts": 6,
    "store/events.ts": 1,
    "store/ledger-marks.ts": 2,
    "store/usage-days.ts": 2,
    "record/ship-at-once.ts": 1,
    "record/ship-batch.ts": 3,
    "record/finish-journal.ts": 1,
  },
  // Tenants are made, found by name and deleted by the platform; cleaning and listings run over all of them; the catalogue is nobody's.
  OPERATOR: {
    "store/tenants.ts": 7,
    // The platform's people look through all tenants, and at what each used.
    "store/tenant-directory.ts": 1,
    // A change of a tenant is one transaction with its entry in the log; a prompt goes into production with the tenant's row.
    "admin/tenants.ts": 2,
    "admin/release.ts": 1,
    "store/versions.ts": 1,
    "store/catalogue.ts": 1,
    "store/roles.ts": 1,
    "store/collection-end.ts": 2,
    "store/documents.ts": 2,
    // Jobs are of all tenants, in tables of pg-boss that no tenant reaches.
    "compose/jobs.ts": 1,
    "store/files.ts": 1,
    // How far the index lags behind, over all tenants.
    "store/file-progress.ts": 1,
    "record/usage.ts": 1,
    "record/usage-series.ts": 1,
    "store/budget-states.ts": 1,
    "admin/budget-list.ts": 1,
    // The platform sees what the rules did in every tenant's calls.
    "record/guard-events.ts": 1,
    // Reports of red-team runs are the platform's own, and of no tenant.
    "store/redteam-reports.ts": 4,
    // Retention deletes the oldest entries of every chain, and what was told of changes long ago.
    "store/audit-anchors.ts": 2,
    // The platform explains a call of whatever tenant by its id.
    "record/explain.ts": 1,
    "store/old-changes.ts": 1,
    // What has a date goes when it has come, whosever it is.
    "store/aged-rows.ts": 1,
    // The platform's admin looks at what tenants' callers reported, of all of them at once.
    "store/guard-refusals.ts": 2,
    // Rollouts of all tenants go on by themselves, and what every process does with calls is read at once.
    // Generations of all tenants go on by themselves, and indexes of those that are gone are dropped.
    "store/vector-generations.ts": 1,
    "store/vector-graphs.ts": 1,
    "store/rollouts.ts": 7,
    // No tenant is told of which providers are out, how calls were served, or what budgets other processes hold.
    "admin/provider-switch.ts": 1,
    "store/provider-states.ts": 4,
    "store/objective-counts.ts": 5,
    "store/budget-leases.ts": 1,
    "operate/rollout/moves.ts": 1,
    // An erasure reaches every table, of a tenant that no key speaks for any more; its jobs and certificates are the platform's.
    "store/tenant-rows.ts": 6,
    "store/attributed.ts": 3,
    "store/subjects.ts": 1,
    "store/decision-anchors.ts": 1,
    "store/erasures.ts": 11,
    "store/erasure-parts.ts": 3,
    "operate/erase/requests.ts": 2,
    "operate/erase/finish-job.ts": 1,
    // A hold forbids it to all of them.
    "store/holds.ts": 5,
    // Sessions of browsers and links to sign in are of people, whatever tenant they are in.
    "store/ended-sessions.ts": 1,
    "operate/erase/holds.ts": 2,
  },
  // The login itself: migrations, and the partitions that it owns.
  asOwner: {
    "store/pglite.ts": 1,
    "store/migrate.ts": 2,
    "store/open.ts": 3,
    // pgvector's table, and the approximate index of each large generation: only the owner of a table may make those.
    "store/pgvector.ts": 1,
    "store/vector-graphs.ts": 3,
    "compose/parts.ts": 2,
    // What makes or mends pg-boss's own tables.
    "compose/jobs.ts": 1,
    // Whole-database work: copies of all tables, checkpoints, vacuum, and what the doctor looks at.
    "operate/backup.ts": 1,
    "operate/copy-database.ts": 2,
    "operate/move.ts": 1,
    "operate/restore.ts": 1,
    "operate/check-database.ts": 4,
    "store/pglite-snapshot.ts": 2,
    "store/write-ahead-log.ts": 1,
    "store/upkeep.ts": 2,
    // Pages, statistics and log in which deleted rows still stand.
    "store/erased-pages.ts": 5,
  },
};

const SOURCE = join(import.meta.dirname, "..");
/** Where the scopes are made and passed on. */
const DEFINITIONS = new Set(["store/database.ts", "store/index.ts", "store/engine.ts", "store/postgres.ts"]);

/** Code without imports and comments, by file. */
function readSource(): readonly (readonly [string, string])[] {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^(?!.*\.(test|fixture)\.ts$)(?!.*testing\.ts$).*\.ts$/.test(file),
  );
  assert.ok(files.length > 50, "the source was read");
  return files.map((file) => [file, readFileSync(join(SOURCE, file), "utf8").replaceAll(/^import [^;]*;|\/\*[^]*?\*\/|\/\/.*$/gm, "")]);
}

function countUses(pattern: RegExp): ReadonlyMap<string, number> {
  const counted = readSource().map(([file, code]): readonly [string, number] => [file, code.match(pattern)?.length ?? 0]);
  return new Map(counted.filter(([file, count]) => count > 0 && !DEFINITIONS.has(file)));
}

test("no platform scope is made but where scopes are defined", () => {
  assert.deepEqual([...countUses(/kind: "(lookup|ledger|operator)"/g).keys()], []);
});

for (const [word, allowed] of Object.entries(ALLOWED)) {
  test(`${word} is used where it is listed, and no more often`, () => {
    const uses = countUses(new RegExp(`\\b${word}\\b`, "g"));
    const tooMany = [...uses].filter(([file, count]) => count > (allowed[file] ?? 0)).map(([file, count]) => `${file}: ${count}`);
    assert.deepEqual(tooMany, []);
    console.log(`${word}: ${[...uses.values()].reduce((sum, count) => sum + count, 0)} uses in ${uses.size} files`);
    assert.ok(uses.size > 0, "a word that is nowhere is misspelt here");
  });
}
