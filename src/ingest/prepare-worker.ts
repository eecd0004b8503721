import { parentPort, workerData } from "node:worker_threads";
import { prepare } from "./prepare.ts";

/** Runs in a thread of its own, once: a large file takes seconds, and no caller's stream should stand still for it. */
const asked: { readonly filename: string; readonly bytes: Uint8Array } = workerData;
parentPort?.postMessage(prepare(asked.filename, asked.bytes));
