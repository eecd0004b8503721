import { writeFileSync, writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { outcomeLines } from "./prepare-wire.ts";
import type { PrepareAsk } from "./prepare-wire.ts";

/**
 * A process for one file: this thread watches, another reads the file. The runtime's threads have no limit on memory (`resourceLimits` is
 * ignored), so the limit is on the process, and what a broken reader leaves behind goes with it.
 *
 * In: a line of JSON (PrepareAsk), then the file. Out: lines of an outcome.
 */
const WATCH_EVERY_MS = 20;

/** At once, whatever the other thread is doing. */
const end = (): void => void process.kill(process.pid, "SIGKILL");

function sayAndEnd(message: string): void {
  const [text = ""] = outcomeLines({ ok: false, refusal: { code: "invalid_file", message } });
  try {
    // The pipe has room: nothing was said before. What is in it outlives this process.
    writeSync(1, text);
  } finally {
    end();
  }
}

/** If the machine runs out of memory all the same, this process goes before any other. */
function goFirst(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // Only Linux has it.
  }
}

const broken = (): void => sayAndEnd("The file could not be read: its reader broke down on it.");

function start(ask: PrepareAsk, bytes: Uint8Array<ArrayBuffer>): void {
  const workerData = { filename: ask.filename, cutting: ask.cutting, bytes };
  const worker = new Worker(new URL("./prepare-worker.ts", import.meta.url), { workerData, transferList: [bytes.buffer] });
  // Whoever asked ends this process once it has the last line.
  worker.on("message", (lines: string) => void process.stdout.write(lines));
  worker.once("error", broken);
  worker.once("exit", (code) => {
    if (code !== 0) broken();
  });
  setTimeout(() => sayAndEnd(`Reading the file took more than ${Math.round(ask.timeoutMs / 1000)} seconds.`), ask.timeoutMs);
  setInterval(() => {
    if (process.memoryUsage.rss() > ask.memoryBytesMax)
      sayAndEnd(`Reading the file took more than ${Math.round(ask.memoryBytesMax / 1024 / 1024)} MB of memory.`);
  }, WATCH_EVERY_MS);
}

function listen(): void {
  const held: Buffer[] = [];
  let length = 0;
  let headBytes = 0;
  let ask: PrepareAsk | undefined;
  process.stdin.on("data", (piece: Buffer) => {
    held.push(piece);
    length += piece.length;
    if (ask === undefined) {
      const all = Buffer.concat(held.splice(0));
      held.push(all);
      const newline = all.indexOf(10);
      if (newline < 0) return;
      headBytes = newline + 1;
      const head: PrepareAsk = JSON.parse(all.toString("utf8", 0, newline));
      ask = head;
    }
    if (length < headBytes + ask.bytes) return;
    const bytes = new Uint8Array(ask.bytes);
    bytes.set(Buffer.concat(held.splice(0)).subarray(headBytes, headBytes + ask.bytes));
    start(ask, bytes);
  });
  // Whoever asked is gone.
  process.stdin.once("end", end);
  process.stdin.once("error", end);
}

goFirst();
listen();
