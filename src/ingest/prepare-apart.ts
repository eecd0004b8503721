import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEFAULT_CUTTING } from "../domain/collection.ts";
import type { Cutting } from "../domain/collection.ts";
import { Fault } from "../kernel/fault.ts";
import { isPacked } from "./detect-binary.ts";
import { endingOf } from "../domain/file-kind.ts";
import { prepare } from "./prepare.ts";
import type { PrepareOutcome } from "./prepare.ts";
import { createOutcomeReader } from "./prepare-wire.ts";
import type { PrepareAsk } from "./prepare-wire.ts";

/** Smaller texts are done in a few milliseconds; starting a process takes a hundred. */
const INLINE_BYTES_MAX = 256 * 1024;

export type ApartLimits = {
  /** Processes at once. Each may take a core and its memory. */
  readonly processesMax: number;
  /** For any file, and in addition for each megabyte of it: a PDF of 5,000 pages takes 8 s on a busy core, a text of 64 MB 5 s. */
  readonly timeoutMs: number;
  readonly timeoutPerMegabyteMs: number;
  /** Of the whole process, for any file and besides for each byte: an ordinary PDF takes 150 MB, 5,000 pages 500 MB, a text 15 times its size. */
  readonly memoryBytesMax: number;
  readonly memoryBytesPerByte: number;
};

export const APART_LIMITS: ApartLimits = {
  processesMax: 2,
  timeoutMs: 30_000,
  timeoutPerMegabyteMs: 1000,
  memoryBytesMax: 768 * 1024 * 1024,
  memoryBytesPerByte: 16,
};
/** The process ends itself at its limit; this much later it is ended. */
const GRACE_MS = 3000;
/** The chunks of the largest text with their overlaps, as JSON. More is no outcome of ours. */
const OUTPUT_BYTES_MAX = 512 * 1024 * 1024;

const SCRIPT = fileURLToPath(new URL("./prepare-process.ts", import.meta.url));

const failed = (message: string): PrepareOutcome => ({ ok: false, refusal: { code: "server_error", message } });

export type PrepareApart = {
  /** `cutting`: undefined, as ever. */
  prepare(filename: string, bytes: Uint8Array, cutting?: Cutting): Promise<PrepareOutcome>;
  /** Ends what is under way. It rejects, to be taken up again at the next start. */
  close(): void;
};

/** `prepare`, with what is large or packed in a process of its own that has a limit on time and memory. */
export function createPrepareApart(limits: ApartLimits = APART_LIMITS, script = SCRIPT): PrepareApart {
  const children = new Set<ChildProcess>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let closed = false;

  function start(): ChildProcess {
    const child = startProcess(script);
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  }
  async function takeTurn(): Promise<void> {
    if (running < limits.processesMax) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }
  function endTurn(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async prepare(filename, bytes, cutting = DEFAULT_CUTTING) {
      if (bytes.length <= INLINE_BYTES_MAX && !isPacked(bytes, endingOf(filename))) return await prepare(filename, bytes, cutting);
      await takeTurn();
      try {
        if (closed) throw new Fault("draining");
        const outcome = await prepareInProcess({ filename, bytes, cutting }, limits, start());
        if (closed && !outcome.ok) throw new Fault("draining");
        return outcome;
      } finally {
        endTurn();
      }
    },
    close() {
      closed = true;
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

/** No environment: the keys in the server's are none of its business. Its own folder, so that no other's settings are read. */
const startProcess = (script: string): ChildProcess =>
  spawn(process.execPath, ["--smol", "--no-env-file", script], {
    env: {},
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["pipe", "pipe", "ignore"],
  });

type File = { readonly filename: string; readonly bytes: Uint8Array; readonly cutting: Cutting };

async function prepareInProcess({ filename, bytes, cutting }: File, limits: ApartLimits, child: ChildProcess): Promise<PrepareOutcome> {
  const timeoutMs = limits.timeoutMs + Math.ceil((bytes.length / 1024 / 1024) * limits.timeoutPerMegabyteMs);
  const memoryBytesMax = limits.memoryBytesMax + bytes.length * limits.memoryBytesPerByte;
  const exited = new Promise<void>((resolve) => child.once("close", resolve).once("error", () => resolve()));
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs + GRACE_MS);
  try {
    const ask: PrepareAsk = { filename, cutting, bytes: bytes.length, timeoutMs, memoryBytesMax };
    // A process that ended early leaves a broken pipe: what it said, or did not say, is the outcome.
    child.stdin?.on("error", () => undefined);
    child.stdin?.write(`${JSON.stringify(ask)}\n`);
    child.stdin?.write(bytes);
    return (await readOutcome(child)) ?? failed("Reading the file failed: its reader ended, or was ended for taking too long.");
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
    await exited;
  }
}

/** undefined: the process ended without one. */
async function readOutcome(child: ChildProcess): Promise<PrepareOutcome | undefined> {
  if (child.stdout === null) return undefined;
  const reader = createOutcomeReader();
  let rest: Buffer[] = [];
  let total = 0;
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      total += piece.length;
      if (total > OUTPUT_BYTES_MAX) return undefined;
      let from = 0;
      for (let newline = piece.indexOf(10); newline >= 0; newline = piece.indexOf(10, from)) {
        rest.push(piece.subarray(from, newline));
        const outcome = reader.read(Buffer.concat(rest).toString("utf8"));
        if (outcome !== undefined) return outcome;
        rest = [];
        from = newline + 1;
      }
      if (from < piece.length) rest.push(piece.subarray(from));
    }
  } catch {
    // A torn line, or a pipe that broke: the same as none.
  }
  return undefined;
}
