import { join } from "node:path";
import type { Reservation } from "../domain/event.ts";
import { sha256Hex } from "../kernel/hash.ts";
import type { ProcessId } from "../kernel/ids.ts";
import { toJournalJson, tryParseEvent } from "./event-json.ts";
import { type JournalDisk, nodeDisk } from "./journal-disk.ts";
import { chainBody, GENESIS, type ParsedLine, type Position } from "./journal-line.ts";
import { type JournalRecord, listFiles, readJournal } from "./journal-reader.ts";
import type { ShipEvent } from "./journal-tail.ts";
import { toOrphanEvent } from "./orphan.ts";
import type { ShipSource } from "./ship-source.ts";

export type DeadJournal = ShipSource & {
  /** Calls that its process left open. */
  readonly orphans: number;
  /** Records that were changed, cut out or made unreadable after they had been written. 0 in a healthy journal. */
  readonly damaged: number;
};

/**
 * The journal of a process that is gone, as a source that can be shipped: first the events that it holds, then one event for each
 * call that it left open. Nothing is written to it, so two processes that adopt it do the same, and the mark in the ledger lets only
 * one of them. Records whose chain is broken are shipped and marked as suspect; what cannot be read stays on disk in `damaged/`.
 */
export async function openDeadJournal(dir: string, processId: ProcessId, disk: JournalDisk = nodeDisk): Promise<DeadJournal> {
  const folder = join(dir, processId);
  const { opened, damage, lastHash, lastSeenMs } = await survey(folder);
  const orphans = chainOrphans([...opened.values()], lastHash, lastSeenMs);
  const past = { file: ((await listFiles(folder)).at(-1) ?? 0) + 1, offset: 0 };
  const end = { file: past.file, offset: orphans.length };

  const nextOrphans = (from: Position, max: number) => {
    if (from.offset >= orphans.length) return undefined;
    const events = orphans.slice(from.offset, from.offset + max);
    return { events, to: { file: past.file, offset: from.offset + events.length } };
  };
  return {
    processId,
    orphans: orphans.length,
    damaged: damage.size,
    end,
    async next(from, max) {
      if (from.file >= past.file) return nextOrphans(from, max);
      const events: ShipEvent[] = [];
      for await (const record of readJournal(folder, from)) {
        const event = toShipEvent(record, damage.has(placeOf(record)));
        if (event !== undefined) events.push(event);
        if (events.length >= max) return { events, to: record.end };
      }
      return { events, to: past };
    },
    shipped: () => undefined,
    find: () => undefined,
    discard() {
      if (damage.size === 0) disk.remove(folder);
      else disk.move(folder, join(dir, "damaged"), processId);
    },
  };
}

const placeOf = ({ end }: JournalRecord): string => `${String(end.file)}:${String(end.offset)}`;

function toShipEvent({ line, damage }: JournalRecord, suspect: boolean): ShipEvent | undefined {
  if (line?.kind !== "e" || tryParseEvent(line.body) === undefined) return undefined;
  // The ledger holds the hash of the bytes that it holds; that they are not what was written is what `suspect` says.
  return { hash: damage === "changed" ? sha256Hex(line.body) : line.hash, body: line.body, suspect };
}

async function survey(folder: string) {
  const opened = new Map<string, Reservation>();
  const damage = new Set<string>();
  let lastHash = GENESIS;
  let lastSeenMs = 0;
  for await (const record of readJournal(folder, { file: 0, offset: 0 })) {
    const { line } = record;
    if (record.damage !== undefined) damage.add(placeOf(record));
    if (line === undefined) continue;
    lastHash = line.hash;
    const seen = track(opened, line);
    if (seen === undefined) damage.add(placeOf(record));
    else lastSeenMs = Math.max(lastSeenMs, seen);
  }
  return { opened, damage, lastHash, lastSeenMs };
}

/** Keeps the calls under way up to date. The time that the record tells, or undefined where its kind and its body do not agree. */
function track(opened: Map<string, Reservation>, line: ParsedLine): number | undefined {
  if (line.kind === "e") {
    const event = tryParseEvent(line.body);
    if (event !== undefined) opened.delete(event.requestId);
    return event?.startedAtMs;
  }
  const value = tryParse(line.body);
  if (line.kind === "f") return typeof value === "object" && value !== null && "type" in value && value.type === "file" ? 0 : undefined;
  if (!isReservation(value)) return undefined;
  opened.set(value.requestId, value);
  return value.startedAtMs;
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isReservation(value: unknown): value is Reservation {
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "open") return false;
  return "requestId" in value && "tenantId" in value && "startedAtMs" in value && "microUsd" in value;
}

function chainOrphans(opened: readonly Reservation[], lastHash: string, lastSeenMs: number): readonly ShipEvent[] {
  let prev = lastHash;
  return opened.map((reservation) => {
    const body = chainBody(prev, toJournalJson(toOrphanEvent(reservation, lastSeenMs)));
    prev = sha256Hex(body);
    return { hash: prev, body, suspect: false };
  });
}
