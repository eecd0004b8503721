import { createJobs, type Jobs } from "../queue/index.ts";
import { OPERATOR, type Engine } from "../store/index.ts";
import { describeError, type Log } from "../telemetry/index.ts";

/** Jobs of this database: run as the operator; what makes or mends pg-boss's own tables as the login that owns them. */
export function composeJobs({ db, log }: { readonly db: Engine; readonly log: Log }): Jobs {
  const sql = {
    statement: (text: string, params: Parameters<Engine["query"]>[2]) => db.query(OPERATOR, text, params),
    script: (text: string) =>
      db.asOwner(async (owner) => {
        try {
          await owner.script(text);
          return [];
        } catch (error) {
          // The connection is one of few, or the only one: its next user must not find a transaction that has failed.
          await owner.script("ROLLBACK").catch(() => undefined);
          throw error;
        }
      }),
  };
  const onError = (name: string, error: unknown): void => log.error("a job failed", { name, ...describeError(error) });
  return createJobs({ sql, onError }, { alone: db.engine === "pglite" });
}
