import { access, constants, stat, statfs } from "node:fs/promises";
import type { Config } from "../config/index.ts";
import { readLock } from "../store/index.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";

/** Below this the journal, and with it every call, is at risk within hours. */
const FREE_BYTES_MIN = 200 * 1024 * 1024;
const FREE_BYTES_GOOD = 2 * 1024 * 1024 * 1024;

/** The data folder, who holds it, and the room that it has. */
export async function checkFolder({ dataDir }: Pick<Config, "dataDir">): Promise<readonly Finding[]> {
  const found = await stat(dataDir).catch(() => undefined);
  if (found === undefined) return [warning("data folder", `${dataDir} does not exist yet`, "The first weir serve makes it.")];
  if (!found.isDirectory()) return [problem("data folder", `${dataDir} is not a folder`, "Name another with --data.")];
  const isOpen = await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isOpen)
    return [problem("data folder", `this user may not write ${dataDir}`, "Run as the user that owns it, or give it to this one.")];
  const others = (found.mode & 0o077) !== 0;
  const folder = others
    ? warning("data folder", `${dataDir} is open to other users of this machine`, `chmod 700 ${dataDir}`)
    : ok("data folder", dataDir);
  return [folder, checkLock(dataDir), await checkRoom(dataDir)];
}

function checkLock(dataDir: string): Finding {
  const holder = readLock(dataDir);
  if (holder === undefined) return ok("lock", "no server runs on the folder");
  if (holder.address === undefined)
    return warning("lock", `process ${holder.pid} on ${holder.host} holds the folder and does not answer yet`, "Wait for it, or stop it.");
  return ok("lock", `process ${holder.pid} on ${holder.host} serves at ${holder.address}`);
}

async function checkRoom(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const say = `${(free / 1024 ** 3).toFixed(1)} GiB free at ${dataDir}`;
  const todo =
    "Make room: without it the journal cannot be written, and then no call is accepted. weir.yaml's retention deletes old events.";
  if (free < FREE_BYTES_MIN) return problem("disk", say, todo);
  return free < FREE_BYTES_GOOD ? warning("disk", say, todo) : ok("disk", say);
}
