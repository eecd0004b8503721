import { parentPort, workerData } from "node:worker_threads";
import type { Cutting } from "../domain/collection.ts";
import { prepare } from "./prepare.ts";
import type { PrepareOutcome } from "./prepare.ts";
import { outcomeLines } from "./prepare-wire.ts";

/** Reads one file, in a thread of a process of its own: see prepare-process.ts. */
const asked: { readonly filename: string; readonly bytes: Uint8Array; readonly cutting: Cutting } = workerData;

async function prepareSafely(): Promise<PrepareOutcome> {
  try {
    return await prepare(asked.filename, asked.bytes, asked.cutting);
  } catch {
    return { ok: false, refusal: { code: "invalid_file", message: "The file is damaged, or built in a way that cannot be read." } };
  }
}

for (const lines of outcomeLines(await prepareSafely())) parentPort?.postMessage(lines);
