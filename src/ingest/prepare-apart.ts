import { Worker } from "node:worker_threads";
import { prepare } from "./prepare.ts";
import type { PrepareOutcome } from "./prepare.ts";

/** Smaller files are done in a few milliseconds; starting a thread takes about thirty. */
const INLINE_BYTES_MAX = 256 * 1024;
/** The largest accepted file takes about ten seconds. What takes longer was made to. */
const TIMEOUT_MS = 60_000;

const failed = (message: string): PrepareOutcome => ({ ok: false, refusal: { code: "server_error", message } });

/** `prepare`, in a thread of its own where the file is large. */
export async function prepareApart(filename: string, bytes: Uint8Array, timeoutMs = TIMEOUT_MS): Promise<PrepareOutcome> {
  if (bytes.length <= INLINE_BYTES_MAX) return prepare(filename, bytes);
  const worker = new Worker(new URL("./prepare-worker.ts", import.meta.url), { workerData: { filename, bytes } });
  const outcome = await new Promise<PrepareOutcome>((resolve) => {
    const timer = setTimeout(() => resolve(failed("Reading the file took too long.")), timeoutMs);
    const settle = (found: PrepareOutcome): void => {
      clearTimeout(timer);
      resolve(found);
    };
    worker.once("message", settle);
    worker.once("error", () => settle(failed("The file could not be read.")));
    worker.once("exit", () => settle(failed("The file could not be read.")));
  });
  await worker.terminate();
  return outcome;
}
