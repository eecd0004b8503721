import { tenantIds } from "../../src/kernel/ids.ts";
import { createTestRecord, KILL_CALLERS, makeEvent, makeReservation, NOON_MS } from "../../src/record/testing.ts";
import type { Engine } from "../../src/store/index.ts";

/** Tenants with so many events, by the way that events take: journal, shipper, chain. */
export async function fillLedger(db: Engine, folder: string, events: number): Promise<void> {
  await db.asOwner(async (owner) => {
    for (const [at, { tenantId, keyId }] of KILL_CALLERS.entries()) {
      await owner.query("INSERT INTO tenants (id, slug, name, models, created_at) VALUES ($1, $2, $2, $3::text[], now())", [
        tenantId,
        `filled-${at}`,
        ['a "quoted" one', "b\\c", "d,e"],
      ]);
      await owner.query(
        "INSERT INTO api_keys (tenant_id, id, digest, prefix, name, role, created_at) VALUES ($1, $2, $2, 'weir', 'k', 'member', now())",
        [tenantId, keyId],
      );
    }
  });
  const { record } = createTestRecord(db, folder);
  await record.start();
  for (let n = 0; n < events; n++) {
    const caller = KILL_CALLERS[n % KILL_CALLERS.length];
    if (caller === undefined) break;
    const reservation = makeReservation(caller, { startedAtMs: NOON_MS + n * 10 });
    await record.journal.open(reservation);
    await record.journal.close(makeEvent(reservation));
    if (n % 2_000 === 0) await record.shipper.flush();
  }
  await record.shipper.flush();
  await record.drain();
}

/** A collection of so many chunks with twenty postings each, as ingestion would leave it. */
export async function fillKnowledge(db: Engine, chunks: number): Promise<void> {
  const tenant = KILL_CALLERS[0]?.tenantId ?? tenantIds.make(NOON_MS);
  await db.asOwner(async (owner) => {
    await owner.query(
      "INSERT INTO collections (tenant_id, id, name, created_at, active_at, chunk_count) VALUES ($1, 'vs_x', 'filled', now(), now(), $2)",
      [tenant, chunks],
    );
    await owner.query(
      `INSERT INTO documents (tenant_id, collection_id, first_chunk, chunk_count, file_id, filename, title, content_hash, index_rev, state, lease_until)
       VALUES ($1, 'vs_x', 1, $2, 'file_x', 'x.md', 'X', 'hash', 1, 'ready', now())`,
      [tenant, chunks],
    );
    await owner.query(
      `INSERT INTO chunks SELECT $1, 'vs_x', n, 1, n, n + 1, '["Ä heading", "with \\"quotes\\""]'::jsonb,
         repeat('Wörter und \\ backslashes, {braces} "quotes" ', 20) || n FROM generate_series(1, $2::int) n`,
      [tenant, chunks],
    );
    await owner.query(
      `INSERT INTO postings SELECT $1, 'vs_x', n, 0, n, n, decode(md5(n::text), 'hex') FROM generate_series(1, $2::int * 20) n`,
      [tenant, chunks],
    );
  });
}
