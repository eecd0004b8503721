import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, type Config } from "../config/index.ts";
import { type Clock, systemClock } from "../kernel/clock.ts";
import { requestIds, type JobId, type TenantId } from "../kernel/ids.ts";
import { makeEvent, makeReservation, NOON_MS } from "../record/testing.ts";
import { OPERATOR } from "../store/database.ts";
import type { Engine } from "../store/engine.ts";
import { findErasure, type ErasureJob } from "../store/erasures.ts";
import { insertKey } from "../store/keys.ts";
import { createTenant } from "../store/tenants.ts";
import { openTestDatabase } from "../store/testing.ts";
import { composeParts, type Parts } from "./parts.ts";

/** An end user of every tenant that `fill` makes. */
export const ADA = "ada.lovelace@analytical.example";

export const admin = { kind: "admin", role: "admin" } as const;

export type Filled = { readonly slug: string; readonly tenantId: TenantId; readonly ends: readonly string[] };

export type ErasureWorld = {
  readonly db: Engine;
  readonly config: Config;
  /** The messages that servers of this world logged. */
  readonly logged: readonly string[];
  /** A server without a socket. Its erasures begin only when they are kicked. */
  open(engine: Engine, clock?: Clock): Parts;
  /** A tenant with some of everything: 3 calls, 2 of them of `ADA`; 1 key, 1 file in a collection that is hers. */
  fill(parts: Parts): Promise<Filled>;
  jobOf(id: JobId): Promise<ErasureJob>;
  /** Rows and objects that name the tenant, in the stores that `fill` wrote to. */
  countLeft(tenantId: TenantId): Promise<number>;
  close(): Promise<void>;
};

/** A database and a folder of their own, for servers that erase. */
export async function openErasureWorld(): Promise<ErasureWorld> {
  const db = await openTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "weir-erasure-"));
  const config = await loadConfig({ flags: { data: dataDir }, env: { WEIR_ADMIN_KEY: "test-admin-key-0123456789" }, cwd: dataDir });
  const logged: string[] = [];
  let made = 0;
  return {
    db,
    config,
    logged,
    open(engine, clock = systemClock) {
      const tell = (message: string): void => void logged.push(message);
      const log = { info: tell, warn: tell, error: tell };
      return composeParts({ config, db: engine, clock, log, pid: process.pid, approvedRoutes: {}, residentBytes: () => 0 });
    },
    async fill(parts) {
      const slug = `t${++made}`;
      const { id: tenantId } = await createTenant(db, NOON_MS, { slug, name: slug });
      const none = {
        team: undefined,
        models: undefined,
        rpm: undefined,
        tpm: undefined,
        budgetMicroUsd: undefined,
        expiresAtMs: undefined,
      };
      const key = await insertKey(db, NOON_MS, tenantId, { ...none, name: "k", role: "member", digest: slug, prefix: "p", madeBy: "" });
      const who = { kind: "tenant", role: "member", tenant: { id: tenantId }, key } as never;
      const ends: string[] = [];
      for (const endUser of [ADA, ADA, "bob"]) {
        const digest = (await parts.endUsers.digest({ who }, endUser)) ?? assert.fail();
        ends.push(digest);
        const reservation = makeReservation({ tenantId, keyId: key.id }, { requestId: requestIds.make(NOON_MS) });
        await parts.record.journal.open(reservation);
        await parts.record.journal.close(makeEvent(reservation, { endUserDigest: digest }));
        const said = { policy: "full", endUser: digest, messages: [], answer: "yes", cut: false } as const;
        parts.stored.contentLog.keep({ requestId: reservation.requestId, tenantId, atMs: NOON_MS, ...said });
      }
      parts.decisions.note({ category: "security", action: "test", outcome: "granted", tenantId });
      await parts.decisions.flush();
      await parts.record.shipper.flush();
      await parts.stored.contentLog.flush();
      const file = await parts.ingest.createFile(tenantId, { filename: "a.txt", purpose: "user_data", bytes: Buffer.from("words of ada") });
      const collection = await parts.ingest.createCollection(tenantId, { name: "hers", metadata: { user: ADA } });
      await parts.ingest.addFileToCollection(tenantId, collection.id, file.id, { safety_identifier: ADA });
      await parts.ingest.idle();
      return { slug, tenantId, ends };
    },
    jobOf: async (id) => (await findErasure(db, id)) ?? assert.fail("no such job"),
    async countLeft(tenantId) {
      let left = 0;
      for (const table of ["api_keys", "files", "collections", "chunks", "postings", "events", "decisions", "subjects", "documents"])
        left += Number((await db.query(OPERATOR, `SELECT count(*) AS n FROM ${table} WHERE tenant_id = $1`, [tenantId]))[0]?.["n"]);
      const areas = await readdir(join(dataDir, "objects"), { recursive: true });
      return left + areas.filter((path) => path.includes(tenantId)).length;
    },
    async close() {
      await db.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
