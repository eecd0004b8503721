import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { kill } from "node:process";

/** Who holds a data folder. Two processes on one folder corrupt an embedded database without a word. */
export type LockHolder = {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with its pid. */
  readonly startedAt: string;
  /** Where it answers, once it does. */
  readonly address: string | undefined;
  /** A secret of this start: who can read the folder may use the running server. */
  readonly token: string | undefined;
};

export type DataFolderLock = {
  /** Tells others where this process answers. */
  update(address: string): void;
  release(): void;
};

export type LockSettings = { readonly pid: number; readonly address?: string | undefined; readonly token?: string | undefined };

/**
 * Each taking of the lock is a file of the next number in `DIR/lock`, made whole by `link`, which only one process can win; the highest
 * number is the lock. A dead holder's file is passed over, never removed before a higher one stands: a slow rival that saw the dead file
 * finds the higher one when it looks again. Throws when the holder lives.
 */
export function lockDataFolder(dir: string, settings: LockSettings): DataFolderLock {
  const folder = join(dir, "lock");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const last = findLast(folder);
    if (last?.holder !== undefined && isAlive(last.holder, last.file)) throw new Error(heldMessage(dir, last.holder, last.file));
    const number = (last?.number ?? 0) + 1;
    const file = fileOf(folder, number);
    let holder: LockHolder = {
      pid: settings.pid,
      host: hostname(),
      startedAt: startOf(settings.pid) ?? "",
      address: settings.address,
      token: settings.token,
    };
    if (!place(file, holder)) continue;
    if (findLast(folder)?.number !== number) {
      rmSync(file, { force: true });
      continue;
    }
    removeBelow(folder, number);
    const stopBeating = beat(() => writeWhole(file, holder));
    return {
      update(address) {
        holder = { ...holder, address };
        writeWhole(file, holder);
      },
      release() {
        stopBeating();
        // Not removed: the next number must be higher than any that a rival has seen.
        writeWhole(file, undefined);
      },
    };
  }
}

/** The living holder, for commands that talk to the server which runs on the folder. */
export function readLock(dir: string): LockHolder | undefined {
  const last = findLast(join(dir, "lock"));
  return last?.holder !== undefined && isAlive(last.holder, last.file) ? last.holder : undefined;
}

type Found = { readonly number: number; readonly file: string; readonly holder: LockHolder | undefined };

function findLast(folder: string): Found | undefined {
  const number = numbersIn(folder).at(-1);
  if (number === undefined) return undefined;
  const file = fileOf(folder, number);
  try {
    return { number, file, holder: parseHolder(readFileSync(file, "utf8")) };
  } catch (error) {
    if (isMissing(error)) return findLast(folder); // A higher one came, and this one was removed.
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  const read: unknown = JSON.parse(text);
  if (read === null || typeof read !== "object" || !("pid" in read) || typeof read.pid !== "number") return undefined;
  const field = (name: string): string | undefined => {
    const value: unknown = Reflect.get(read, name);
    return typeof value === "string" ? value : undefined;
  };
  return {
    pid: read.pid,
    host: field("host") ?? "",
    startedAt: field("startedAt") ?? "",
    address: field("address"),
    token: field("token"),
  };
}

/** False when another process placed one of this number first. */
function place(file: string, holder: LockHolder): boolean {
  const draft = `${file}.${holder.pid}.draft`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeWhole(file: string, holder: LockHolder | undefined): void {
  writeFileSync(`${file}.draft`, JSON.stringify(holder ?? {}), { mode: 0o600 });
  renameSync(`${file}.draft`, file);
}

const removeBelow = (folder: string, number: number): void =>
  numbersIn(folder)
    .filter((other) => other < number)
    .forEach((other) => rmSync(fileOf(folder, other), { force: true }));

const fileOf = (folder: string, number: number): string => join(folder, String(number).padStart(8, "0"));

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{8}$/.test(name))
      .map(Number)
      .toSorted((a, b) => a - b);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A holder on another machine (or in another container) cannot be asked: it shows by writing its file again that it lives. */
const BEAT_EVERY_MS = 3_000;
const SILENT_MS_MAX = 15_000;

function beat(write: () => void): () => void {
  const timer = setInterval(() => {
    try {
      write();
    } catch {
      // The folder is gone or full: nothing is lost here that its owner does not notice sooner.
    }
  }, BEAT_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** By the clock of the file system, which all machines that share it agree on. */
function silentMs(file: string): number {
  const probe = mkdtempSync(`${file}.probe-`);
  try {
    return statSync(probe).mtimeMs - statSync(file).mtimeMs;
  } finally {
    rmSync(probe, { recursive: true });
  }
}

function isAlive(holder: LockHolder, file: string): boolean {
  if (holder.host !== hostname()) return silentMs(file) < SILENT_MS_MAX;
  try {
    kill(holder.pid, 0);
  } catch (error) {
    if (hasCode(error, "ESRCH")) return false;
  }
  const startedAt = startOf(holder.pid);
  if (startedAt === GONE) return false;
  return startedAt === undefined || holder.startedAt === "" || startedAt === holder.startedAt;
}

/** Dead, though its pid is not free yet: its parent has not asked for its exit code. */
const GONE = "gone";

/** When a process of this machine began, in a form that only serves comparison. undefined where it cannot be told. */
function startOf(pid: number): string | undefined {
  try {
    // The name in parentheses may hold anything; the start is the 20th field behind it (proc(5), field 22).
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return GONE;
    const ticks = rest[18];
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${ticks ?? ""}`;
  } catch {
    try {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    } catch {
      return undefined;
    }
  }
}

function heldMessage(dir: string, holder: LockHolder, file: string): string {
  const where = holder.address === undefined ? "" : ` (${holder.address})`;
  const host = holder.host === hostname() ? "" : ` on host ${holder.host}`;
  return `The data folder ${dir} is in use by process ${holder.pid}${host}${where}. Stop it, or use another folder. Its lock is ${file}.`;
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;
const isMissing = (error: unknown): boolean => hasCode(error, "ENOENT");
