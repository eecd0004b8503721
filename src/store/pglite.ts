import { Worker } from "node:worker_threads";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { Param, Row, Scope, Tx } from "./database.ts";
import { TRANSACTION_MS_MAX } from "./engine.ts";
import type { Engine, StoreLog } from "./engine.ts";
import type { PgliteAnswer, PgliteAsk, PgliteBoot, PgliteReady } from "./pglite-message.ts";
import { openingOf } from "./scope.ts";
import { SqlError } from "./sql-error.ts";
import { createTurns } from "./turns.ts";

export type PgliteDeps = { readonly clock: Clock; readonly log: StoreLog };

type Waiting = { readonly resolve: (rows: Row[]) => void; readonly reject: (error: Error) => void };
type Send = (ask: Omit<PgliteAsk, "id">) => Promise<Row[]>;

/** PostgreSQL in WebAssembly in a worker of its own. One connection: queries go one by one, a transaction holds the others up. */
export async function openPglite(deps: PgliteDeps, boot: PgliteBoot): Promise<Engine> {
  const link = await startWorker(deps.log, boot);
  const turns = createTurns();

  async function transaction<T>(scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
    const opening = openingOf(scope);
    const release = await turns.takeAlone();
    const startedMs = deps.clock.monotonicMs();
    let open = false;
    const query = async <R extends Row = Row>(text: string, params: readonly Param[] = []): Promise<R[]> => {
      const before = open ? undefined : opening;
      open = true;
      return (await link.send({ before, text, params, after: undefined })) as R[];
    };
    try {
      const result = await body({ query });
      if (open) await link.send({ before: undefined, text: "COMMIT", params: [], after: undefined });
      return result;
    } catch (error) {
      if (open) await link.send({ before: "ROLLBACK", text: undefined, params: [], after: undefined }).catch(() => undefined);
      throw error;
    } finally {
      release();
      const tookMs = deps.clock.monotonicMs() - startedMs;
      if (tookMs > TRANSACTION_MS_MAX) deps.log("store.transaction-slow", { tookMs: Math.round(tookMs), scope: scope.kind });
    }
  }

  return {
    engine: "pglite",
    async query<R extends Row = Row>(scope: Scope, text: string, params: readonly Param[] = []): Promise<R[]> {
      const before = openingOf(scope);
      const release = await turns.take(text);
      try {
        return (await link.send({ before, text, params, after: "COMMIT" })) as R[];
      } finally {
        release();
      }
    },
    transaction,
    async asOwner(body) {
      const release = await turns.takeAlone();
      try {
        return await body({
          script: async (text) => void (await link.send({ before: text, text: undefined, params: [], after: undefined })),
          query: async <R extends Row = Row>(text: string, params: readonly Param[] = []) =>
            (await link.send({ before: undefined, text, params, after: undefined })) as R[],
        });
      } finally {
        release();
      }
    },
    async ping() {
      await link.send({ before: undefined, text: "SELECT 1", params: [], after: undefined });
    },
    close: () => link.close(),
  };
}

async function startWorker(log: StoreLog, boot: PgliteBoot): Promise<{ send: Send; close: () => Promise<void> }> {
  const worker = new Worker(new URL("./pglite-worker.ts", import.meta.url), { workerData: boot });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: string | undefined;
  let closing = false;

  const end = (reason: string): void => {
    if (ended === undefined && !closing) log("store.worker-ended", { pending: waiting.size });
    ended ??= reason;
    for (const call of waiting.values()) call.reject(new Fault("store_unavailable", {}, { cause: new Error(reason) }));
    waiting.clear();
  };
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      end("the worker ended");
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", (message: PgliteReady) => {
      if (message.ready) resolve();
      else
        reject(new Fault("store_unavailable", { say: "The embedded database could not be opened." }, { cause: new Error(message.reason) }));
    });
    worker.on("error", (thrown: unknown) => {
      const error = thrown instanceof Error ? thrown : new Error("the worker failed");
      end(error.message);
      reject(new Fault("store_unavailable", {}, { cause: error }));
    });
  });
  worker.on("message", (answer: PgliteAnswer) => {
    const call = waiting.get(answer.id);
    if (call === undefined) return;
    waiting.delete(answer.id);
    if ("rows" in answer) call.resolve(answer.rows);
    else if ("sql" in answer) call.reject(new SqlError(answer.sql));
    else {
      call.reject(new Fault("store_unavailable", {}, { cause: new Error(answer.broken) }));
      end(answer.broken);
      void worker.terminate();
    }
  });

  return {
    send: (ask) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined || closing) {
          reject(new Fault("store_unavailable", {}, { cause: new Error(ended ?? "the database is closed") }));
          return;
        }
        lastId++;
        waiting.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, ...ask });
      }),
    async close() {
      if (!closing && ended === undefined) worker.postMessage("close");
      closing = true;
      await exited;
    },
  };
}
