import { readFileSync, readlinkSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who writes a journal: enough to tell whether it lives still. Unknown where the system does not say. */
export type ProcessOwner = {
  readonly pid: number;
  /** Clock ticks since boot at which it began: a pid is used again, this pair is not. */
  readonly started: string;
  readonly boot: string;
  /** Pids mean something only among processes of one namespace (container). */
  readonly namespace: string;
};

const OWNER_FILE = "owner.json";
/** A journal whose owner cannot be looked up is left alone until it has been silent for this long. */
export const SILENT_MS_MAX = 60_000;

export function describeOwner(pid: number): ProcessOwner {
  return {
    pid,
    started: startOf(pid) ?? "",
    boot: readText("/proc/sys/kernel/random/boot_id") ?? "",
    namespace: readLink("/proc/self/ns/pid") ?? "",
  };
}

export const writeOwner = (folder: string, owner: ProcessOwner): void =>
  writeFileSync(join(folder, OWNER_FILE), JSON.stringify(owner), { mode: 0o600 });

/** To be called every few seconds, for those who cannot look the process up. */
export const touchOwner = (folder: string, nowMs: number): void => utimesSync(join(folder, OWNER_FILE), nowMs / 1000, nowMs / 1000);

/** Whether the journal in this folder has a living writer, as far as this process can tell. */
export function isOwned(folder: string, self: ProcessOwner, nowMs: number): boolean {
  const text = readText(join(folder, OWNER_FILE));
  const owner = text === undefined ? undefined : tryParseOwner(text);
  // Without a readable owner it is either being made right now or what a crash left: the folder's age tells.
  if (owner === undefined) return nowMs - changedMs(folder) < SILENT_MS_MAX;
  if (owner.boot !== "" && owner.boot === self.boot && owner.namespace === self.namespace) return startOf(owner.pid) === owner.started;
  return nowMs - changedMs(join(folder, OWNER_FILE)) < SILENT_MS_MAX;
}

/** undefined: no such process, or only its remains that nobody has asked about. */
function startOf(pid: number): string | undefined {
  const text = readText(`/proc/${String(pid)}/stat`);
  if (text === undefined) return undefined;
  // The name may hold anything; it ends at the last bracket. Then state (field 3), … start time (field 22).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

function tryParseOwner(text: string): ProcessOwner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isOwner(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is ProcessOwner {
  return typeof value === "object" && value !== null && "pid" in value && "started" in value && "boot" in value && "namespace" in value;
}

function changedMs(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
