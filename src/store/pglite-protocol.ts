import type { PgliteAnswer, PgliteAsk } from "./pglite-message.ts";
import { createWireWriter, readWire } from "./pglite-wire.ts";
import { createStatements } from "./pglite-statements.ts";
import { abortedReport } from "./sql-error.ts";
import { encodeParam } from "./sql-value.ts";

/** Hands bytes to the database and `take`s what comes back, piece by piece. Each piece is gone after the call. */
export type Exchange = (bytes: Uint8Array, take: (piece: Uint8Array) => void) => Promise<void>;

/** The part of PGlite that is used. */
type Raw = { execProtocolRawStream(bytes: Uint8Array, options: { syncToFs: boolean; onRawData(piece: Uint8Array): void }): Promise<void> };

/**
 * Of PGlite's ways in, the one that neither parses the answer nor keeps what it parsed (`execProtocolRaw` keeps it for ever). It has run
 * when it returns, so asks cannot overlap.
 */
export const exchangeWith =
  (db: Raw): Exchange =>
  (bytes, take) =>
    db.execProtocolRawStream(bytes, { syncToFs: false, onRawData: take });

/**
 * One ask is one buffer of wire protocol: opening, statement and commit go in together and come back together, at half the time of
 * PGlite's own `transaction`. An error makes PostgreSQL skip to the next Sync, and the COMMIT behind it rolls back.
 */
export function createAsker(exchange: Exchange): (ask: PgliteAsk) => Promise<PgliteAnswer> {
  const wire = createWireWriter();
  const heard = createEar();
  const statements = createStatements();
  let stale = false;

  /** Writes the whole ask, and tells what is to be remembered once it was parsed. */
  const write = (ask: PgliteAsk): (() => void) | undefined => {
    const { role, before, text } = ask;
    if (before !== undefined) wire.query(stale && role !== undefined ? `DEALLOCATE ALL; ${before}` : before);
    if (before !== undefined && role !== undefined) stale = false;
    const found = role === undefined || text === undefined ? undefined : statements.find(role, text);
    if (text !== undefined) wire.statement(found?.name ?? "", found?.isNew === false ? undefined : text, ask.params.map(encodeParam));
    if (ask.after !== undefined) wire.query(ask.after);
    wire.close(statements.takeEvicted());
    return found?.isNew === true && role !== undefined && text !== undefined ? () => statements.keep(role, text, found.name) : undefined;
  };

  return async (ask) => {
    // The owner may have changed a table under a kept statement, whose columns then no longer fit.
    if (ask.role === undefined) {
      stale = true;
      statements.clear();
    }
    try {
      const remember = write(ask);
      await exchange(wire.take(), heard.add);
      const { rows, report, parsed, command } = readWire(heard.take(), ask.before === undefined ? 0 : 1);
      if (parsed) remember?.();
      if (report !== undefined) return { id: ask.id, sql: report };
      return ask.after === "COMMIT" && command === "ROLLBACK" ? { id: ask.id, sql: abortedReport } : { id: ask.id, rows };
    } catch (error) {
      return { id: ask.id, broken: error instanceof Error ? error.message : String(error) };
    }
  };
}

const EAR_BYTES = 256 * 1024;
const EAR_BYTES_KEPT_MAX = 4 * 1024 * 1024;

/** Puts the pieces together in one buffer that is used again and again. */
function createEar() {
  let buffer = Buffer.allocUnsafe(EAR_BYTES);
  let length = 0;
  return {
    add(piece: Uint8Array): void {
      if (length + piece.length > buffer.length) {
        const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + piece.length));
        buffer.copy(grown, 0, 0, length);
        buffer = grown;
      }
      buffer.set(piece, length);
      length += piece.length;
    },
    /** Valid until the next piece. */
    take(): Buffer {
      const taken = buffer.subarray(0, length);
      length = 0;
      if (buffer.length > EAR_BYTES_KEPT_MAX) buffer = Buffer.allocUnsafe(EAR_BYTES);
      return taken;
    },
  };
}
