import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { LOOKUP } from "./database.ts";
import type { Param, Row, Scope, Statement, Tx } from "./database.ts";
import { TRANSACTION_MS_MAX, rowsAs } from "./engine.ts";
import type { Engine, StoreLog } from "./engine.ts";
import { startPglite } from "./pglite-link.ts";
import type { PgliteLink } from "./pglite-link.ts";
import type { PgliteBoot } from "./pglite-message.ts";
import { openingOf, roleOf } from "./scope.ts";
import { createTurns } from "./turns.ts";

export type PgliteDeps = {
  readonly clock: Clock;
  readonly log: StoreLog;
  /** Tests hand in one whose workers they can end. */
  readonly start?: typeof startPglite;
};

/** PostgreSQL in WebAssembly in a worker of its own. One connection: statements go one by one, a transaction holds the others up. */
export async function openPglite(deps: PgliteDeps, boot: PgliteBoot): Promise<Engine> {
  const links = await openLinks(deps, boot);
  const turns = createTurns();

  /** Nobody else's statements run until `body` is done. A transaction stays with the worker that it began on. */
  const alone = async <T>(body: (link: PgliteLink) => Promise<T>): Promise<T> => {
    const release = await turns.takeAlone();
    try {
      return await body(await links.get());
    } finally {
      release();
    }
  };

  const query = async <R extends Row = Row>(scope: Scope, text: string, params: readonly Param[] = []): Promise<R[]> => {
    const before = openingOf(scope);
    const role = roleOf(scope);
    const release = await turns.take(text);
    try {
      const link = await links.get();
      return rowsAs<R>(await link.send({ role, before, text, params, after: "COMMIT" }));
    } finally {
      release();
    }
  };

  return {
    engine: "pglite",
    query,
    async transaction(scope, body) {
      return await alone(async (link) => {
        const startedMs = deps.clock.monotonicMs();
        try {
          return await runTransaction(link, scope, body);
        } finally {
          const tookMs = deps.clock.monotonicMs() - startedMs;
          if (tookMs > TRANSACTION_MS_MAX) deps.log.warn("a transaction was slow", { tookMs: Math.round(tookMs), scope: scope.kind });
        }
      });
    },
    async batch(scope, statements) {
      const release = await turns.take("BEGIN");
      try {
        return await sendAll(await links.get(), scope, statements);
      } finally {
        release();
      }
    },
    asOwner: (body) =>
      alone((link) =>
        body({
          script: async (text) => void (await link.send({ role: undefined, before: text, text: undefined, params: [], after: undefined })),
          query: async <R extends Row = Row>(text: string, params: readonly Param[] = []) =>
            rowsAs<R>(await link.send({ role: undefined, before: undefined, text, params, after: undefined })),
        }),
      ),
    async ping() {
      await query(LOOKUP, "SELECT 1");
    },
    close: () => links.close(),
  };
}

/** The worker takes them one after the other, and gets no other message between them: they leave in one turn of the event loop. */
async function sendAll(link: PgliteLink, scope: Scope, statements: readonly Statement[]): Promise<Row[][]> {
  const opening = openingOf(scope);
  const role = roleOf(scope);
  const last = statements.length - 1;
  const answers = await Promise.allSettled(
    statements.map(({ text, params }, at) =>
      link.send({ role, before: at === 0 ? opening : undefined, text, params, after: at === last ? "COMMIT" : undefined }),
    ),
  );
  return answers.map((answer) => {
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  });
}

/** The opening travels with the first statement; a body without statements costs nothing. */
async function runTransaction<T>(link: PgliteLink, scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
  const opening = openingOf(scope);
  const role = roleOf(scope);
  let open = false;
  const query = async <R extends Row = Row>(text: string, params: readonly Param[] = []): Promise<R[]> => {
    const before = open ? undefined : opening;
    open = true;
    return rowsAs<R>(await link.send({ role, before, text, params, after: undefined }));
  };
  try {
    const result = await body({ query });
    if (open) await link.send({ role, before: undefined, text: undefined, params: [], after: "COMMIT" });
    return result;
  } catch (error) {
    if (open) await link.send({ role, before: undefined, text: undefined, params: [], after: "ROLLBACK" }).catch(() => undefined);
    throw error;
  }
}

/** A worker that crashes costs the calls under way; the next call starts another on the same folder, at most one a second. */
const RESTART_MS_MIN = 1_000;

async function openLinks(deps: PgliteDeps, boot: PgliteBoot): Promise<{ get(): Promise<PgliteLink>; close(): Promise<void> }> {
  const onLost = (pending: number): void => deps.log.warn("the embedded database's worker ended", { pending });
  const start = deps.start ?? startPglite;
  let link = await start(boot, onLost);
  let startedMs = deps.clock.monotonicMs();
  let closed = false;
  let starting: Promise<PgliteLink> | undefined;
  const restart = async (): Promise<PgliteLink> => {
    if (deps.clock.monotonicMs() - startedMs < RESTART_MS_MIN) throw new Fault("store_unavailable");
    await link.gone;
    startedMs = deps.clock.monotonicMs();
    link = await start(boot, onLost);
    return link;
  };
  return {
    async get() {
      if (!link.hasEnded()) return link;
      if (closed || boot.kind === "memory") throw new Fault("store_unavailable");
      starting ??= restart().finally(() => {
        starting = undefined;
      });
      return await starting;
    },
    async close() {
      closed = true;
      await starting?.catch(() => undefined);
      await link.close();
    },
  };
}
