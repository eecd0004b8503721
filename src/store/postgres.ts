import { Pool } from "pg";
import type { PoolClient } from "pg";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { Param, Row, Scope, Statement, Tx } from "./database.ts";
import { TRANSACTION_MS_MAX, rowsAs } from "./engine.ts";
import type { Engine, StoreLog } from "./engine.ts";
import { openPostgresSession } from "./postgres-session.ts";
import type { PostgresSession } from "./postgres-session.ts";
import { openingOf } from "./scope.ts";
import { abortedReport, SqlError } from "./sql-error.ts";

export type PostgresDeps = { readonly clock: Clock; readonly log: StoreLog };
export type PostgresOptions = {
  readonly databaseUrl: string;
  readonly connections: number;
  /** A stopped server must be noticed before a caller gives up. It also bounds the wait for a free connection. 3 s where unset. */
  readonly connectMsMax?: number;
  /** The server ends a statement that takes longer. 30 s where unset. */
  readonly statementMsMax?: number;
};

const CONNECT_MS_MAX = 3_000;
const STATEMENT_MS_MAX = 30_000;
/** Past the statement's own limit the server itself is silent: the connection is given up. */
const SILENCE_MS = 2_000;
/** A process that stands still in a transaction holds locks: others come first. */
const IDLE_IN_TRANSACTION_MS_MAX = 60_000;
/** A migration may rewrite a table. */
const OWNER_MS_MAX = 3_600_000;
/** Connections that were idle for longer are closed. */
const IDLE_MS_MAX = 60_000;
const PING_MS_MAX = 2_000;

/** A pool of connections to PostgreSQL. It recovers by itself when the server returns: a broken connection is closed, the next use opens another. */
export function openPostgres(deps: PostgresDeps, options: PostgresOptions): Engine {
  const pool = createPool(options);
  // An idle connection that breaks is replaced by the pool. Without a listener the event would end the process.
  pool.on("error", () => deps.log.warn("a database connection was lost"));

  const timed = async <T>(scope: Scope, work: () => Promise<T>): Promise<T> => {
    const startedMs = deps.clock.monotonicMs();
    try {
      return await work();
    } finally {
      const tookMs = deps.clock.monotonicMs() - startedMs;
      if (tookMs > TRANSACTION_MS_MAX) deps.log.warn("a transaction was slow", { tookMs: Math.round(tookMs), scope: scope.kind });
    }
  };

  return {
    engine: "postgres",
    async query<R extends Row = Row>(scope: Scope, text: string, params: readonly Param[] = []): Promise<R[]> {
      const opening = openingOf(scope);
      return await withSession(pool, async (session) => rowsAs<R>((await askAll(session, opening, [{ text, params }]))[0] ?? []));
    },
    async transaction(scope, body) {
      const opening = openingOf(scope);
      return await withSession(pool, (session) => timed(scope, () => runTransaction(session, opening, body)));
    },
    async batch(scope, statements) {
      const opening = openingOf(scope);
      return await withSession(pool, (session) => timed(scope, () => askAll(session, opening, statements)));
    },
    asOwner: (body) =>
      withSession(pool, async (session) => {
        await session.ask("SET statement_timeout = 0");
        try {
          return await body({
            script: async (text) => void (await session.ask(text, undefined, OWNER_MS_MAX)),
            query: async <R extends Row = Row>(text: string, params: readonly Param[] = []) =>
              rowsAs<R>((await session.ask(text, params, OWNER_MS_MAX)).rows),
          });
        } finally {
          await session.ask("RESET statement_timeout").catch(() => undefined);
        }
      }),
    async ping() {
      await withSession(pool, (session) => session.ask("SELECT 1", undefined, PING_MS_MAX));
    },
    close: () => pool.end(),
  };
}

function createPool(options: PostgresOptions): Pool {
  const statementMsMax = options.statementMsMax ?? STATEMENT_MS_MAX;
  return new Pool({
    connectionString: options.databaseUrl,
    max: options.connections,
    application_name: "weir",
    connectionTimeoutMillis: options.connectMsMax ?? CONNECT_MS_MAX,
    idleTimeoutMillis: IDLE_MS_MAX,
    statement_timeout: statementMsMax,
    query_timeout: statementMsMax + SILENCE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    keepAlive: true,
    pipeline: true,
  });
}

/**
 * Opening, statements and COMMIT leave together and cost one round trip. When one fails, PostgreSQL refuses the statements behind it, so
 * nothing runs outside its scope, and COMMIT rolls back.
 */
async function askAll(session: PostgresSession, opening: string, statements: readonly Statement[]): Promise<Row[][]> {
  const opened = session.ask(opening);
  const asked = Promise.allSettled(statements.map(({ text, params }) => session.ask(text, params)));
  const [first, answers, last] = await Promise.all([Promise.allSettled([opened]), asked, Promise.allSettled([session.ask("COMMIT")])]);
  for (const step of [...first, ...answers, ...last]) if (step.status === "rejected") throw step.reason;
  return answers.map((answer) => (answer.status === "fulfilled" ? answer.value.rows : []));
}

async function runTransaction<T>(session: PostgresSession, opening: string, body: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    await session.ask(opening);
    const result = await body({
      query: async <R extends Row = Row>(text: string, params: readonly Param[] = []) => rowsAs<R>((await session.ask(text, params)).rows),
    });
    const { command } = await session.ask("COMMIT");
    if (command === "ROLLBACK") throw new SqlError(abortedReport);
    return result;
  } catch (error) {
    await session.ask("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** The connection goes back only when it is whole and outside any transaction: its next user must find it clean. */
async function withSession<T>(pool: Pool, body: (session: PostgresSession) => Promise<T>): Promise<T> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw new Fault("store_unavailable", {}, { cause: error });
  }
  const session = openPostgresSession(client);
  try {
    return await body(session);
  } finally {
    session.release();
  }
}
