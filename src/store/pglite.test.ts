import { test } from "bun:test";
import assert from "node:assert/strict";
import { heapStats } from "bun:jsc";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { OPERATOR } from "./database.ts";
import { openPglite } from "./pglite.ts";
import { startPglite } from "./pglite-link.ts";
import type { PgliteLink } from "./pglite-link.ts";
import { createAsker, exchangeWith } from "./pglite-protocol.ts";
import { copyTemplate, findTemplate } from "./template.ts";

const isUnavailable = (error: unknown): boolean => error instanceof Fault && error.code === "store_unavailable";

test("a worker that dies fails the calls under way; the next starts another on the same folder and finds what was committed", async () => {
  const parent = await mkdtemp(join(tmpdir(), "weir-pglite-"));
  const dir = join(parent, "db");
  await copyTemplate(dir);
  const clock = createFakeClock(1_700_000_000_000);
  const warnings: unknown[] = [];
  const links: PgliteLink[] = [];
  const start: typeof startPglite = async (...args) => {
    const link = await startPglite(...args);
    links.push(link);
    return link;
  };
  const db = await openPglite({ clock, start, log: { warn: (...said) => warnings.push(said) } }, { kind: "folder", dir });
  try {
    await db.query(OPERATOR, "INSERT INTO tenants (id, slug, name, created_at) VALUES ('ten_1', 'kept', 'Kept', now())");
    clock.advance(5_000);
    const transaction = db.transaction(OPERATOR, async (tx) => {
      await tx.query("UPDATE tenants SET name = 'lost'");
      const pending = tx.query("SELECT pg_sleep(5)");
      await links[0]?.kill();
      await assert.rejects(pending, isUnavailable);
      // What follows must not run on another worker, outside the transaction.
      await tx.query("UPDATE tenants SET slug = 'lost'");
    });
    await assert.rejects(transaction, isUnavailable);
    assert.deepEqual(await db.query(OPERATOR, "SELECT slug, name FROM tenants"), [{ slug: "kept", name: "Kept" }]);
    assert.deepEqual(warnings, [["the embedded database's worker ended", { pending: 1 }]]);
    // A second crash at once is not answered by starts in a loop.
    await links[1]?.kill();
    await assert.rejects(db.query(OPERATOR, "SELECT 1"), isUnavailable);
    assert.equal(links.length, 2);
    clock.advance(1_000);
    await Promise.all([db.ping(), db.query(OPERATOR, "SELECT 1")]);
    assert.equal(links.length, 3);
  } finally {
    await db.close();
    await rm(parent, { recursive: true, force: true });
  }
});

test("every pending call of a worker fails when its thread ends", async () => {
  let lost = -1;
  const link = await startPglite({ kind: "memory", image: (await findTemplate()).image }, (pending) => (lost = pending));
  const ask = { role: undefined, before: undefined, params: [], after: undefined };
  const calls = [
    link.send({ ...ask, text: "SELECT pg_sleep(0.2)" }),
    link.send({ ...ask, text: "SELECT 1" }),
    link.send({ ...ask, text: "SELECT 2" }),
  ];
  const settled = Promise.allSettled(calls);
  await link.kill();
  assert.deepEqual(
    (await settled).map((call) => call.status === "rejected" && isUnavailable(call.reason)),
    [true, true, true],
  );
  assert.equal(lost, 3);
  assert.ok(link.hasEnded());
  await assert.rejects(link.send({ ...ask, text: "SELECT 1" }), isUnavailable);
});

test("a folder that holds no database is refused as unavailable, with the reason as cause", async () => {
  const parent = await mkdtemp(join(tmpdir(), "weir-pglite-"));
  try {
    const opened = openPglite(
      { clock: createFakeClock(0), log: { warn: () => undefined } },
      { kind: "memory", image: join(parent, "none.tar") },
    );
    await assert.rejects(opened, (error) => isUnavailable(error) && error instanceof Error && String(error.cause).includes("none.tar"));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});

test("three thousand asks leave nothing behind in memory", async () => {
  const db = await PGlite.create({ loadDataDir: new Blob([await readFile((await findTemplate()).image)]) });
  const answer = createAsker(exchangeWith(db));
  const ask = { id: 1, role: "weir_tenant", before: "BEGIN", text: "SELECT $1::text AS a", params: ["x"], after: "COMMIT" } as const;
  const asks = async (count: number): Promise<number> => {
    for (let n = 0; n < count; n++) assert.deepEqual(await answer(ask), { id: 1, rows: [{ a: "x" }] });
    Bun.gc(true);
    return heapStats().objectCount;
  };
  const before = await asks(100);
  const kept = (await asks(3000)) - before;
  assert.ok(kept < 3000, `${kept} objects`); // PGlite's other ways in keep about 29 an ask.
  await db.close();
}, 20_000);
