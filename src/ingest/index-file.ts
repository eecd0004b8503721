import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";
import type { Jobs } from "../queue/index.ts";
import { findUnfinished } from "../store/documents.ts";
import { createTryFile, nameOf, type Place, type TryFileDeps } from "./try-file.ts";

export type { Place } from "./try-file.ts";

/** Later than any lease: with one process on the database, whatever is unfinished at its start was left by a dead one. */
const ANY_LEASE = new Date(Date.UTC(9999, 0));
/** From a try that failed while its caller waited to the next one. */
const AGAIN_SECONDS = 5;

export type IndexFileDeps = TryFileDeps & { readonly jobs: Pick<Jobs, "send" | "sendAll" | "work"> };

export type IndexFile = {
  /**
   * One try, while the caller waits: `completed` or `failed` behind it. Where it was the server that failed, the file stays `in_progress`, and a
   * job tries again.
   */
  now(at: Place): Promise<void>;
  /** By a job. The row that says `in_progress` is the intent: a job that is lost is sent anew by `resume`. */
  soon(at: Place): void;
  /** Sends jobs for what is unfinished and nobody works on. */
  resume(): Promise<void>;
};

export function createIndexFile(deps: IndexFileDeps): IndexFile {
  const { db, clock, jobs } = deps;
  const tryFile = createTryFile(deps);

  const send = (at: Place, afterSeconds: number): void =>
    void jobs.send("index-file", at, { afterSeconds }).catch((error: unknown) => deps.onError(nameOf(at), error));

  jobs.work("index-file", async (payload, { signal }) => {
    // pg-boss waits longer before each further one.
    if (await tryFile(placeOf(payload), signal)) throw new Error("to be tried again");
  });

  return {
    async now(at) {
      let again = true;
      try {
        again = await tryFile(at);
      } finally {
        if (again) send(at, AGAIN_SECONDS);
      }
    },
    soon: (at) => send(at, 0),
    async resume() {
      const found = await findUnfinished(db, db.engine === "pglite" ? ANY_LEASE : new Date(clock.nowMs()));
      await jobs.sendAll(
        "index-file",
        found.map((one) => placeOf(one)),
      );
    },
  };
}

const placeOf = (raw: { readonly tenantId: string; readonly collectionId: string; readonly fileId: string }): Place => ({
  tenantId: tenantIds.parse(raw.tenantId),
  collectionId: collectionIds.parse(raw.collectionId),
  fileId: fileIds.parse(raw.fileId),
});
