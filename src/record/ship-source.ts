import type { ProcessId } from "../kernel/ids.ts";
import type { Position } from "./journal-line.ts";
import type { ShipBatch, ShipEvent } from "./journal-tail.ts";

/** A journal that is to be shipped: this process's own, or a dead one's. */
export type ShipSource = {
  readonly processId: ProcessId;
  /** The end of what is written so far. */
  readonly end: Position;
  /** Up to about `max` events from this place on; undefined where there is nothing more. */
  next(from: Position, max: number): Promise<ShipBatch | undefined>;
  /** Everything before this place is in the ledger for good. */
  shipped(to: Position): void;
  /** An event that is in memory still. */
  find(matches: (event: ShipEvent) => boolean): ShipEvent | undefined;
  /** Removes the journal: it is in the ledger to its end. */
  discard(): void;
};
