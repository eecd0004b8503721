import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { formatBytes } from "./byte-progress.ts";
import { CommandError } from "./command.ts";
import { hashFile } from "./file-hash.ts";
import { type Allowed, fetchModel, type ModelSource } from "./model-source.ts";

export type DownloadDeps = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number, total: number | undefined) => void;
};
export type DownloadAsk = {
  readonly source: ModelSource;
  readonly allowed: Allowed;
  readonly out: string;
  /** Lower-case hex; undefined: what the hub names, where it names one. */
  readonly sha256: string | undefined;
};
export type Downloaded = { readonly sha256: string; readonly checked: boolean; readonly bytes: number };

/** Tries without a byte between them before it gives up. */
const TRIES = 5;
const PAUSE_MS = 1000;
/** A connection that brings nothing for so long is dropped, and the rest asked for anew. */
const SILENCE_MS = 60_000;
const MAGIC = Buffer.from("GGUF");

/** What is known of a file that came in part: it is continued only as the same version of the same address. */
type Note = { readonly url: string; readonly etag: string };
type State = { bytes: number; hash: Hash; total: number | undefined; sha256: string | undefined; etag: string | undefined };

/**
 * Fetches one file to `out`: first beside it as `out.part`, continued after a break or in a later run, checked, then renamed. A file
 * at `out` is therefore whole.
 */
export async function download(ask: DownloadAsk, deps: DownloadDeps): Promise<Downloaded> {
  await mkdir(dirname(ask.out), { recursive: true });
  const part = `${ask.out}.part`;
  const state = await resume(part, ask.source.url.href);
  const file = await open(part, state.bytes > 0 ? "r+" : "w");
  try {
    await fetchAll(ask, deps, state, file);
    await file.sync();
  } finally {
    await file.close();
  }
  const found = state.hash.digest("hex");
  const expected = ask.sha256 ?? state.sha256;
  if (expected !== undefined && expected !== found) {
    await forget(part);
    throw new CommandError(`The file that came has the SHA-256 ${found}, not ${expected}. It was deleted.`);
  }
  await rename(part, ask.out);
  await rm(noteOf(part), { force: true });
  return { sha256: found, checked: expected !== undefined, bytes: state.bytes };
}

const noteOf = (part: string): string => `${part}.json`;
async function forget(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(noteOf(part), { force: true });
}

async function resume(part: string, url: string): Promise<State> {
  const state: State = { bytes: 0, hash: createHash("sha256"), total: undefined, sha256: undefined, etag: undefined };
  const note = await readNote(part);
  if (note?.url !== url) return state;
  return { ...state, ...(await hashFile(part)), etag: note.etag };
}

async function readNote(part: string): Promise<Note | undefined> {
  try {
    await stat(part);
    const note: unknown = JSON.parse(await readFile(noteOf(part), "utf8"));
    if (typeof note !== "object" || note === null || !("url" in note) || !("etag" in note)) return undefined;
    return typeof note.url === "string" && typeof note.etag === "string" ? { url: note.url, etag: note.etag } : undefined;
  } catch {
    return undefined;
  }
}

async function fetchAll(ask: DownloadAsk, deps: DownloadDeps, state: State, file: FileHandle): Promise<void> {
  let tries = 0;
  for (;;) {
    const before = state.bytes;
    try {
      if (await fetchSome(ask, deps, state, file)) return;
    } catch (error) {
      if (error instanceof CommandError || deps.signal.aborted) throw error;
    }
    tries = state.bytes > before ? 1 : tries + 1;
    if (tries >= TRIES)
      throw new CommandError(
        `${ask.source.url.host} broke off ${String(TRIES)} times. What came is kept: the same command goes on from there.`,
      );
    await deps.wait(PAUSE_MS * tries);
  }
}

/** One connection. True: the file is whole. */
async function fetchSome(ask: DownloadAsk, deps: DownloadDeps, state: State, file: FileHandle): Promise<boolean> {
  const silence = createSilence(deps.signal);
  try {
    const { response, sha256 } = await fetchModel(
      deps.fetch,
      ask.source.url,
      { headers: headersOf(state), signal: silence.signal },
      ask.allowed,
    );
    state.sha256 ??= sha256;
    if (!(await accept(ask, response, state, file))) {
      await response.body?.cancel();
      return state.total === state.bytes;
    }
    for await (const piece of response.body ?? []) {
      silence.heard();
      await file.write(piece, 0, piece.byteLength, state.bytes);
      state.hash.update(piece);
      state.bytes += piece.byteLength;
      if (state.bytes === piece.byteLength && !isGguf(piece)) {
        await forget(`${ask.out}.part`);
        throw new CommandError("What came is no GGUF file. It was deleted.");
      }
      deps.progress(state.bytes, state.total);
    }
    return state.total === undefined || state.bytes === state.total;
  } finally {
    silence.end();
  }
}

function headersOf({ bytes, etag }: State): Record<string, string> {
  const whole = { "accept-encoding": "identity" };
  return bytes === 0 || etag === undefined ? whole : { ...whole, range: `bytes=${String(bytes)}-`, "if-range": etag };
}

/** Whether the body continues what is there, or begins anew; false: the server has nothing further. */
async function accept(ask: DownloadAsk, response: Response, state: State, file: FileHandle): Promise<boolean> {
  const { status, headers } = response;
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get("content-range") ?? "");
    if (range?.[1] !== String(state.bytes)) throw new CommandError(`${ask.source.url.host} answered with another part than was asked for.`);
    state.total = Number(range[2]);
  } else if (status === 200) {
    await startAnew(ask, response, state, file);
  } else if (status === 416) {
    const total = /^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
    state.total = total === undefined ? undefined : Number(total);
    if (state.total !== state.bytes) await reset(state, file);
    return false;
  } else throw refusal(ask.source.url.host, status);
  await checkRoom(ask.out, (state.total ?? 0) - state.bytes);
  return true;
}

async function startAnew(ask: DownloadAsk, { headers }: Response, state: State, file: FileHandle): Promise<void> {
  await reset(state, file);
  const length = headers.get("content-length");
  state.total = length === null ? undefined : Number(length);
  const etag = headers.get("etag");
  // A weak one does not promise the same bytes.
  if (etag === null || etag.startsWith("W/")) return;
  state.etag = etag;
  await writeFile(noteOf(`${ask.out}.part`), JSON.stringify({ url: ask.source.url.href, etag } satisfies Note));
}

async function reset(state: State, file: FileHandle): Promise<void> {
  await file.truncate(0);
  Object.assign(state, { bytes: 0, hash: createHash("sha256"), total: undefined, etag: undefined });
}

function refusal(host: string, status: number): Error {
  if (status === 404) return new CommandError(`${host} has no such file (404).`);
  if (status === 401 || status === 403)
    return new CommandError(
      `${host} does not give this file to everybody (${String(status)}). Fetch it with an account, and put it there by hand.`,
    );
  const message = `${host} answered with status ${String(status)}.`;
  return status >= 500 || status === 429 || status === 408 ? new Error(message) : new CommandError(message);
}

const isGguf = (first: Uint8Array): boolean => Buffer.from(first.subarray(0, MAGIC.length)).equals(MAGIC.subarray(0, first.length));

async function checkRoom(out: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(out));
  const free = bavail * bsize;
  if (bytes <= free) return;
  throw new CommandError(`The file takes ${formatBytes(bytes)} more, and ${dirname(out)} has ${formatBytes(free)} left.`);
}

function createSilence(signal: AbortSignal) {
  const stop = new AbortController();
  const arm = () => setTimeout(() => stop.abort(new Error("silence")), SILENCE_MS);
  let timer = arm();
  return {
    signal: AbortSignal.any([signal, stop.signal]),
    heard() {
      clearTimeout(timer);
      timer = arm();
    },
    end: () => clearTimeout(timer),
  };
}
