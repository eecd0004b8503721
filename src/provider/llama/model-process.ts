import { spawn } from "node:child_process";
import { execPath } from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Order, Report } from "./lines.ts";

/** A process that runs one model. */
export type ModelProcess = {
  readonly pid: number | undefined;
  tell(order: Order): void;
  /** It has nothing to save. */
  kill(): void;
};

export type StartModelProcess = (on: { report(report: Report): void; exit(): void }) => ModelProcess;

/**
 * It inherits no environment: a model has no use for the keys of providers. When the server ends, however it ends, the pipe closes and
 * the process with it. Its standard error is not read: llama.cpp's last words may quote what it was asked.
 */
export const startModelProcess: StartModelProcess = (on) => {
  const child = spawn(execPath, [fileURLToPath(new URL("child/main.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { GGML_NO_BACKTRACE: "1" },
  });
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    on.exit();
  };
  child.once("exit", end);
  child.once("error", end);
  // Writing to a process that has just died is told by its exit.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
    const report = readReport(line);
    if (report !== undefined && !ended) on.report(report);
  });
  return {
    pid: child.pid,
    tell: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    kill: () => void child.kill("SIGKILL"),
  };
};

/** Native code may write to standard output, too: what is none of ours is no report. */
function readReport(line: string): Report | undefined {
  if (!line.startsWith('{"type":')) return undefined;
  try {
    const report: Report = JSON.parse(line);
    return report;
  } catch {
    return undefined;
  }
}
