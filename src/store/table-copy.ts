import { createHash } from "node:crypto";
import type { Owner } from "./engine.ts";
import type { TableShape } from "./table-shape.ts";
import { quoteName } from "./quote-name.ts";

/** One row: every value in PostgreSQL's text form, so that it is the same whatever engine and version it comes from. */
export type TextRow = readonly (string | null)[];

/** How many rows there are and what they hold, whatever their order. */
export type TableSum = { readonly rows: number; readonly sum: string };

/** Half a megabyte of events: one message that neither engine minds. */
const ROWS_A_STEP = 500;

/** What makes a value's text the same everywhere. To be sent inside the transaction that reads. */
export const TEXT_SETTINGS =
  "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1";

/** Every row, some hundred at a time, as of the transaction that is open. */
export async function* readRows(owner: Owner, shape: TableShape): AsyncGenerator<readonly TextRow[]> {
  const columns = shape.columns.map(({ name }, at) => `${quoteName(name)}::text AS c${at}`).join(", ");
  await owner.script(`DECLARE weir_copy NO SCROLL CURSOR FOR SELECT ${columns} FROM ${quoteName(shape.name)}`);
  const names = shape.columns.map((_, at) => `c${at}`);
  for (;;) {
    const rows = await owner.query<Record<string, string | null>>(`FETCH ${ROWS_A_STEP} FROM weir_copy`);
    if (rows.length > 0) yield rows.map((row) => names.map((name) => row[name] ?? null));
    if (rows.length < ROWS_A_STEP) break;
  }
  await owner.script("CLOSE weir_copy");
}

/** Loads rows into an empty table. `prepareLoad` comes first. */
export async function writeRows(owner: Owner, shape: TableShape, rows: readonly TextRow[]): Promise<void> {
  const { columns, identity } = shape;
  const values = columns.map((_, at) => rows.map((row) => row[at] ?? null));
  await owner.query(
    `INSERT INTO ${quoteName(shape.name)} (${columns.map(({ name }) => quoteName(name)).join(", ")})
     ${identity === undefined ? "" : "OVERRIDING SYSTEM VALUE "}SELECT ${columns.map(({ type }, at) => `c${at}::${type}`).join(", ")}
     FROM unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(", ")}) AS given (${columns.map((_, at) => `c${at}`).join(", ")})`,
    values,
  );
}

/** Empties the tables (a migration may have put rows there) and lifts triggers and policies, which are for the living only. */
export async function prepareLoad(owner: Owner, shapes: readonly TableShape[]): Promise<void> {
  for (const { name } of shapes.toReversed()) {
    await owner.script(`ALTER TABLE ${quoteName(name)} NO FORCE ROW LEVEL SECURITY`);
    await owner.script(`ALTER TABLE ${quoteName(name)} DISABLE TRIGGER USER`);
    await owner.script(`DELETE FROM ${quoteName(name)}`);
  }
  for (const period of shapes.flatMap(({ periods }) => periods)) await owner.query("SELECT weir_event_partition($1)", [period]);
}

/** Puts triggers, policies and counters back. */
export async function finishLoad(owner: Owner, shapes: readonly TableShape[]): Promise<void> {
  for (const { name, forced, identity } of shapes) {
    await owner.script(`ALTER TABLE ${quoteName(name)} ENABLE TRIGGER USER`);
    if (forced) await owner.script(`ALTER TABLE ${quoteName(name)} FORCE ROW LEVEL SECURITY`);
    if (identity !== undefined)
      await owner.query(
        `SELECT setval(pg_get_serial_sequence($1, $2), max(${quoteName(identity)})) FROM ${quoteName(name)} HAVING count(*) > 0`,
        [quoteName(name), identity],
      );
  }
}

const WIDTH = 256n;

/** Adds rows up: the sum of their SHA-256, so that two copies agree whatever order they are read in. */
export function createSum(): { add(rows: readonly TextRow[]): void; read(): TableSum } {
  let count = 0;
  let sum = 0n;
  return {
    add(rows) {
      for (const row of rows) sum += BigInt(`0x${createHash("sha256").update(JSON.stringify(row)).digest("hex")}`);
      sum = BigInt.asUintN(Number(WIDTH), sum);
      count += rows.length;
    },
    read: () => ({ rows: count, sum: sum.toString(16).padStart(64, "0") }),
  };
}

export async function sumTable(owner: Owner, shape: TableShape): Promise<TableSum> {
  const sum = createSum();
  for await (const rows of readRows(owner, shape)) sum.add(rows);
  return sum.read();
}
