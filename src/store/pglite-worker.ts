import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import type { PgliteAnswer, PgliteAsk, PgliteBoot, PgliteReady } from "./pglite-message.ts";
import { runAsk } from "./pglite-protocol.ts";

/** Runs in a thread of its own: PostgreSQL in WebAssembly computes without a pause and would hold up every answer. */
async function main(): Promise<void> {
  if (parentPort === null) throw new Error("this file is a worker");
  const port = parentPort;
  const boot = workerData as PgliteBoot;
  const tell = (message: PgliteReady | PgliteAnswer): void => port.postMessage(message);
  let db: PGlite;
  try {
    db = await PGlite.create({
      ...(boot.dir === undefined ? {} : { dataDir: boot.dir }),
      ...(boot.image === undefined ? {} : { loadDataDir: new Blob([new Uint8Array(boot.image)]) }),
    });
  } catch (error) {
    tell({ ready: false, reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  port.on("message", (ask: PgliteAsk | "close") => {
    if (ask === "close") {
      void db.close().then(() => process.exit(0));
      return;
    }
    tell(runAsk((bytes) => db.execProtocolRawSync(bytes), ask));
  });
  tell({ ready: true });
}

await main();
