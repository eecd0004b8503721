/** What pg-boss needs of a database; compose.ts plugs the store in. */
export type QueueSql = {
  /** One statement, as the role that may use the schema `weir_jobs` and owns nothing. */
  statement(text: string, params: readonly QueueParam[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Several statements with a transaction of their own, as the login that owns the schema. The rows of the last that has any. */
  script(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
};
export type QueueParam = string | number | boolean | null | Date | readonly (string | number | boolean | null)[];

/** Statements that make tables, and those that open a transaction, are the owner's; pg-boss gives them no parameters. */
const SCRIPT = /^\s*(?:BEGIN|CREATE|ALTER|DROP|REINDEX)\b|;\s*\S/i;

/** The door that pg-boss comes in by. */
export function createQueueDatabase(sql: QueueSql) {
  return {
    // pg-boss reads rows of whatever columns its statement has.
    // oxlint-disable-next-line typescript/no-explicit-any
    async executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }> {
      const isScript = (values === undefined || values.length === 0) && SCRIPT.test(text);
      const rows = isScript ? await sql.script(text) : await sql.statement(text, (values ?? []).map(toParam));
      return { rows: [...rows] };
    },
  };
}

function toParam(value: unknown): QueueParam {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value instanceof Date) return value;
  if (Array.isArray(value) && value.every(isPlain)) return value;
  return JSON.stringify(value);
}

const isPlain = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
