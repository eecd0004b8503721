import { SqlError } from "../store/index.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { Partitions } from "./partitions.ts";
import { createQuarantine } from "./quarantine.ts";
import type { RecordLog } from "./record-log.ts";
import { shipAtOnce } from "./ship-at-once.ts";
import { type ParsedEvent, type ShipDeps, shipEvents, type Shipment, type Shipped, tryEvent } from "./ship-batch.ts";

type Deps = ShipDeps & { readonly partitions: Partitions; readonly checkpoints: Pick<Checkpoints, "changed">; readonly log: RecordLog };

/**
 * Puts a batch into the ledger, whatever is in it. One event that the database refuses must not hold up all that follow it: when a
 * batch is refused for what is in it, each event is tried alone, and those that are refused are set aside for a person to look at.
 */
export function createDelivery(deps: Deps, options: { readonly quarantineDir: string }): (shipment: Shipment) => Promise<Shipped> {
  const { partitions, checkpoints, log } = deps;
  const setAside = createQuarantine(log, options.quarantineDir);

  const shipWhole = async (shipment: Shipment): Promise<Shipped> => {
    await partitions.prepare(shipment.events);
    try {
      return (await shipAtOnce(deps, shipment)) ?? (await shipEvents(deps, shipment));
    } catch (error) {
      partitions.forget();
      throw error;
    }
  };
  const shipRest = async (shipment: Shipment): Promise<Shipped> => {
    const good: ParsedEvent[] = [];
    const refused: ParsedEvent[] = [];
    for (const event of shipment.events) ((await isTaken(deps, event)) ? good : refused).push(event);
    setAside(shipment.processId, refused);
    return await shipWhole({ ...shipment, events: good });
  };

  return async (shipment) => {
    const shipped = await shipWhole(shipment).catch(async (error: unknown) => {
      if (!isRefusal(error)) throw error;
      return await shipRest(shipment);
    });
    checkpoints.changed(shipped.heads.filter(({ tenantId }) => !shipped.forged.includes(tenantId)));
    for (const tenantId of shipped.forged) log.error("audit.head-forged", { tenantId });
    if (shipped.known > 0) log.warn("ledger.shipped-before", { processId: shipment.processId, events: shipped.known });
    return shipped;
  };
}

async function isTaken(deps: Deps, event: ParsedEvent): Promise<boolean> {
  try {
    await tryEvent(deps, event);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/**
 * Classes 22 (data) and 23 (constraints): the same statement fails again whenever it is sent. A missing partition is reported as a check
 * without a name, and is no fault of the event.
 */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof SqlError) || !/^2[23]/.test(error.sqlState)) return false;
  return error.sqlState !== "23514" || error.constraint !== undefined;
}
