import type { TextRow } from "../store/table-copy.ts";
import type { TableShape } from "../store/table-shape.ts";
import type { Sums } from "./copy-database.ts";

/**
 * A backup is a sequence of records: a line of JSON each, followed by a file's bytes where it says so. The order is header, files, tables,
 * end: the database comes last, so whoever restores commits when all else is there. Rows are text, so a backup of the embedded database
 * restores into PostgreSQL and the other way round.
 */
export type BackupRecord =
  | { readonly type: "keys"; /** WEIR_SECRET in hex. */ readonly secret: string | undefined; readonly adminKey: string | undefined }
  | BackupHeader
  /** Relative to the data folder, with `/`. */
  | { readonly type: "file"; readonly path: string; readonly bytes: number }
  | ({ readonly type: "table" } & TableShape)
  | { readonly type: "rows"; readonly rows: readonly TextRow[] }
  | { readonly type: "end"; readonly sums: Sums; readonly files: number; readonly fileBytes: number };

export type BackupHeader = {
  readonly type: "backup";
  readonly format: 1;
  readonly at: string;
  readonly engine: string;
  /** Migrations that the rows are of, in order. */
  readonly migrations: readonly string[];
  /** Tells whether a secret is the one that this was made under. */
  readonly secretCheck: string;
};

export type BackupSink = { write(bytes: Uint8Array): Promise<void> };

export const toLine = (record: BackupRecord): Uint8Array => Buffer.from(`${JSON.stringify(record)}\n`);

/** Reads records one after the other. */
export type BackupReader = {
  /** undefined: the file ends here. */
  next(): Promise<BackupRecord | undefined>;
  /** The bytes of the file whose record came last, piece by piece. */
  body(bytes: number): AsyncIterable<Uint8Array>;
};

/** Five hundred rows of the largest bodies. */
const LINE_BYTES_MAX = 512 * 1024 * 1024;

export function createBackupReader(source: AsyncIterable<Uint8Array>): BackupReader {
  const pieces = source[Symbol.asyncIterator]();
  let have: Buffer = Buffer.alloc(0);
  const more = async (): Promise<Buffer | undefined> => {
    const next = await pieces.next();
    return next.done === true ? undefined : Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  };
  const readLine = async (): Promise<string | undefined> => {
    const parts: Buffer[] = [];
    let bytes = 0;
    for (let piece: Buffer | undefined = have; piece !== undefined; piece = await more()) {
      const end = piece.indexOf(10);
      if (end >= 0) {
        parts.push(piece.subarray(0, end));
        have = piece.subarray(end + 1);
        return Buffer.concat(parts).toString("utf8");
      }
      parts.push(piece);
      bytes += piece.length;
      if (bytes > LINE_BYTES_MAX) throw damaged();
    }
    have = Buffer.alloc(0);
    if (bytes > 0) throw damaged();
    return undefined;
  };
  return {
    async next() {
      const line = await readLine();
      return line === undefined ? undefined : parseRecord(line);
    },
    async *body(bytes) {
      for (let left = bytes; left > 0;) {
        if (have.length === 0) {
          const piece = await more();
          if (piece === undefined) throw damaged();
          have = piece;
        }
        const part = have.subarray(0, left);
        have = have.subarray(part.length);
        left -= part.length;
        yield part;
      }
    },
  };
}

export const damaged = (): Error => new Error("The backup is not whole: it ends early or was changed. Use another one.");

const TYPES = new Set(["keys", "backup", "file", "table", "rows", "end"]);

/** Written by this program and authenticated or summed as a whole, so its inner form is taken on trust. */
function parseRecord(line: string): BackupRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged();
  }
  if (isRecord(value)) return value;
  throw damaged();
}

const isRecord = (value: unknown): value is BackupRecord =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && TYPES.has(value.type);
