import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ProcessId } from "../kernel/ids.ts";
import type { RecordLog } from "./record-log.ts";
import type { ParsedEvent } from "./ship-batch.ts";

/** Writes events that the database cannot take to `<dir>/<process>.log`, as they stand in the journal. */
export function createQuarantine(log: RecordLog, dir: string): (processId: ProcessId, events: readonly ParsedEvent[]) => void {
  return (processId, events) => {
    if (events.length === 0) return;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const lines = events.map(({ hash, body }) => `${hash} ${body}\n`).join("");
    appendFileSync(join(dir, `${processId}.log`), lines, { mode: 0o600 });
    for (const { facts } of events) log.error("ledger.event-refused", { requestId: facts.requestId, tenantId: facts.tenantId });
  };
}
