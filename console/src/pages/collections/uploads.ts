import { useSyncExternalStore } from "react";
import { uploadsText as text } from "#text/collection-files.ts";
import { post, upload } from "../../api/client.ts";
import { storePath, type CollectionFile } from "./types.ts";

/** A file on its way from this browser. What has arrived is no upload any more: the list of files tells how it fares. */
export type Upload = {
  readonly id: number;
  readonly store: string;
  readonly name: string;
  readonly bytes: number;
  readonly state: "waiting" | "sending" | "indexing" | "failed";
  /** Of its bytes, from 0 to 1. */
  readonly sent: number;
  readonly failure: string | undefined;
  /** Trying again would end the same. */
  readonly isRefused: boolean;
};

/** The server's own limit for one file: what is larger need not be sent to be refused. */
const BYTES_MAX = 64 * 1024 * 1024;
/** Sent at a time: more would only share the same line. */
const AT_ONCE = 2;

let uploads: readonly Upload[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const files = new Map<number, { readonly file: File; readonly stop: AbortController; readonly arrived: () => void }>();

function set(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}
const change = (id: number, to: Partial<Upload>): void => set(uploads.map((one) => (one.id === id ? { ...one, ...to } : one)));

/** Uploads outlive the tab that began them, so they are kept here and not in a component. */
export function useUploads(store: string): readonly Upload[] {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
  return all.filter((one) => one.store === store);
}

/** `arrived` is told of each file that is in the collection, whatever becomes of it there. */
export function addUploads(store: string, chosen: readonly File[], arrived: () => void): void {
  const added = chosen.map((file): Upload => {
    const id = nextId++;
    const failure = file.size > BYTES_MAX ? text.tooLarge : file.size === 0 ? text.empty : undefined;
    files.set(id, { file, stop: new AbortController(), arrived });
    return {
      id,
      store,
      name: file.name,
      bytes: file.size,
      state: failure === undefined ? "waiting" : "failed",
      sent: 0,
      failure,
      isRefused: failure !== undefined,
    };
  });
  set([...uploads, ...added]);
  sendNext();
}

export function retryUpload(id: number): void {
  const held = files.get(id);
  if (held === undefined) return;
  files.set(id, { ...held, stop: new AbortController() });
  change(id, { state: "waiting", sent: 0, failure: undefined });
  sendNext();
}

/** Stops it where it is on its way, and forgets it. What has arrived stays. */
export function dropUpload(id: number): void {
  files.get(id)?.stop.abort();
  files.delete(id);
  set(uploads.filter((one) => one.id !== id));
  sendNext();
}

function sendNext(): void {
  const busy = uploads.filter(({ state }) => state === "sending" || state === "indexing").length;
  for (const one of uploads.filter(({ state }) => state === "waiting").slice(0, Math.max(0, AT_ONCE - busy))) void send(one);
}

async function send({ id, store }: Upload): Promise<void> {
  const held = files.get(id);
  if (held === undefined) return;
  change(id, { state: "sending" });
  try {
    const form = new FormData();
    form.set("purpose", "user_data");
    form.set("file", held.file);
    const onProgress = (sent: number): void => change(id, { sent });
    const { id: file } = await upload<{ readonly id: string }>("/v1/files", form, { signal: held.stop.signal, onProgress });
    change(id, { state: "indexing", sent: 1 });
    await post<CollectionFile>(`${storePath(store)}/files`, { file_id: file }, held.stop.signal);
    files.delete(id);
    set(uploads.filter((one) => one.id !== id));
    held.arrived();
  } catch (error) {
    if (files.has(id)) change(id, { state: "failed", failure: error instanceof Error ? error.message : String(error) });
  }
  sendNext();
}
