import { Fault } from "../kernel/fault.ts";
import { promptIds } from "../kernel/ids.ts";
import type { PromptId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import { rowsToRead, toPage } from "./page.ts";
import type { Page, PageAsk } from "./page.ts";
import { isUniqueViolation } from "./sql-error.ts";

/** The prompt that calls get, in production; others are kept for their owners. */
export const SYSTEM_PROMPT = "system";

export type PromptRecord = {
  readonly id: PromptId;
  readonly name: string;
  readonly version: number;
  readonly environment: "staging" | "production" | "retired";
  readonly text: string;
  readonly authorId: string;
  readonly createdAtMs: number;
  readonly requestedBy: string | undefined;
  readonly approvedBy: string | undefined;
  readonly approvedAtMs: number | undefined;
};

type PromptRow = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly environment: PromptRecord["environment"];
  readonly body: string;
  readonly author_id: string;
  readonly created_at: Date;
  readonly requested_by: string | null;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
};
const COLUMNS = "id, name, version, environment, body, author_id, created_at, requested_by, approved_by, approved_at";

export async function listPrompts(
  db: Database,
  tenantId: TenantId,
  ask: PageAsk & { readonly name?: string | undefined },
): Promise<Page<PromptRecord>> {
  const rows = await db.query<PromptRow>(
    tenantScope(tenantId),
    `SELECT ${COLUMNS} FROM prompts WHERE tenant_id = $1 AND id > $2 AND ($4::text IS NULL OR name = $4) ORDER BY id LIMIT $3`,
    [tenantId, ask.after ?? "", rowsToRead(ask), ask.name ?? null],
  );
  return toPage(rows.map(toPrompt), ask);
}

/** Throws `not_found`. */
export async function getPrompt(db: Database, tenantId: TenantId, id: PromptId): Promise<PromptRecord> {
  return first(
    await db.query<PromptRow>(tenantScope(tenantId), `SELECT ${COLUMNS} FROM prompts WHERE tenant_id = $1 AND id = $2`, [tenantId, id]),
  );
}

/** All that changes prompts runs in one transaction of the operator, which `at` belongs to. */
export type PromptWrite = { readonly db: Database; readonly tenantId: TenantId; readonly nowMs: number; readonly by: string };

/** Who wrote the first version; undefined: there is none of this name. */
export async function findPromptOwner({ db, tenantId }: PromptWrite, name: string): Promise<string | undefined> {
  const [row] = await db.query<{ author_id: string }>(
    OPERATOR,
    "SELECT author_id FROM prompts WHERE tenant_id = $1 AND name = $2 ORDER BY version LIMIT 1",
    [tenantId, name],
  );
  return row?.author_id;
}

/** A new version, in staging. Throws `conflict` where two are made at once. */
export async function insertPrompt({ db, tenantId, nowMs, by }: PromptWrite, name: string, text: string): Promise<PromptRecord> {
  try {
    return first(
      await db.query<PromptRow>(
        OPERATOR,
        `INSERT INTO prompts (tenant_id, id, name, version, environment, body, author_id, created_at)
         SELECT $1, $2, $3, coalesce(max(version), 0) + 1, 'staging', $4, $5, $6 FROM prompts WHERE tenant_id = $1 AND name = $3
         RETURNING ${COLUMNS}`,
        [tenantId, promptIds.make(nowMs), name, text, by, new Date(nowMs)],
      ),
    );
  } catch (error) {
    if (isUniqueViolation(error, "prompts_version_key"))
      throw new Fault("conflict", { say: "Another version was made at this moment. Send it again." });
    throw error;
  }
}

/** Locks a version until the transaction ends. Throws `not_found`. */
export async function lockPrompt({ db, tenantId }: PromptWrite, id: PromptId): Promise<PromptRecord> {
  return first(
    await db.query<PromptRow>(OPERATOR, `SELECT ${COLUMNS} FROM prompts WHERE tenant_id = $1 AND id = $2 FOR UPDATE`, [tenantId, id]),
  );
}

export async function requestPrompt({ db, tenantId, nowMs, by }: PromptWrite, id: PromptId): Promise<PromptRecord> {
  return first(
    await db.query<PromptRow>(
      OPERATOR,
      `UPDATE prompts SET requested_by = $3, requested_at = $4, approved_by = NULL, approved_at = NULL
       WHERE tenant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [tenantId, id, by, new Date(nowMs)],
    ),
  );
}

/** Into production; what was there is retired. */
export async function releasePrompt({ db, tenantId, nowMs, by }: PromptWrite, prompt: PromptRecord): Promise<PromptRecord> {
  await db.query(
    OPERATOR,
    "UPDATE prompts SET environment = 'retired', requested_by = NULL, approved_by = NULL WHERE tenant_id = $1 AND name = $2 AND environment = 'production'",
    [tenantId, prompt.name],
  );
  return first(
    await db.query<PromptRow>(
      OPERATOR,
      `UPDATE prompts SET environment = 'production', approved_by = $3, approved_at = $4 WHERE tenant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [tenantId, prompt.id, by, new Date(nowMs)],
    ),
  );
}

export async function findProductionPrompt(db: Database, tenantId: TenantId, name: string): Promise<PromptRecord | undefined> {
  const [row] = await db.query<PromptRow>(
    OPERATOR,
    `SELECT ${COLUMNS} FROM prompts WHERE tenant_id = $1 AND name = $2 AND environment = 'production'`,
    [tenantId, name],
  );
  return row === undefined ? undefined : toPrompt(row);
}

function first(rows: readonly PromptRow[]): PromptRecord {
  const [row] = rows;
  if (row === undefined) throw new Fault("not_found", { say: "The prompt does not exist." });
  return toPrompt(row);
}

const toPrompt = (row: PromptRow): PromptRecord => ({
  id: promptIds.parse(row.id),
  name: row.name,
  version: row.version,
  environment: row.environment,
  text: row.body,
  authorId: row.author_id,
  createdAtMs: row.created_at.getTime(),
  requestedBy: row.requested_by ?? undefined,
  approvedBy: row.approved_by ?? undefined,
  approvedAtMs: row.approved_at?.getTime(),
});
