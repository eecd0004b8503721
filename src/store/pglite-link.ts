import { Worker } from "node:worker_threads";
import { Fault } from "../kernel/fault.ts";
import type { Row } from "./database.ts";
import type { PgliteAnswer, PgliteAsk, PgliteBoot, PgliteReady } from "./pglite-message.ts";
import { SqlError } from "./sql-error.ts";

/** The way to one worker. Once it has ended it stays ended: whoever needs the database starts another. */
export type PgliteLink = {
  send(ask: Omit<PgliteAsk, "id">): Promise<Row[]>;
  hasEnded(): boolean;
  /** Resolves when the thread is gone: before that nobody else may open the folder. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
  /** Ends the thread without a word to the database, as a crash would. */
  kill(): Promise<void>;
};

type Waiting = { readonly resolve: (rows: Row[]) => void; readonly reject: (error: Error) => void };

const unavailable = (reason: string): Fault => new Fault("store_unavailable", {}, { cause: new Error(reason) });

/** `onLost` is told when the worker ends unasked, with the number of calls that failed by it. */
export async function startPglite(boot: PgliteBoot, onLost: (pending: number) => void): Promise<PgliteLink> {
  const worker = new Worker(new URL("./pglite-worker.ts", import.meta.url), { workerData: boot });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: string | undefined;

  const end = (reason: string, asked: boolean): void => {
    if (ended !== undefined) return;
    ended = reason;
    if (!asked) onLost(waiting.size);
    for (const call of waiting.values()) call.reject(unavailable(reason));
    waiting.clear();
  };
  const gone = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      end("the worker ended", false);
      resolve();
    });
  });
  worker.on("error", (thrown: unknown) => end(thrown instanceof Error ? thrown.message : "the worker failed", false));
  await new Promise<void>((resolve, reject) => {
    void gone.then(() => reject(unavailable(ended ?? "the worker ended")));
    worker.once("message", (message: PgliteReady) => {
      if (message.ready) resolve();
      else {
        end(message.reason, true);
        reject(unavailable(message.reason));
        void worker.terminate();
      }
    });
  });
  worker.on("message", (answer: PgliteAnswer) => {
    const call = waiting.get(answer.id);
    if (call === undefined) return;
    waiting.delete(answer.id);
    if ("rows" in answer) call.resolve(answer.rows);
    else if ("sql" in answer) call.reject(new SqlError(answer.sql));
    else {
      call.reject(unavailable(answer.broken));
      end(answer.broken, false);
      void worker.terminate();
    }
  });

  return {
    send: (ask) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(unavailable(ended));
          return;
        }
        lastId++;
        waiting.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, ...ask });
      }),
    hasEnded: () => ended !== undefined,
    gone,
    async close() {
      if (ended === undefined) worker.postMessage("close");
      end("the database is closed", true);
      await gone;
    },
    async kill() {
      void worker.terminate();
      await gone;
    },
  };
}
