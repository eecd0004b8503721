import { jobIds, type JobId, tenantIds, type TenantId } from "../kernel/ids.ts";
import { OPERATOR } from "./database.ts";
import type { Database, Param } from "./database.ts";
import { rowsToRead, toPage } from "./page.ts";
import type { Page, PageAsk } from "./page.ts";

/** Of one store: how much there was when the job came to it first, and what the second pass found; `kept` is what remains by design. */
export type StoreCount = { readonly before: number; readonly after?: number | undefined; readonly kept?: number | undefined };
export type ErasureProgress = Readonly<Record<string, StoreCount>>;

/** What a job ends in. `body` is JSON, `signature` is Ed25519 over `hash`, the SHA-256 of `body`. */
export type SignedCertificate = {
  readonly body: string;
  readonly hash: string;
  readonly signature: string;
  readonly publicKey: string;
  readonly keyId: string;
};

export type ErasureJob = {
  readonly id: JobId;
  readonly kind: "tenant" | "subject";
  readonly tenantId: TenantId;
  readonly state: "waiting" | "running" | "done";
  /** Grows where something came late, which another round erases. */
  readonly round: number;
  readonly askedAtMs: number;
  readonly askedBy: string;
  /** The end user, sealed; gone once the job is done. */
  readonly subject: Uint8Array | undefined;
  readonly progress: ErasureProgress;
  readonly errorCode: string | undefined;
  readonly finishedAtMs: number | undefined;
  readonly certificate: SignedCertificate | undefined;
};

type JobRow = {
  readonly id: string;
  readonly kind: ErasureJob["kind"];
  readonly tenant: string;
  readonly state: ErasureJob["state"];
  readonly round: number;
  readonly asked_at: Date;
  readonly asked_by: string;
  readonly subject: Uint8Array | null;
  readonly progress: ErasureProgress;
  readonly error_code: string | null;
  readonly finished_at: Date | null;
  readonly certificate: SignedCertificate | null;
};

const COLUMNS = "id, kind, of_tenant AS tenant, state, round, asked_at, asked_by, subject, progress, error_code, finished_at, certificate";

const toJob = (row: JobRow): ErasureJob => ({
  id: jobIds.parse(row.id),
  kind: row.kind,
  tenantId: tenantIds.parse(row.tenant),
  state: row.state,
  round: row.round,
  askedAtMs: row.asked_at.getTime(),
  askedBy: row.asked_by,
  subject: row.subject ?? undefined,
  progress: row.progress,
  errorCode: row.error_code ?? undefined,
  finishedAtMs: row.finished_at?.getTime(),
  certificate: row.certificate ?? undefined,
});

const read = async (db: Database, text: string, params: readonly Param[]): Promise<readonly ErasureJob[]> =>
  (await db.query<JobRow>(OPERATOR, text, params)).map(toJob);

export type ErasureAsk = Pick<ErasureJob, "id" | "kind" | "tenantId" | "askedAtMs" | "askedBy" | "subject">;

const INSERT = "INSERT INTO erasures (id, kind, of_tenant, state, asked_at, asked_by, subject) VALUES ($1, $2, $3, 'waiting', $4, $5, $6)";

const toParams = (ask: ErasureAsk): readonly Param[] => [
  ask.id,
  ask.kind,
  ask.tenantId,
  new Date(ask.askedAtMs),
  ask.askedBy,
  ask.subject ?? null,
];

/** Throws where an erasure of the same whole tenant is open. */
export async function insertErasure(db: Database, ask: ErasureAsk): Promise<void> {
  await db.query(OPERATOR, INSERT, toParams(ask));
}

/** Tenants that were deleted before there were jobs for it, or by a process that had none. */
export async function listDeletedWithoutJob(db: Database): Promise<readonly TenantId[]> {
  const rows = await db.query<{ id: string }>(
    OPERATOR,
    "SELECT id FROM tenants t WHERE deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM erasures e WHERE e.of_tenant = t.id AND e.kind = 'tenant') ORDER BY id",
  );
  return rows.map(({ id }) => tenantIds.parse(id));
}

/** A job for one of them, where no other process was first. */
export async function adoptErasure(db: Database, ask: ErasureAsk): Promise<void> {
  await db.query(OPERATOR, `${INSERT} ON CONFLICT DO NOTHING`, toParams(ask));
}

export async function findErasure(db: Database, id: JobId): Promise<ErasureJob | undefined> {
  const [job] = await read(db, `SELECT ${COLUMNS} FROM erasures WHERE id = $1`, [id]);
  return job;
}

/** Oldest first; of one tenant, or of all. */
export async function listErasures(db: Database, ask: PageAsk & { readonly tenantId: TenantId | undefined }): Promise<Page<ErasureJob>> {
  const rows = await read(
    db,
    `SELECT ${COLUMNS} FROM erasures WHERE id > $1 AND ($2::text IS NULL OR of_tenant = $2) ORDER BY id LIMIT $3`,
    [ask.after ?? "", ask.tenantId ?? null, rowsToRead(ask)],
  );
  return toPage(rows, ask);
}

/** Those that are not done, oldest first. */
export async function listOpenErasures(db: Database): Promise<readonly ErasureJob[]> {
  return await read(db, `SELECT ${COLUMNS} FROM erasures WHERE state <> 'done' ORDER BY id LIMIT 100`, []);
}

/** The same of one tenant. */
export async function listOpenErasuresOf(db: Database, tenantId: TenantId): Promise<readonly ErasureJob[]> {
  return await read(db, `SELECT ${COLUMNS} FROM erasures WHERE of_tenant = $1 AND state <> 'done' ORDER BY id`, [tenantId]);
}

/** Of a tenant that is deleted and still has its slug. */
export async function findErasureUnderWay(db: Database, slug: string): Promise<ErasureJob | undefined> {
  // As findTenantBySlug.
  if (slug.includes("\0")) return undefined;
  const [job] = await read(
    db,
    `SELECT ${COLUMNS} FROM erasures WHERE kind = 'tenant' AND state <> 'done'
       AND of_tenant = (SELECT id FROM tenants WHERE slug = $1 AND deleted_at IS NOT NULL) ORDER BY id LIMIT 1`,
    [slug],
  );
  return job;
}

/** An erased tenant: its chains still verify by its id. */
export async function isErasedTenant(db: Database, tenantId: TenantId): Promise<boolean> {
  const rows = await db.query(OPERATOR, "SELECT 1 FROM erasures WHERE of_tenant = $1 AND kind = 'tenant' AND state = 'done' LIMIT 1", [
    tenantId,
  ]);
  return rows.length > 0;
}

/** Takes the oldest open job that nobody works on, for as long as the lease lasts. `anyLease`: whoever held one is dead. */
export async function claimErasure(db: Database, now: Date, leaseUntil: Date, anyLease: boolean): Promise<ErasureJob | undefined> {
  const [job] = await read(
    db,
    `UPDATE erasures SET state = 'running', lease_until = $2 WHERE id = (
       SELECT id FROM erasures WHERE state <> 'done' AND ($3::boolean OR lease_until IS NULL OR lease_until <= $1)
       ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING ${COLUMNS}`,
    [now, leaseUntil, anyLease],
  );
  return job;
}

/** What is known so far, and a longer lease. */
export async function saveErasure(db: Database, id: JobId, progress: ErasureProgress, leaseUntil: Date): Promise<void> {
  await db.query(OPERATOR, "UPDATE erasures SET progress = $2::jsonb, lease_until = $3 WHERE id = $1 AND state = 'running'", [
    id,
    JSON.stringify(progress),
    leaseUntil,
  ]);
}

/** Whom it is about, as it is known now. */
export async function setErasureSubject(db: Database, id: JobId, subject: Uint8Array): Promise<void> {
  await db.query(OPERATOR, "UPDATE erasures SET subject = $2 WHERE id = $1 AND state = 'running'", [id, subject]);
}

/** It came to no end: somebody tries again after that time. */
export async function postponeErasure(db: Database, id: JobId, errorCode: string, until: Date): Promise<void> {
  await db.query(OPERATOR, "UPDATE erasures SET error_code = $2, lease_until = $3 WHERE id = $1 AND state = 'running'", [
    id,
    errorCode,
    until,
  ]);
}

export type ErasureEnd = {
  readonly progress: ErasureProgress;
  readonly certificate: SignedCertificate;
  readonly finishedAt: Date;
  readonly checkAt: Date | null;
};

/** Whom it was about is known no more. `db` may be bound to the transaction that tells of it. */
export async function finishErasure(db: Database, id: JobId, end: ErasureEnd): Promise<void> {
  await db.query(
    OPERATOR,
    `UPDATE erasures SET state = 'done', subject = NULL, error_code = NULL, lease_until = NULL, progress = $2::jsonb, certificate = $3::jsonb,
       finished_at = $4, check_at = $5 WHERE id = $1`,
    [id, JSON.stringify(end.progress), JSON.stringify(end.certificate), end.finishedAt, end.checkAt],
  );
}

/** Finished erasures of tenants at which it is time to look again. */
export async function listUnchecked(db: Database, now: Date): Promise<readonly ErasureJob[]> {
  return await read(
    db,
    `SELECT ${COLUMNS} FROM erasures WHERE kind = 'tenant' AND state = 'done' AND check_at <= $1 ORDER BY check_at LIMIT 20`,
    [now],
  );
}

/** Nothing came late: look again then, or never. */
export async function setErasureCheck(db: Database, id: JobId, checkAt: Date | null): Promise<void> {
  await db.query(OPERATOR, "UPDATE erasures SET check_at = $2 WHERE id = $1 AND state = 'done'", [id, checkAt]);
}

/** Something came late. The certificate of before stays until the next one names it. */
export async function reopenErasure(db: Database, id: JobId, round: number): Promise<void> {
  await db.query(
    OPERATOR,
    "UPDATE erasures SET state = 'waiting', round = $2 + 1, progress = '{}', lease_until = NULL WHERE id = $1 AND state = 'done' AND round = $2",
    [id, round],
  );
}
