import { randomBytes } from "node:crypto";
import type { ContentPolicy } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import type { RequestId, TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "../object/index.ts";
import { CONTENT_AREA, type ContentFiles, createContentFiles } from "./content-files.ts";
import { type CallContent, type ContentLine, type Scrub, textBytesOf, toContentLine } from "./content-line.ts";
import type { InSample } from "./content-sample.ts";

const DAY_MS = 86_400_000;
/** What a killed process loses of content (never of records), against one object a call. */
const HELD_MS = 30_000;
/** A file of this size is written at once. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Waiting for the object store, all tenants together. What comes on top is not kept: memory is for calls. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;
/** Of a line that is not made yet, beside its texts: ids, dates, names of fields. */
const HEAD_BYTES = 300;
/** Scrubbed lines between which others may run. */
const SCRUBBED_AT_ONCE = 8;

/** Without a scrubber, what a tenant wants scrubbed is not kept: it must not be kept uncleaned. */
export function keepsContent(
  policy: ContentPolicy,
  call: { readonly tenantId: TenantId; readonly requestId: RequestId },
  by: { readonly scrubs: boolean; readonly inSample: InSample },
): boolean {
  if (policy === "full") return true;
  if (policy === "none" || !by.scrubs) return false;
  return policy === "scrubbed" || by.inSample(call.tenantId, call.requestId);
}

/** Whether a policy can be followed only with a scrubber. */
export const needsScrubber = (policy: ContentPolicy): boolean => policy === "scrubbed" || policy === "scrubbed-sample";

export type ContentLog = {
  /** Takes a call's content; it is written with others', at the latest after 30 s. */
  keep(content: CallContent): void;
  /** Writes what is held. Resolves when all that was taken before is written, or counted as lost. */
  flush(): Promise<void>;
  start(): void;
  /** Flushes, and stops. */
  close(): Promise<void>;
  /** Deletes the files of a tenant whose date has come, but for lines that are held. Returns files deleted or shortened. */
  prune(tenantId: TenantId, isHeld?: (line: ContentLine) => boolean): Promise<number>;
  readonly files: ContentFiles;
  /** Calls whose content was meant to be kept and is not. */
  readonly lost: number;
};

export type ContentLogDeps = {
  readonly objects: Pick<ObjectStore, "getObject" | "putObject" | "listObjects" | "deleteObject">;
  /** A text without what is personal in it; undefined: nothing can scrub here. Where it throws, nothing of the call is kept. */
  readonly scrub?: Scrub | undefined;
  nowMs(): number;
  /** How long content may stay: asked each time, because it may change while the server runs. */
  keptDays(): number;
  onLost(error: unknown, calls: number): void;
};

/** Calls of one tenant and day that will be one file. */
type Draft = { readonly tenantId: TenantId; readonly date: string; readonly calls: (CallContent | string)[]; bytes: number };

/**
 * Content at rest, as the tenant's policy allows, in files `chat-logs/<tenant>/<date>/<time>-<random>.ndjson` that the object store encrypts. Each
 * line says until when it may stay. What is to be scrubbed is scrubbed when it is written, off the path of calls; before that it is in memory only.
 */
export function createContentLog({ objects, scrub, nowMs, keptDays, onLost }: ContentLogDeps): ContentLog {
  const files = createContentFiles(objects);
  const drafts = new Map<string, Draft>();
  const writing = new Set<Promise<void>>();
  let heldBytes = 0;
  let lost = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const lose = (error: unknown, calls: number): void => {
    lost += calls;
    onLost(error, calls);
  };
  const toLines = createLineWriter({ scrub, keptDays }, lose);
  const write = async ({ tenantId, date, calls, bytes }: Draft): Promise<void> => {
    const name = `${toIso(nowMs()).slice(11, 19).replaceAll(":", "")}-${randomBytes(8).toString("hex")}`;
    const lines = calls.every((call) => typeof call === "string") ? calls : await toLines(calls);
    try {
      if (lines.length > 0) await objects.putObject(tenantId, `${CONTENT_AREA}/${date}/${name}.ndjson`, Buffer.from(lines.join("")));
    } catch (error) {
      lose(error, lines.length);
    } finally {
      heldBytes -= bytes;
    }
  };
  const send = (name: string, draft: Draft): void => {
    drafts.delete(name);
    const written = write(draft).finally(() => writing.delete(written));
    writing.add(written);
  };
  const flush = async (): Promise<void> => {
    for (const [name, draft] of drafts) send(name, draft);
    await Promise.all(writing);
  };
  return {
    files,
    get lost() {
      return lost;
    },
    keep(content) {
      const { tenantId, atMs, policy } = content;
      // What is to be scrubbed is a line only when it is written.
      const call = policy === "full" ? toContentLine(content, keptDays(), undefined) : content;
      const bytes = typeof call === "string" ? Buffer.byteLength(call) : textBytesOf(call) + HEAD_BYTES;
      if (heldBytes + bytes > HELD_BYTES_MAX) return lose(new Error("the object store is slower than the calls"), 1);
      heldBytes += bytes;
      const date = toIso(atMs).slice(0, 10);
      const name = `${tenantId}/${date}`;
      const draft: Draft = drafts.get(name) ?? { tenantId, date, calls: [], bytes: 0 };
      drafts.set(name, draft);
      draft.calls.push(call);
      draft.bytes += bytes;
      if (draft.bytes >= FILE_BYTES_MAX) send(name, draft);
    },
    flush,
    start() {
      timer = setInterval(() => void flush(), HELD_MS);
      timer.unref();
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
    prune: (tenantId, isHeld) => prune({ objects, nowMs, keptDays, files }, tenantId, isHeld),
  };
}

/** Lines of these calls. One that cannot be scrubbed is lost, whatever the reason. */
function createLineWriter({ scrub, keptDays }: Pick<ContentLogDeps, "scrub" | "keptDays">, lose: (error: unknown, calls: number) => void) {
  return async (calls: readonly (CallContent | string)[]): Promise<readonly string[]> => {
    const lines: string[] = [];
    let scrubbed = 0;
    for (const call of calls) {
      if (typeof call === "string") {
        lines.push(call);
        continue;
      }
      if (++scrubbed % SCRUBBED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
      try {
        lines.push(toContentLine(call, keptDays(), scrub));
      } catch {
        // What the scrubber says of it may be what it was to hide.
        lose(new Error("the scrubber failed"), 1);
      }
    }
    return lines;
  };
}

type PruneDeps = Pick<ContentLogDeps, "objects" | "nowMs" | "keptDays"> & { readonly files: ContentFiles };

async function prune(
  { objects, nowMs, keptDays, files }: PruneDeps,
  tenantId: TenantId,
  isHeld?: (line: ContentLine) => boolean,
): Promise<number> {
  // The last line of a day's file is kept from that day's end.
  const until = toIso(nowMs() - (keptDays() + 1) * DAY_MS).slice(0, 10);
  const old: string[] = [];
  // Keys ascend by date, so the old ones come first.
  for await (const key of files.list(tenantId)) {
    if ((key.split("/")[1] ?? "") > until) break;
    old.push(key);
  }
  let changed = 0;
  for (const key of old) {
    if (isHeld === undefined) await objects.deleteObject(tenantId, key);
    if (isHeld === undefined || (await files.keepOnly(tenantId, key, isHeld)) > 0) changed++;
  }
  return changed;
}
