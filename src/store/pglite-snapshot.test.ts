import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { openPglite } from "./pglite.ts";
import { snapshotPglite } from "./pglite-snapshot.ts";
import { copyTemplate } from "./template.ts";

const ROUNDS = process.env["WEIR_TEST_LONG"] === "1" ? 50 : 4;
const deps = { clock: systemClock, log: { warn: () => undefined } };

test("a snapshot under writes opens, holds every row committed before it, and only whole transactions", async () => {
  const folder = await mkdtemp(join(tmpdir(), "weir-snapshot-"));
  await copyTemplate(join(folder, "db"));
  const db = await openPglite(deps, { kind: "folder", dir: join(folder, "db") });
  await db.asOwner((owner) => owner.script("CREATE TABLE t (a int PRIMARY KEY, b text)"));
  let committed = 0;
  const ending = new AbortController();
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  const writing = (async () => {
    for (; !ending.signal.aborted; committed += 100) {
      await db.asOwner((owner) =>
        owner.query("INSERT INTO t SELECT n, repeat('x', 300) FROM generate_series($1::int, $1::int + 99) n", [committed]),
      );
      await pause();
    }
  })();
  for (let round = 0; round < ROUNDS; round++) {
    const into = join(folder, `copy-${round}`);
    await mkdir(into);
    const before = committed;
    await snapshotPglite(db, join(folder, "db"), into, async () => undefined);
    const copy = await openPglite(deps, { kind: "folder", dir: into });
    const [row] = await copy.asOwner((owner) =>
      owner.query<{ rows: number; last: number }>("SELECT count(*) AS rows, max(a) + 1 AS last FROM t"),
    );
    await copy.close();
    const { rows = 0, last = 0 } = row ?? {};
    assert.ok(rows >= before && rows === last && rows % 100 === 0, `${rows} rows up to ${last}, ${before} before`);
    console.log(`# snapshot under writes: ${before} rows committed before it, ${rows} in it`);
  }
  ending.abort();
  await writing;
  await db.close();
  await rm(folder, { recursive: true, force: true });
}, 120_000);
