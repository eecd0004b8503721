import type { TenantId } from "../kernel/ids.ts";

/**
 * Who asks. Each scope is a database role with row-level security policies of its own:
 * `tenant` sees one tenant's rows; `lookup` finds a key's digest and its tenant; `ledger` inserts events and settles budgets;
 * `operator` runs jobs, retention and the admin API.
 */
export type Scope =
  | { readonly kind: "tenant"; readonly tenantId: TenantId }
  | { readonly kind: "lookup" }
  | { readonly kind: "ledger" }
  | { readonly kind: "operator" };

export const LOOKUP: Scope = { kind: "lookup" };
export const LEDGER: Scope = { kind: "ledger" };
export const OPERATOR: Scope = { kind: "operator" };
export const tenantScope = (tenantId: TenantId): Scope => ({ kind: "tenant", tenantId });

/** A row as the engines return it. int8 and numeric that fit come as number, timestamps as Date, jsonb parsed, bytea as Uint8Array. */
export type Row = Readonly<Record<string, unknown>>;
export type Param = string | number | boolean | null | Date | Uint8Array | readonly (string | number | boolean | null)[];

export type Tx = {
  query<R extends Row = Row>(text: string, params?: readonly Param[]): Promise<R[]>;
};

export type Statement = { readonly text: string; readonly params: readonly Param[] };

export type Database = {
  readonly engine: "pglite" | "postgres";
  /** One statement in a transaction of its own, scope included, in as few messages as the engine allows. */
  query<R extends Row = Row>(scope: Scope, text: string, params?: readonly Param[]): Promise<R[]>;
  /** Commits when `body` resolves, rolls back when it throws. Keep it under 25 ms: PGlite has one connection. */
  transaction<T>(scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Statements that are known ahead, in one transaction and one journey: none is waited for before the next is sent. When one fails,
   * nothing of them holds. The rows of each.
   */
  batch(scope: Scope, statements: readonly Statement[]): Promise<Row[][]>;
  /** Resolves when the database answers, else throws `store_unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
