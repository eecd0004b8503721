import { DatabaseError } from "pg";
import type { PoolClient } from "pg";
import { Fault } from "../kernel/fault.ts";
import type { Param, Row } from "./database.ts";
import { SqlError } from "./sql-error.ts";
import { encodeParam, findDecoder } from "./sql-value.ts";

/** One connection while it is held. */
export type PostgresSession = {
  /** With `params`: one statement, extended protocol. Without: a simple query, which may hold several. */
  ask(text: string, params?: readonly Param[], timeoutMs?: number): Promise<{ readonly rows: Row[]; readonly command: string }>;
  release(): void;
};

export function openPostgresSession(client: PoolClient): PostgresSession {
  let broken = false;
  const lost = (): void => {
    broken = true; // The queries under way are rejected too: those tell the caller.
  };
  client.on("error", lost);
  return {
    async ask(text, params, timeoutMs) {
      const config = {
        text,
        ...(params === undefined ? {} : { values: params.map(encodeParam), queryMode: "extended" as const, types: TYPES }),
        ...(timeoutMs === undefined ? {} : { query_timeout: timeoutMs }),
      };
      try {
        const { rows, command } = await client.query<Row>(config);
        return { rows, command };
      } catch (error) {
        const told = fromPostgresError(error);
        if (told instanceof Fault) broken = true;
        throw told;
      }
    },
    release() {
      client.off("error", lost);
      client.release(broken || client.getTransactionStatus() !== "I");
    },
  };
}

/** Values are read by the same code as PGlite's. */
const TYPES = { getTypeParser: (oid: number) => findDecoder(oid) };

/**
 * The server, or the way to it, is at fault: the statement may pass later, on another connection. Class 08 (connection), 57P0x (shutting
 * down, starting up), 53 (out of connections, memory, disk), 57014 (took too long), 25006 (a standby, after a failover).
 */
const UNAVAILABLE = /^(?:08...|57P0.|53...|57014|25006)$/;

/** A refusal of the statement becomes a `SqlError`; everything else means that the database does not answer. */
function fromPostgresError(error: unknown): SqlError | Fault {
  if (error instanceof DatabaseError && error.code !== undefined && !UNAVAILABLE.test(error.code)) {
    return new SqlError({ sqlState: error.code, message: error.message, constraint: error.constraint, table: error.table });
  }
  return new Fault("store_unavailable", {}, { cause: error });
}
