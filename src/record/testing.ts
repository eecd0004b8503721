import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallEvent, Reservation } from "../domain/event.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { type KeyId, keyIds, processIds, requestIds, type TenantId, tenantIds } from "../kernel/ids.ts";
import type { Engine } from "../store/engine.ts";
import { createEventPartitions } from "../store/ledger-partitions.ts";
import { type JournalDisk, nodeDisk } from "./journal-disk.ts";
import { createRecord, type RecordDeps, type RecordOptions } from "./record.ts";
import type { RecordLog } from "./record-log.ts";

/** Saturday, 21 November 2026, 12:00 UTC. */
export const NOON_MS = Date.UTC(2026, 10, 21, 12);
export const SECRET = new Uint8Array(32).fill(7);

export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "weir-record-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What was logged, by name. */
export function createTestLog(): RecordLog & { readonly told: string[] } {
  const told: string[] = [];
  return { told, warn: (message) => void told.push(message), error: (message) => void told.push(message) };
}

export type Caller = { readonly tenantId: TenantId; readonly keyId: KeyId };
export const makeCaller = (): Caller => ({ tenantId: tenantIds.make(NOON_MS), keyId: keyIds.make(NOON_MS) });

/** The same in every process of a test. */
export const KILL_CALLERS: readonly Caller[] = ["a", "b", "c"].map((letter) => ({
  tenantId: tenantIds.parse(`ten_${letter.repeat(26)}`),
  keyId: keyIds.parse(`key_${letter.repeat(26)}`),
}));

export function makeReservation(caller: Caller, more: Partial<Reservation> = {}): Reservation {
  const startedAtMs = more.startedAtMs ?? NOON_MS;
  return {
    requestId: requestIds.make(startedAtMs),
    tenantId: caller.tenantId,
    keyId: caller.keyId,
    startedAtMs,
    microUsd: 9000,
    inputTokensMax: 4000,
    outputTokensMax: 4096,
    modelAsked: "auto",
    stream: true,
    ...more,
  };
}

/** The event that closes a reservation, of the size that events have. */
export function makeEvent(reservation: Reservation, more: Partial<CallEvent> = {}): CallEvent {
  const { requestId, tenantId, keyId, startedAtMs, modelAsked, stream } = reservation;
  const sums = { inputTokens: 1200, outputTokens: 300, cachedTokens: 100, costMicroUsd: 4200, usageSource: "reported" } as const;
  return {
    v: 1,
    type: "call",
    requestId,
    tenantId,
    keyId,
    team: "search",
    feature: "answers",
    startedAtMs,
    latencyMs: 812,
    firstPartMs: 102,
    outcome: "finished",
    stream,
    modelAsked,
    model: "llama-70b",
    provider: "local",
    trust: "private",
    ...sums,
    attempts: [
      {
        provider: "local",
        model: "llama-70b",
        trust: "private",
        outcome: "finished",
        ...sums,
        cacheWriteTokens: 0,
        priceVersion: "2026-11",
        latencyMs: 800,
      },
    ],
    candidates: [
      { model: "llama-70b", provider: "local" },
      { model: "sonnet", provider: "claude", fell: "trust" },
    ],
    tier: "model",
    passages: 8,
    fingerprint: { prompt: "a".repeat(16), policy: "b".repeat(16), config: "c".repeat(16) },
    ...more,
  };
}

/** A disk that takes `room` more bytes. */
export function createSmallDisk(room: number): JournalDisk & { room: number } {
  const full = (): Error => Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const disk = {
    ...nodeDisk,
    room,
    createFile(path: string) {
      const file = nodeDisk.createFile(path);
      return {
        ...file,
        write(bytes: Uint8Array, at: number) {
          const fits = bytes.subarray(0, Math.max(0, disk.room));
          file.write(fits, at);
          disk.room -= fits.length;
          if (fits.length < bytes.length) throw full();
        },
      };
    },
    checkRoom(_folder: string, bytes: number) {
      if (disk.room < bytes) throw full();
    },
  };
  return disk;
}

/** A record on a test database, with a clock that stands still and no timers. */
export function createTestRecord(engine: Engine, dataDir: string, more: Partial<RecordDeps & RecordOptions> = {}) {
  const clock = createFakeClock(NOON_MS);
  const log = createTestLog();
  const { processId = processIds.make(NOON_MS) } = more;
  const deps: RecordDeps = {
    db: engine,
    createPartitions: (periods) => engine.asOwner((owner) => createEventPartitions(owner, periods)),
    settleBudgets: async () => undefined,
    finishProcess: async () => undefined,
    clock,
    log,
    ...more,
  };
  const options: RecordOptions = {
    journalDir: join(dataDir, "journal"),
    checkpointDir: join(dataDir, "audit-checkpoints"),
    pid: process.pid,
    fsync: false,
    secret: SECRET,
    ...more,
    processId,
  };
  return { record: createRecord(deps, options), clock, log, processId, journalDir: options.journalDir };
}
