import type { Clock } from "../kernel/clock.ts";
import type { Database } from "../store/database.ts";
import { openMark } from "../store/ledger-marks.ts";
import type { BatchSize } from "./batch-size.ts";
import { comparePositions, type Position } from "./journal-line.ts";
import { MarkMoved, parseAll, type Shipment, type Shipped } from "./ship-batch.ts";
import type { ShipSource } from "./ship-source.ts";

/** One journal on its way into the ledger. */
export type ShipLane = {
  readonly source: ShipSource;
  /** Everything before this place is in the ledger, or is nothing that belongs there. */
  readonly at: Position | undefined;
  /** Ships one batch. False where there was nothing to do. On failure it begins again from what the ledger says. */
  step(): Promise<boolean>;
};

export type LaneDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly size: BatchSize;
  /** Puts a batch into the ledger, whatever is in it. */
  ship(shipment: Shipment): Promise<Shipped>;
};

export function createShipLane(deps: LaneDeps, source: ShipSource): ShipLane {
  /** What the ledger says. */
  let mark: Position | undefined;
  /** May be ahead of the mark, where the journal held no events. */
  let readTo: Position | undefined;

  const step = async (): Promise<boolean> => {
    mark ??= await openMark(deps.db, source.processId);
    const from = readTo ?? mark;
    const batch = await source.next(from, deps.size.events);
    if (batch === undefined || comparePositions(batch.to, from) === 0) {
      readTo = from;
      return false;
    }
    if (batch.events.length > 0) {
      const events = parseAll(batch.events);
      // Reading and parsing took its time already: others may run before the chains are made.
      if (batch.events[0]?.facts === undefined) await new Promise((resolve) => setImmediate(resolve));
      const startedMs = deps.clock.monotonicMs();
      const { tookMs } = await deps.ship({ processId: source.processId, events, from: mark, to: batch.to });
      deps.size.took(batch.events.length, tookMs ?? deps.clock.monotonicMs() - startedMs);
      mark = batch.to;
      source.shipped(batch.to);
    }
    readTo = batch.to;
    return true;
  };

  return {
    source,
    get at() {
      return readTo;
    },
    async step() {
      try {
        return await step();
      } catch (error) {
        mark = undefined;
        readTo = undefined;
        // Whoever moved the mark has shipped what this was about to: that is progress too.
        if (error instanceof MarkMoved) return true;
        throw error;
      }
    },
  };
}
