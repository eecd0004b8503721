/** Runs where WEIR_TEST_DATABASE_URL names a server; what is about a server that is not there runs everywhere. */
import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect } from "node:net";
import { systemClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { OPERATOR } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import { createServerDatabase, listTestEngines } from "./testing.ts";

const isUnavailable = (error: unknown): boolean => error instanceof Fault && error.code === "store_unavailable";
const deps = { clock: systemClock, log: { warn: () => undefined } };

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

test("nothing listens: the call fails as store_unavailable at once", async () => {
  const free = createServer();
  const port = await listen(free);
  await closed(free);
  const db = openPostgres(deps, { databaseUrl: `postgres://u:p@127.0.0.1:${port}/x`, connections: 2 });
  await Promise.all([assert.rejects(db.query(OPERATOR, "SELECT 1"), isUnavailable), assert.rejects(db.ping(), isUnavailable)]);
  await assert.rejects(
    db.transaction(OPERATOR, (tx) => tx.query("SELECT 1")),
    isUnavailable,
  );
  await db.close();
});

test("a server that accepts and says nothing is given up after the time to connect, by every caller in the queue", async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
  const port = await listen(silent);
  const db = openPostgres(deps, { databaseUrl: `postgres://u:p@127.0.0.1:${port}/x`, connections: 1, connectMsMax: 150 });
  const startedMs = performance.now();
  const calls = await Promise.allSettled([1, 2, 3].map(() => db.query(OPERATOR, "SELECT 1")));
  assert.ok(calls.every((call) => call.status === "rejected" && isUnavailable(call.reason)));
  assert.ok(performance.now() - startedMs < 2_000);
  await db.close();
  for (const socket of sockets) socket.destroy();
  await closed(silent);
});

/** Stands between pool and server, and can be cut or fall silent. */
async function createCable(target: URL) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let mode: "through" | "silent" | "refuse" = "through";
  const server = createServer((near) => {
    if (mode === "refuse") {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on("data", (chunk) => mode === "through" && to.write(chunk));
      from.on("error", () => undefined);
      from.on("close", () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  const port = await listen(server);
  const url = new URL(target);
  url.port = String(port);
  return {
    url: url.href,
    set: (next: typeof mode) => void (mode = next),
    cut() {
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
    },
    close: () => closed(server),
  };
}

describe.if(listTestEngines().includes("postgres"))("with a server", () => {
  test("a cut connection fails what is under way, kills no process, and the pool recovers by itself", async () => {
    const { url, drop } = await createServerDatabase();
    const cable = await createCable(new URL(url));
    const warnings: string[] = [];
    const db = openPostgres({ ...deps, log: { warn: (message) => warnings.push(message) } }, { databaseUrl: cable.url, connections: 3 });
    await migrate(db);
    // Idle connections break: nobody is waiting, so only the log is told.
    await Promise.all([1, 2, 3].map(() => db.query(OPERATOR, "SELECT 1")));
    cable.cut();
    const soon = await Promise.allSettled(Array.from({ length: 5 }, () => db.query(OPERATOR, "SELECT 1")));
    for (const call of soon) if (call.status === "rejected") assert.ok(isUnavailable(call.reason), String(call.reason));
    await db.ping();
    // Connections break under statements and transactions.
    const insert = "INSERT INTO tenants (id, slug, name, created_at) VALUES ('ten_1', 'a', 'A', now())";
    const sleeping = [
      db.query(OPERATOR, "SELECT pg_sleep(20)"),
      db.transaction(OPERATOR, async (tx) => {
        await tx.query(insert);
        cable.set("refuse");
        cable.cut();
        await tx.query("SELECT 1");
      }),
    ];
    for (const call of sleeping) await assert.rejects(call, isUnavailable);
    await assert.rejects(db.query(OPERATOR, "SELECT 1"), isUnavailable);
    cable.set("through");
    assert.deepEqual(await db.query(OPERATOR, "SELECT count(*) AS n FROM tenants"), [{ n: 0 }]);
    assert.ok(
      warnings.every((said) => said === "a database connection was lost"),
      warnings.join(),
    );
    await db.close();
    await cable.close();
    await drop();
  });

  test("a server that falls silent under a statement is given up after its time", async () => {
    const { url, drop } = await createServerDatabase();
    const cable = await createCable(new URL(url));
    const db = openPostgres(deps, { databaseUrl: cable.url, connections: 1, connectMsMax: 500, statementMsMax: 100 });
    await migrate(db);
    cable.set("silent");
    const startedMs = performance.now();
    await assert.rejects(db.query(OPERATOR, "SELECT 1"), isUnavailable);
    assert.ok(performance.now() - startedMs < 4_000);
    cable.set("through");
    assert.deepEqual(await db.query(OPERATOR, "SELECT 1 AS one"), [{ one: 1 }]);
    await db.close();
    cable.cut();
    await cable.close();
    await drop();
  });

  test("a statement that takes too long is ended by the server, and the connection goes on", async () => {
    const { url, drop } = await createServerDatabase();
    const db = openPostgres(deps, { databaseUrl: url, connections: 1, statementMsMax: 100 });
    await migrate(db);
    await assert.rejects(db.query(OPERATOR, "SELECT pg_sleep(5)"), isUnavailable);
    assert.deepEqual(await db.query(OPERATOR, "SELECT 1 AS one"), [{ one: 1 }]);
    // A migration may take longer.
    await db.asOwner((owner) => owner.query("SELECT pg_sleep(0.2)"));
    await db.close();
    await drop();
  });
});
