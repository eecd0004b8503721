import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import type { PgliteAnswer, PgliteAsk, PgliteBoot, PgliteReady } from "./pglite-message.ts";
import { createAsker, exchangeWith } from "./pglite-protocol.ts";

/**
 * PostgreSQL keeps this much of the data in memory, touched at start: 128 MB (the default) make a fresh process 283 MB, 64 make it 220.
 * Beyond it a page comes from the operating system's cache, at a system call each.
 */
const START = [...PGlite.defaultStartParams, "-c", "shared_buffers=64MB", "-c", "timezone=UTC"];

/** Runs in a thread of its own: PostgreSQL in WebAssembly computes without a pause and would hold up every answer. */
async function main(boot: PgliteBoot): Promise<void> {
  if (parentPort === null) throw new Error("this file is a worker");
  const port = parentPort;
  const tell = (message: PgliteReady | PgliteAnswer): void => port.postMessage(message);
  let db: PGlite;
  try {
    const where = boot.kind === "folder" ? { dataDir: boot.dir } : { loadDataDir: new Blob([readFileSync(boot.image)]) };
    db = await PGlite.create({ ...where, startParams: START, extensions: { vector } });
  } catch (error) {
    tell({ ready: false, reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  const answer = createAsker(exchangeWith(db));
  port.on("message", (ask: PgliteAsk | "close") => {
    if (ask !== "close") void answer(ask).then(tell);
    // The checkpoint of a clean end makes the next start fast. Should it fail, the write-ahead log has it all.
    else void db.close().finally(() => process.exit(0));
  });
  tell({ ready: true });
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only startPglite starts this file
await main(workerData as PgliteBoot);
