import type { Param, Row } from "./database.ts";
import type { SqlReport } from "./sql-error.ts";

/** What the worker is started with. */
export type PgliteBoot =
  | { readonly kind: "folder"; readonly dir: string }
  /** In memory, filled from a tarred data folder: for tests. */
  | { readonly kind: "memory"; readonly image: string };

/** One unit of work, done without a pause: `before`, the statement, `after`. */
export type PgliteAsk = {
  readonly id: number;
  /** Whose statement it is: it is kept ready for that role. undefined: the login's own, kept for nobody. */
  readonly role: string | undefined;
  /** A simple query ahead of the statement: it opens the transaction. */
  readonly before: string | undefined;
  /** undefined: only `before` and `after`. */
  readonly text: string | undefined;
  readonly params: readonly Param[];
  /** A simple query behind it, sent whether the statement passed or not: COMMIT of a failed transaction is a rollback. */
  readonly after: "COMMIT" | "ROLLBACK" | undefined;
};

export type PgliteAnswer =
  | { readonly id: number; readonly rows: Row[] }
  | { readonly id: number; readonly sql: SqlReport }
  /** The engine itself failed: nothing it holds can be relied on. */
  | { readonly id: number; readonly broken: string };

/** Sent once, when the database is open or could not be opened. */
export type PgliteReady = { readonly ready: true } | { readonly ready: false; readonly reason: string };
