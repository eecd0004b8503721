/**
 * A statement that the database refused. Holds codes and names of the schema, never values: messages of class 22
 * (`invalid input syntax for type integer: "…"`) and every `detail` quote the data, so they are left out.
 */
export class SqlError extends Error {
  override readonly name = "SqlError";
  /** Five characters, PostgreSQL appendix A. */
  readonly sqlState: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;

  constructor(report: SqlReport) {
    super(describe(report));
    this.sqlState = report.sqlState;
    this.constraint = report.constraint;
    this.table = report.table;
  }
}

/** What crosses from a database (or its worker) before it becomes an error. */
export type SqlReport = {
  readonly sqlState: string;
  readonly message: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
};

/** COMMIT of a transaction in which a statement had failed rolls back and says so without an error of its own. */
export const abortedReport: SqlReport = {
  sqlState: "25P02",
  message: "the transaction was rolled back because a statement in it had failed",
  constraint: undefined,
  table: undefined,
};

const VALUES_IN_MESSAGE = new Set(["22", "P0"]);

function describe(report: SqlReport): string {
  const about = [report.table, report.constraint].filter((name) => name !== undefined).join(", ");
  const said = VALUES_IN_MESSAGE.has(report.sqlState.slice(0, 2)) ? "a value was refused" : report.message;
  return `SQL ${report.sqlState}${about === "" ? "" : ` (${about})`}: ${said}`;
}

/** A row with that key exists already; with `constraint`, only that one counts. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return error instanceof SqlError && error.sqlState === "23505" && (constraint === undefined || error.constraint === constraint);
}

/** The row that it refers to is not there (or is another tenant's, which is the same). */
export function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof SqlError && error.sqlState === "23503";
}
