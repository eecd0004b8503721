import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import { rowsToRead, toPage } from "./page.ts";
import type { Page, PageAsk } from "./page.ts";
import { isUniqueViolation } from "./sql-error.ts";

/** Where versions of one kind of thing are kept: each a draft in staging at first, one of each name in production, and those before it retired. */
export type VersionTable<Id extends string> = {
  readonly table: "prompts" | "policies";
  /** The column that says which versions belong together. */
  readonly nameColumn: "name" | "kind";
  readonly bodyType: "text" | "jsonb";
  /** What the database calls two versions of one number. */
  readonly versionKey: string;
  readonly ids: { make(nowMs: number): Id; parse(raw: string): Id };
  /** Told of one that is not there. */
  readonly missing: string;
};

export type VersionRecord<Id extends string> = {
  readonly id: Id;
  readonly name: string;
  readonly version: number;
  readonly environment: "staging" | "production" | "retired";
  readonly body: string;
  readonly authorId: string;
  readonly createdAtMs: number;
  readonly requestedBy: string | undefined;
  /** What `request` was given: what the version would have changed then. */
  readonly requestedChange: string | undefined;
  readonly approvedBy: string | undefined;
  readonly approvedAtMs: number | undefined;
};

/** All that changes versions runs in one transaction of the operator, which `db` belongs to. */
export type VersionWrite = { readonly db: Database; readonly tenantId: TenantId; readonly nowMs: number; readonly by: string };

/** Of one name, or of all; in the order of their making unless `order` is `desc`. `requested`: an approval is waited for. */
export type VersionAsk = PageAsk & {
  readonly name?: string | undefined;
  readonly state?: VersionState | undefined;
  readonly order?: "asc" | "desc" | undefined;
};
export type VersionState = "staging" | "requested" | "production" | "retired";

export type VersionStore<Id extends string> = {
  list(db: Database, tenantId: TenantId, ask: VersionAsk): Promise<Page<VersionRecord<Id>>>;
  /** Throws `not_found`. */
  get(db: Database, tenantId: TenantId, id: Id): Promise<VersionRecord<Id>>;
  /** Who wrote the first version; undefined: there is none of this name. */
  findOwner(at: VersionWrite, name: string): Promise<string | undefined>;
  /** A new version, in staging. Throws `conflict` where two are made at once. */
  insert(at: VersionWrite, name: string, body: string): Promise<VersionRecord<Id>>;
  /** Locks a version until the transaction ends. Throws `not_found`. */
  lock(at: VersionWrite, id: Id): Promise<VersionRecord<Id>>;
  request(at: VersionWrite, id: Id, change: string): Promise<VersionRecord<Id>>;
  /** Into production; what was there is retired. */
  release(at: VersionWrite, version: VersionRecord<Id>): Promise<VersionRecord<Id>>;
  findProduction(db: Database, tenantId: TenantId, name: string): Promise<VersionRecord<Id> | undefined>;
};

type VersionRow = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly environment: "staging" | "production" | "retired";
  readonly body: string;
  readonly author_id: string;
  readonly created_at: Date;
  readonly requested_by: string | null;
  readonly requested_change: string | null;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
};

export function createVersionStore<Id extends string>(table: VersionTable<Id>): VersionStore<Id> {
  const rows = readRows(table);
  return { ...createReads(table, rows), ...createWrites(table, rows) };
}

type Rows<Id extends string> = {
  /** What each statement returns. */
  readonly columns: string;
  toRecord(row: VersionRow): VersionRecord<Id>;
  /** Throws `not_found` where there is none. */
  first(rows: readonly VersionRow[]): VersionRecord<Id>;
};

function readRows<Id extends string>({ nameColumn, ids, missing }: VersionTable<Id>): Rows<Id> {
  const toRecord = (row: VersionRow): VersionRecord<Id> => ({
    id: ids.parse(row.id),
    name: row.name,
    version: row.version,
    environment: row.environment,
    body: row.body,
    authorId: row.author_id,
    createdAtMs: row.created_at.getTime(),
    requestedBy: row.requested_by ?? undefined,
    requestedChange: row.requested_change ?? undefined,
    approvedBy: row.approved_by ?? undefined,
    approvedAtMs: row.approved_at?.getTime(),
  });
  return {
    columns: `id, ${nameColumn} AS name, version, environment, body::text AS body, author_id, created_at, requested_by, requested_change, approved_by, approved_at`,
    toRecord,
    first([row]) {
      if (row === undefined) throw new Fault("not_found", { say: missing });
      return toRecord(row);
    },
  };
}

type Reads = "list" | "get";

const WAITS = "requested_by IS NOT NULL AND approved_by IS NULL";
const STATES: Readonly<Record<VersionState | "any", string>> = {
  any: "true",
  staging: `(environment = 'staging' AND NOT (${WAITS}))`,
  requested: `(${WAITS})`,
  production: "environment = 'production'",
  retired: `(environment = 'retired' AND NOT (${WAITS}))`,
};

function createReads<Id extends string>({ table, nameColumn: name }: VersionTable<Id>, rows: Rows<Id>): Pick<VersionStore<Id>, Reads> {
  const { columns, toRecord, first } = rows;
  return {
    async list(db, tenantId, ask) {
      const back = ask.order === "desc";
      const found = await db.query<VersionRow>(
        tenantScope(tenantId),
        `SELECT ${columns} FROM ${table} WHERE tenant_id = $1 AND ($2::text IS NULL OR id ${back ? "<" : ">"} $2)
           AND ($4::text IS NULL OR ${name} = $4) AND ${STATES[ask.state ?? "any"]}
         ORDER BY id ${back ? "DESC" : ""} LIMIT $3`,
        [tenantId, ask.after ?? null, rowsToRead(ask), ask.name ?? null],
      );
      return toPage(found.map(toRecord), ask);
    },
    get: async (db, tenantId, id) =>
      first(
        await db.query<VersionRow>(tenantScope(tenantId), `SELECT ${columns} FROM ${table} WHERE tenant_id = $1 AND id = $2`, [
          tenantId,
          id,
        ]),
      ),
  };
}

/** As the operator, who alone writes. */
const write = (db: Database, text: string, params: readonly (string | Date)[]): Promise<VersionRow[]> =>
  db.query<VersionRow>(OPERATOR, text, params);

function createWrites<Id extends string>(of: VersionTable<Id>, rows: Rows<Id>): Omit<VersionStore<Id>, Reads> {
  const { table, nameColumn: name, bodyType, versionKey, ids } = of;
  const { columns, toRecord, first } = rows;
  const OF_ONE = "WHERE tenant_id = $1 AND id = $2";
  const IN_PRODUCTION = `WHERE tenant_id = $1 AND ${name} = $2 AND environment = 'production'`;
  const INSERT = `INSERT INTO ${table} (tenant_id, id, ${name}, version, environment, body, author_id, created_at)
    SELECT $1, $2, $3, coalesce(max(version), 0) + 1, 'staging', CAST($4::text AS ${bodyType}), $5, $6
    FROM ${table} WHERE tenant_id = $1 AND ${name} = $3 RETURNING ${columns}`;
  const REQUEST = `UPDATE ${table} SET requested_by = $3, requested_at = $4, requested_change = $5, approved_by = NULL, approved_at = NULL ${OF_ONE} RETURNING ${columns}`;
  const RETIRE = `UPDATE ${table} SET environment = 'retired', requested_by = NULL, approved_by = NULL ${IN_PRODUCTION}`;
  const RELEASE = `UPDATE ${table} SET environment = 'production', approved_by = $3, approved_at = $4 ${OF_ONE} RETURNING ${columns}`;

  return {
    async findOwner({ db, tenantId }, wanted) {
      const text = `SELECT ${columns} FROM ${table} WHERE tenant_id = $1 AND ${name} = $2 ORDER BY version LIMIT 1`;
      const [row] = await write(db, text, [tenantId, wanted]);
      return row?.author_id;
    },
    async insert({ db, tenantId, nowMs, by }, wanted, body) {
      try {
        return first(await write(db, INSERT, [tenantId, ids.make(nowMs), wanted, body, by, new Date(nowMs)]));
      } catch (error) {
        if (isUniqueViolation(error, versionKey))
          throw new Fault("conflict", { say: "Another version was made at this moment. Send it again." });
        throw error;
      }
    },
    lock: async ({ db, tenantId }, id) => first(await write(db, `SELECT ${columns} FROM ${table} ${OF_ONE} FOR UPDATE`, [tenantId, id])),
    request: async ({ db, tenantId, nowMs, by }, id, change) =>
      first(await write(db, REQUEST, [tenantId, id, by, new Date(nowMs), change])),
    async release({ db, tenantId, nowMs, by }, version) {
      await write(db, RETIRE, [tenantId, version.name]);
      return first(await write(db, RELEASE, [tenantId, version.id, by, new Date(nowMs)]));
    },
    async findProduction(db, tenantId, wanted) {
      const [row] = await write(db, `SELECT ${columns} FROM ${table} ${IN_PRODUCTION}`, [tenantId, wanted]);
      return row === undefined ? undefined : toRecord(row);
    },
  };
}
