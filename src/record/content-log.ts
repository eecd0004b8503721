import { randomBytes } from "node:crypto";
import type { Message } from "../domain/chat.ts";
import type { ContentPolicy } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import type { RequestId, TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "../object/index.ts";

/** What one call said and was told. */
export type CallContent = {
  readonly requestId: RequestId;
  readonly tenantId: TenantId;
  readonly atMs: number;
  readonly messages: readonly Message[];
  readonly answer: string;
  /** The answer was longer than what is kept of one. */
  readonly cut: boolean;
};

const DAY_MS = 86_400_000;
/** What a killed process loses of content (never of records), against one object a call. */
const HELD_MS = 30_000;
/** A file of this size is written at once. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Waiting for the object store, all tenants together. What comes on top is not kept: memory is for calls. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;
/** Files of one tenant looked at in one step of pruning. */
const PAGE = 500;
const AREA = "chat-logs";

/**
 * Whether a policy keeps content as it is. The scrubbed ones keep nothing while there is no scrubber: what a tenant wants cleaned must
 * not be kept uncleaned.
 */
export const keepsContent = (policy: ContentPolicy): boolean => policy === "full";

/** The tenant asked for scrubbed content, which this version cannot make, so it keeps none. */
export const lacksScrubber = (policy: ContentPolicy): boolean => policy === "scrubbed" || policy === "scrubbed-sample";

export type ContentLog = {
  /** Takes a call's content; it is written with others', at the latest after 30 s. */
  keep(content: CallContent): void;
  /** Writes what is held. Resolves when all that was taken before is written, or counted as lost. */
  flush(): Promise<void>;
  start(): void;
  /** Flushes, and stops. */
  close(): Promise<void>;
  /** Deletes the files of a tenant whose date has come. */
  prune(tenantId: TenantId): Promise<number>;
  /** Calls whose content was meant to be kept and is not. */
  readonly lost: number;
};

export type ContentLogDeps = {
  readonly objects: Pick<ObjectStore, "putObject" | "listObjects" | "deleteObject">;
  nowMs(): number;
  /** How long content may stay: asked each time, because it may change while the server runs. */
  keptDays(): number;
  onLost(error: unknown, calls: number): void;
};

/** Lines of one tenant and day that will be one file. */
type Draft = { readonly tenantId: TenantId; readonly date: string; readonly lines: string[]; bytes: number };

/**
 * Content at rest, as the tenant's policy allows, in files `chat-logs/<tenant>/<date>/<time>-<random>.ndjson` that the object store encrypts. Each
 * line says until when it may stay.
 */
export function createContentLog({ objects, nowMs, keptDays, onLost }: ContentLogDeps): ContentLog {
  const drafts = new Map<string, Draft>();
  const writing = new Set<Promise<void>>();
  let heldBytes = 0;
  let lost = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const lose = (error: unknown, calls: number): void => {
    lost += calls;
    onLost(error, calls);
  };
  const write = async ({ tenantId, date, lines, bytes }: Draft): Promise<void> => {
    const name = `${toIso(nowMs()).slice(11, 19).replaceAll(":", "")}-${randomBytes(8).toString("hex")}`;
    try {
      await objects.putObject(tenantId, `${AREA}/${date}/${name}.ndjson`, Buffer.from(lines.join("")));
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
    get lost() {
      return lost;
    },
    keep({ requestId, tenantId, atMs, messages, answer, cut }) {
      const at = toIso(atMs);
      const line = `${JSON.stringify({ requestId, at, keepUntil: toIso(atMs + keptDays() * DAY_MS), messages, answer, cut })}\n`;
      const bytes = Buffer.byteLength(line);
      if (heldBytes + bytes > HELD_BYTES_MAX) return lose(new Error("the object store is slower than the calls"), 1);
      heldBytes += bytes;
      const date = at.slice(0, 10);
      const name = `${tenantId}/${date}`;
      const draft: Draft = drafts.get(name) ?? { tenantId, date, lines: [], bytes: 0 };
      drafts.set(name, draft);
      draft.lines.push(line);
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
    prune: (tenantId) => prune({ objects, nowMs, keptDays }, tenantId),
  };
}

async function prune(
  { objects, nowMs, keptDays }: Pick<ContentLogDeps, "objects" | "nowMs" | "keptDays">,
  tenantId: TenantId,
): Promise<number> {
  // The last line of a day's file is kept from that day's end.
  const until = toIso(nowMs() - (keptDays() + 1) * DAY_MS).slice(0, 10);
  for (let deleted = 0; ;) {
    const keys = await objects.listObjects(tenantId, `${AREA}/`, { limit: PAGE });
    const old = keys.filter((key) => (key.split("/")[1] ?? "") <= until);
    for (const key of old) await objects.deleteObject(tenantId, key);
    deleted += old.length;
    // Keys ascend by date, so the old ones come first.
    if (old.length < PAGE) return deleted;
  }
}
