import type { Engine } from "./engine.ts";

/** A start after a crash replays the log since the last checkpoint: this much in about a second. */
const LOG_BYTES_MAX = 64 * 1024 * 1024;

/** A server makes checkpoints by itself; the embedded database only at its end, so its log would grow for ever. One takes 20 to 50 ms. */
export async function checkpointLongLog(db: Engine): Promise<boolean> {
  if (db.engine !== "pglite") return false;
  return await db.asOwner(async (owner) => {
    const [log] = await owner.query<{ bytes: number }>(
      "SELECT pg_current_wal_insert_lsn() - redo_lsn AS bytes FROM pg_control_checkpoint()",
    );
    const isLong = (log?.bytes ?? 0) > LOG_BYTES_MAX;
    if (isLong) await owner.script("CHECKPOINT");
    return isLong;
  });
}
