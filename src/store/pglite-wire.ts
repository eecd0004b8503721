/**
 * PostgreSQL's frontend/backend protocol 3.0, the eight messages of it that an in-process database needs. PGlite's own serialiser and
 * parser make 24 kB of garbage for a one-row query; these make about one.
 */
import type { Row } from "./database.ts";
import type { SqlReport } from "./sql-error.ts";
import { findDecoder } from "./sql-value.ts";
import type { Decoder } from "./sql-value.ts";

export type WireWriter = {
  /** Several statements, no parameters. */
  query(text: string): void;
  /** One statement with its parameters: parse, bind, describe, execute, sync. Under a name it stays; `text` undefined: it is there. */
  statement(name: string, text: string | undefined, params: readonly (string | Uint8Array | null)[]): void;
  /** Forgets named statements. */
  close(names: readonly string[]): void;
  /** What was written since the last call. Valid until the next write. */
  take(): Uint8Array;
};

/** Writes into one buffer that is used again and again. */
export function createWireWriter(): WireWriter {
  const out = createBytes();
  const bind = (name: string, params: readonly (string | Uint8Array | null)[]): void => {
    out.name(""); // portal
    out.name(name);
    out.int16(params.length);
    for (const param of params) out.int16(param instanceof Uint8Array ? 1 : 0);
    out.int16(params.length);
    for (const param of params) {
      if (param === null) out.int32(-1);
      else out.measured(0, () => (typeof param === "string" ? out.text(param) : out.bytes(param)));
    }
    out.int16(0); // results as text
  };
  const message = (type: string, body: () => void): void => {
    out.text(type);
    out.measured(4, body);
  };
  return {
    query: (text) => message("Q", () => out.name(text)),
    statement(name, text, params) {
      if (text !== undefined) {
        message("P", () => {
          out.name(name);
          out.name(text);
          out.int16(0);
        });
      }
      message("B", () => bind(name, params));
      message("D", () => {
        out.text("P");
        out.name("");
      });
      message("E", () => {
        out.name("");
        out.int32(0);
      });
      message("S", () => undefined);
    },
    close(names) {
      if (names.length === 0) return;
      for (const name of names) {
        message("C", () => {
          out.text("S");
          out.name(name);
        });
      }
      message("S", () => undefined);
    },
    take: () => out.take(),
  };
}

const BYTES = 64 * 1024;
const BYTES_KEPT_MAX = 4 * 1024 * 1024;
const utf8 = new TextEncoder();

function createBytes() {
  let buffer = Buffer.allocUnsafe(BYTES);
  let at = 0;
  const need = (count: number): void => {
    if (at + count <= buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + count));
    buffer.copy(grown, 0, 0, at);
    buffer = grown;
  };
  const int16 = (value: number): void => {
    need(2);
    at = buffer.writeInt16BE(value, at);
  };
  const int32 = (value: number): void => {
    need(4);
    at = buffer.writeInt32BE(value, at);
  };
  const text = (value: string): void => {
    need(value.length * 3); // No UTF-16 unit takes more.
    at += utf8.encodeInto(value, buffer.subarray(at)).written;
  };
  const bytes = (value: Uint8Array): void => {
    need(value.length);
    buffer.set(value, at);
    at += value.length;
  };
  return {
    int16,
    int32,
    text,
    bytes,
    /** Ended by a zero. */
    name(value: string): void {
      text(value);
      need(1);
      buffer[at++] = 0;
    },
    /** A length ahead of what `body` writes; `own` is what it counts of itself. */
    measured(own: 4 | 0, body: () => void): void {
      int32(0);
      const start = at;
      body();
      buffer.writeInt32BE(at - start + own, start - 4);
    },
    take(): Uint8Array {
      const taken = buffer.subarray(0, at);
      at = 0;
      if (buffer.length > BYTES_KEPT_MAX) buffer = Buffer.allocUnsafe(BYTES);
      return taken;
    },
  };
}

export type WireAnswer = {
  /** Rows of the piece that was asked for. */
  readonly rows: Row[];
  /** The first error of any piece. */
  readonly report: SqlReport | undefined;
  /** A statement was parsed, whatever became of it then. */
  readonly parsed: boolean;
  /** Tag of the last command: `COMMIT`, `ROLLBACK`, … */
  readonly command: string;
};

/** Reads what came back. Every query or statement sent is one piece, ended by ReadyForQuery. */
export function readWire(buffer: Buffer, pieceWanted: number): WireAnswer {
  const rows: Row[] = [];
  let columns: readonly Column[] = [];
  let report: SqlReport | undefined;
  let command = "";
  let parsed = false;
  let piece = 0;
  for (let at = 0; at < buffer.length;) {
    const body = at + 5;
    const type = buffer[at];
    at += 1 + buffer.readInt32BE(at + 1);
    if (type === READY) piece++;
    else if (type === ERROR) report ??= readReport(buffer, body, at);
    else if (type === PARSED) parsed = true;
    else if (type === COMMAND) command = buffer.toString("latin1", body, at - 1);
    else if (piece !== pieceWanted) continue;
    else if (type === COLUMNS) columns = readColumns(buffer, body);
    else if (type === ROW) rows.push(readRow(buffer, body, columns));
  }
  return { rows, report, command, parsed };
}

type Column = { readonly name: string; readonly decode: Decoder };

const READY = 0x5a; // Z
const PARSED = 0x31; // 1
const ERROR = 0x45; // E
const COMMAND = 0x43; // C
const COLUMNS = 0x54; // T
const ROW = 0x44; // D

function readColumns(buffer: Buffer, start: number): readonly Column[] {
  const columns: Column[] = [];
  let at = start + 2;
  for (let left = buffer.readInt16BE(start); left > 0; left--) {
    const end = buffer.indexOf(0, at);
    // Behind the name: table (4), its column (2), type (4), size (2), modifier (4), format (2).
    columns.push({ name: buffer.toString("utf8", at, end), decode: findDecoder(buffer.readInt32BE(end + 7)) });
    at = end + 19;
  }
  return columns;
}

function readRow(buffer: Buffer, start: number, columns: readonly Column[]): Row {
  const row: Record<string, unknown> = {};
  let at = start + 2;
  for (const column of columns) {
    const length = buffer.readInt32BE(at);
    at += 4;
    if (length < 0) {
      row[column.name] = null;
      continue;
    }
    row[column.name] = column.decode(buffer.toString("utf8", at, at + length));
    at += length;
  }
  return row;
}

/** A list of fields: a letter that says which, the text, a zero; a zero ends it. */
function readReport(buffer: Buffer, start: number, stop: number): SqlReport {
  const fields = new Map<string, string>();
  for (let at = start; at < stop && buffer[at] !== 0;) {
    const end = buffer.indexOf(0, at);
    fields.set(String.fromCharCode(buffer[at] ?? 0), buffer.toString("utf8", at + 1, end));
    at = end + 1;
  }
  return { sqlState: fields.get("C") ?? "XX000", message: fields.get("M") ?? "", constraint: fields.get("n"), table: fields.get("t") };
}
