/** Child processes of a bench: pinned to a core, watched for memory and CPU time, ended by their own id. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

export type Running = {
  readonly pid: number;
  /** What it printed so far, both streams, the last 16 kB. */
  readonly output: () => string;
  /** Resolves with the first line that matches; rejects when the process ends or the time is over. */
  readonly line: (pattern: RegExp, withinMs: number) => Promise<string>;
  readonly rssMb: () => number;
  readonly cpuSeconds: () => number;
  readonly stop: () => Promise<void>;
};

export type StartOptions = { readonly core?: number; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string };

const OUTPUT_KEPT = 16_000;
const STOP_MS_MAX = 15_000;
/** Linux counts CPU time in hundredths of a second on every architecture that matters here. */
const TICKS_PER_SECOND = 100;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

function processTree(pid: number): number[] {
  const list = `/proc/${pid}/task`;
  if (!existsSync(list)) return [];
  const children = readdirSync(list).flatMap((task) => {
    const file = `${list}/${task}/children`;
    return existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number) : [];
  });
  return [pid, ...children.flatMap(processTree)];
}

/** Zero when the process has gone in between. */
function read(path: string, pick: (text: string) => number): number {
  try {
    return pick(readFileSync(path, "utf8"));
  } catch {
    return 0;
  }
}

const rssKb = (pid: number): number => read(`/proc/${pid}/status`, (text) => Number(text.match(/VmRSS:\s+(\d+)/)?.[1] ?? 0));

function cpuTicks(pid: number): number {
  return read(`/proc/${pid}/stat`, (text) => {
    // The name in brackets may hold spaces; utime and stime are the 12th and 13th words after it.
    const words = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return Number(words[11] ?? 0) + Number(words[12] ?? 0);
  });
}

export function start(command: readonly string[], options: StartOptions = {}): Running {
  const [file = "", ...args] = options.core === undefined ? command : ["taskset", "-c", String(options.core), ...command];
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...options.env }, cwd: options.cwd });
  if (child.pid === undefined) throw new Error(`${file} does not start`);
  const pid = child.pid;
  running.add(child);
  let output = "";
  const listeners = new Set<() => void>();
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_KEPT);
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      running.delete(child);
      resolve();
      for (const listener of listeners) listener();
    });
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    pid,
    output: () => output,
    line: (pattern, withinMs) =>
      new Promise((resolve, reject) => {
        const finish = (act: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          act();
        };
        const timer = setTimeout(
          () => finish(() => reject(new Error(`${file}: no ${pattern} within ${withinMs} ms\n${output}`))),
          withinMs,
        );
        const look = (): void => {
          const found = output.split("\n").find((line) => pattern.test(line));
          if (found !== undefined) finish(() => resolve(found));
          else if (hasEnded()) finish(() => reject(new Error(`${command.join(" ")} ended early\n${output}`)));
        };
        listeners.add(look);
        look();
      }),
    rssMb: () => processTree(pid).reduce((sum, one) => sum + rssKb(one), 0) / 1024,
    cpuSeconds: () => processTree(pid).reduce((sum, one) => sum + cpuTicks(one), 0) / TICKS_PER_SECOND,
    async stop() {
      if (hasEnded()) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Runs to the end and gives what it printed; throws when it fails. */
export async function runToEnd(command: readonly string[], options: StartOptions & { readonly withinMs?: number } = {}): Promise<string> {
  const [file = "", ...args] = options.core === undefined ? command : ["taskset", "-c", String(options.core), ...command];
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...options.env }, cwd: options.cwd });
  running.add(child);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), options.withinMs ?? 600_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearTimeout(timer);
  running.delete(child);
  const output = Buffer.concat(chunks).toString();
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}\n${output}`);
  return output;
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
