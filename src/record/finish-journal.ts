import type { ProcessId } from "../kernel/ids.ts";
import { type Database, LEDGER, type Tx } from "../store/database.ts";
import { finishMark } from "../store/ledger-marks.ts";

export type FinishDeps = {
  readonly db: Database;
  /** In the transaction that ends a process's journal: what it held can be given back. */
  finishProcess(tx: Tx, processId: ProcessId): Promise<void>;
};

/** The journal is in the ledger to its end, and its process writes no more. */
export async function finishJournal({ db, finishProcess }: FinishDeps, processId: ProcessId): Promise<void> {
  await db.transaction(LEDGER, async (tx) => {
    await finishMark(tx, processId);
    await finishProcess(tx, processId);
  });
}
