import { messages, protocol } from "@electric-sql/pglite";
import type { Row } from "./database.ts";
import type { PgliteAnswer, PgliteAsk } from "./pglite-message.ts";
import { abortedReport } from "./sql-error.ts";
import type { SqlReport } from "./sql-error.ts";
import { encodeParam, findDecoder } from "./sql-value.ts";
import type { Decoder } from "./sql-value.ts";

const { serialize } = protocol;

/**
 * One ask is one buffer of wire protocol: opening, statement and commit go in together and come back together, about 70 µs in all
 * where PGlite's own `transaction` takes 150. An error makes PostgreSQL skip to the next Sync, and the COMMIT behind it rolls back.
 */
export function runAsk(exchange: (bytes: Uint8Array) => Uint8Array, ask: PgliteAsk): PgliteAnswer {
  try {
    return readAnswer(ask, exchange(toBytes(ask)));
  } catch (error) {
    return { id: ask.id, broken: error instanceof Error ? error.message : String(error) };
  }
}

function toBytes(ask: PgliteAsk): Uint8Array {
  const pieces: Uint8Array[] = [];
  if (ask.before !== undefined) pieces.push(serialize.query(ask.before));
  if (ask.text !== undefined) {
    pieces.push(
      serialize.parse({ text: ask.text }),
      serialize.bind({ values: ask.params.map(encodeParam) }),
      serialize.describe({ type: "P" }),
      serialize.execute({}),
      serialize.sync(),
    );
  }
  if (ask.after !== undefined) pieces.push(serialize.query(ask.after));
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

/** Each piece ends in one ReadyForQuery; the statement's rows are those between the opening's and its own. */
function readAnswer(ask: PgliteAsk, bytes: Uint8Array): PgliteAnswer {
  const rows: Row[] = [];
  const statement = ask.before === undefined ? 0 : 1;
  let piece = 0;
  let columns: { readonly name: string; readonly decode: Decoder }[] = [];
  let report: SqlReport | undefined;
  new protocol.Parser().parse(bytes, (message) => {
    if (message.name === "readyForQuery") piece++;
    else if (message instanceof messages.DatabaseError) report ??= toReport(message);
    else if (message instanceof messages.CommandCompleteMessage && message.text === "ROLLBACK" && ask.after === "COMMIT")
      report ??= abortedReport;
    else if (piece !== statement) return;
    else if (message instanceof messages.RowDescriptionMessage) {
      columns = message.fields.map((field) => ({ name: field.name, decode: findDecoder(field.dataTypeID) }));
    } else if (message instanceof messages.DataRowMessage) rows.push(toRow(columns, message.fields));
  });
  return report === undefined ? { id: ask.id, rows } : { id: ask.id, sql: report };
}

function toRow(columns: readonly { readonly name: string; readonly decode: Decoder }[], fields: readonly (string | null)[]): Row {
  const row: Record<string, unknown> = {};
  for (const [at, column] of columns.entries()) {
    const text = fields[at] ?? null;
    row[column.name] = text === null ? null : column.decode(text);
  }
  return row;
}

function toReport(error: InstanceType<typeof messages.DatabaseError>): SqlReport {
  return { sqlState: error.code ?? "XX000", message: error.message, constraint: error.constraint, table: error.table };
}
