/**
 * A data folder with a ledger of months: 10 tenants with 200 keys, a million calls, 10,000 decisions of each tenant, all in their chains. The
 * tenants and keys are made by the running server's own API; the rows go in as the shipper writes them. Made once, and kept.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import { keyIds, processIds, requestIds, tenantIds } from "../../src/kernel/ids.ts";
import { createChainEnds } from "../../src/record/chain-ends.ts";
import { createHeadSeal } from "../../src/record/chain.ts";
import { createAppend } from "../../src/record/decision-chain.ts";
import { toEventFacts } from "../../src/record/event-columns.ts";
import { toJournalJson } from "../../src/record/event-json.ts";
import { closeDays } from "../../src/record/usage-series.ts";
import { shipEvents } from "../../src/record/ship-batch.ts";
import type { LedgerEvent } from "../../src/domain/event.ts";
import { LEDGER, OPERATOR, tenantScope, type Database } from "../../src/store/database.ts";
import { openMark } from "../../src/store/ledger-marks.ts";
import { createEventPartitions } from "../../src/store/ledger-partitions.ts";
import { openDatabase } from "../../src/store/index.ts";
import { vacuumBusyTables } from "../../src/store/upkeep.ts";
import { makeEvents, type BenchKey } from "./events.ts";
import { ADMIN_KEY, startServer } from "./server.ts";

export type BenchLedger = {
  readonly dataDir: string;
  /** Midnight after the last day. */
  readonly endMs: number;
  readonly tenants: readonly { readonly slug: string; readonly id: string }[];
  /** A tenant administrator's key of the first tenant. */
  readonly tenantKey: string;
  /** One of the first tenant's keys, by its id. */
  readonly keyId: string;
  readonly requestId: string;
  readonly events: number;
};

const DAYS = 90;
const TENANTS = 10;
const KEYS = 20;
const TEAMS = 5;
const DECISIONS = 10_000;
const DAY_MS = 86_400_000;
/** As large as the shipper's own batches at full load. */
const BATCH = 1000;

/** The folder, made if it is not there. `events` is part of its name, so a smaller one for a look does no harm. */
export async function openLedger(events: number, now: () => number): Promise<BenchLedger> {
  const folder = join(import.meta.dirname, "../.cache", `console-${String(events)}`);
  const noted = join(folder, "ledger.json");
  if (existsSync(noted)) {
    const known: BenchLedger = JSON.parse(await readFile(noted, "utf8"));
    return known;
  }
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, "data"), { recursive: true });
  const made = await makeTenants(join(draft, "data"));
  const endMs = Math.floor(now() / DAY_MS) * DAY_MS + DAY_MS;
  const requestId = await fill(join(draft, "data"), made.keys, { events, days: DAYS, endMs });
  const keyId = made.keys[0]?.keyId ?? "";
  const ledger = { dataDir: join(folder, "data"), endMs, tenants: made.tenants, tenantKey: made.tenantKey, keyId, requestId, events };
  await writeFile(join(draft, "ledger.json"), JSON.stringify(ledger, null, 2));
  await rename(draft, folder);
  return ledger;
}

async function makeTenants(dataDir: string) {
  const server = await startServer(dataDir);
  const call = async <T>(path: string, method: string, body: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" };
    const answered = await fetch(`${server.url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answered.ok) throw new Error(`${method} ${path} answered ${String(answered.status)}: ${await answered.text()}`);
    const made: T = await answered.json();
    return made;
  };
  const tenants: { slug: string; id: string }[] = [];
  const keys: BenchKey[] = [];
  let tenantKey = "";
  for (let t = 0; t < TENANTS; t++) {
    const slug = `tenant-${String(t + 1).padStart(2, "0")}`;
    const { id } = await call<{ id: string }>("/admin/v1/tenants", "POST", { slug, name: `Tenant ${String(t + 1)}` });
    await call(`/admin/v1/tenants/${slug}`, "PATCH", { budgetUsd: 400 + 50 * t });
    tenants.push({ slug, id });
    for (let k = 0; k < KEYS; k++) {
      const team = `team-${String((k % TEAMS) + 1)}`;
      const body = {
        name: `${team} ${String(k + 1)}`,
        team,
        ...(k === 0 ? { role: "tenant-admin" } : {}),
        ...(k % 4 === 0 ? { budgetUsd: 40 } : {}),
      };
      const key = await call<{ id: string; key: string }>(`/admin/v1/tenants/${slug}/keys`, "POST", body);
      if (t === 0 && k === 0) tenantKey = key.key;
      keys.push({ tenantId: tenantIds.parse(id), keyId: keyIds.parse(key.id), team });
    }
  }
  await server.stop();
  return { tenants, keys, tenantKey };
}

async function fill(dataDir: string, keys: readonly BenchKey[], ask: { events: number; days: number; endMs: number }): Promise<string> {
  const secret = new Uint8Array(Buffer.from((await readFile(join(dataDir, "secret"), "utf8")).trim(), "hex"));
  const log = { warn: () => undefined };
  const db = await openDatabase({ databaseUrl: undefined, dataDir, connections: 1, clock: systemClock, log });
  const months = Array.from({ length: 5 }, (_, at) => new Date(ask.endMs - (ask.days - at * 30) * DAY_MS).toISOString().slice(0, 7));
  await db.asOwner((owner) => createEventPartitions(owner, [...new Set(months)]));
  const processId = processIds.make(ask.endMs);
  await openMark(db, processId);
  const deps = { db, seal: createHeadSeal(secret), ends: createChainEnds(), settleBudgets: async () => undefined };
  let [offset, done, last] = [0, 0, ""];
  for (const day of makeEvents({ keys, ...ask })) {
    for (let at = 0; at < day.length; at += BATCH) {
      const events = day.slice(at, at + BATCH).map(toShipped);
      await shipEvents(deps, { processId, events, from: { file: 1, offset }, to: { file: 1, offset: offset + 1 } });
      offset++;
      done += events.length;
      last = events.findLast(({ facts }) => facts.tenantId === keys[0]?.tenantId && facts.outcome === "finished")?.facts.requestId ?? last;
    }
    process.stderr.write(`\r${String(done)} events`);
  }
  process.stderr.write("\n");
  await addDecisions(db, secret, keys, ask.endMs);
  // The server does so by itself, in the background.
  for (let left = 1; left > 0;) {
    await closeDays(db, ask.endMs);
    const [row] = await db.query<{ left: number }>(OPERATOR, "SELECT count(*) AS left FROM usage_open_days WHERE day_at < $1", [
      new Date(ask.endMs - DAY_MS),
    ]);
    left = row?.left ?? 0;
  }
  await vacuumBusyTables(db);
  await db.asOwner((owner) => owner.script("VACUUM (ANALYZE) usage_days"));
  await db.query(LEDGER, "UPDATE journal_marks SET finished = true WHERE process_id = $1", [processId]);
  await db.close();
  return last;
}

function toShipped(event: LedgerEvent) {
  const body = toJournalJson(event);
  return { body, hash: createHash("sha256").update(body).digest("hex"), suspect: false, facts: toEventFacts(event) };
}

async function addDecisions(db: Database, secret: Uint8Array, keys: readonly BenchKey[], endMs: number): Promise<void> {
  const append = createAppend(secret);
  for (const tenantId of new Set(keys.map((key) => key.tenantId)))
    for (let at = 0; at < DECISIONS; at += 200)
      await db.transaction(tenantScope(tenantId), (tx) =>
        append(
          tx,
          tenantId,
          Array.from({ length: 200 }, (_, n) => {
            const atMs = endMs - DAYS * DAY_MS + Math.floor(((at + n) * DAYS * DAY_MS) / DECISIONS);
            const decision = {
              category: "data-access",
              action: "GET /v1/files",
              outcome: "granted",
              actor: keys[0]?.keyId,
              role: "member",
              requestId: requestIds.make(atMs),
            } as const;
            return { decision, atMs, count: 1 };
          }),
        ),
      );
}
