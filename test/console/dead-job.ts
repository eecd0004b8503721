import { composeJobs } from "../../src/compose/jobs.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { OPERATOR } from "../../src/store/database.ts";
import { openDatabase } from "../../src/store/index.ts";
import { silentLog } from "../../src/telemetry/index.ts";
import { eventually } from "../e2e/eventually.ts";

/** Leaves a job in the database of a data folder whose last try has failed, as the server's own queue makes one. */
export async function leaveDeadJob(dataDir: string, source: string): Promise<void> {
  const db = await openDatabase({ databaseUrl: undefined, dataDir, connections: 1, clock: systemClock, log: silentLog });
  const jobs = composeJobs({ db, log: silentLog });
  jobs.work("sync-source", () => Promise.reject(new Error("the disk is full")));
  await jobs.send("sync-source", { name: source }, { afterSeconds: 600 });
  await db.query(OPERATOR, "UPDATE weir_jobs.job SET retry_limit = 0, start_after = now() WHERE name = 'sync-source'", []);
  jobs.start();
  await eventually(async () => {
    if ((await jobs.listDead({ limit: 1, before: undefined })).length === 0) throw new Error("the job still lives");
  });
  await jobs.stop();
  await db.close();
}
