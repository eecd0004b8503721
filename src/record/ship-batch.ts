import type { BudgetScope, LedgerEvent } from "../domain/event.ts";
import { monthOf, nextMonthMs } from "../kernel/clock.ts";
import type { KeyId, ProcessId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "../store/database.ts";
import { LEDGER } from "../store/database.ts";
import { appendEvents, type AuditHead, type EventRow, findShipped, lockHeads } from "../store/events.ts";
import { entryHash, firstPrevHash, type HeadSeal } from "./chain.ts";
import { toEventColumns } from "./event-columns.ts";
import { parseEvent } from "./event-json.ts";
import type { Position } from "./journal-line.ts";
import type { ShipEvent } from "./journal-tail.ts";

/** The cost of calls of one key and month, for the budgets that they were reserved in. */
export type Charge = {
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  /** `YYYY-MM` of the calls' start, UTC. */
  readonly period: string;
  readonly costMicroUsd: number;
  readonly budgets: readonly BudgetScope[];
};
/** Runs in the transaction that inserts the events. */
export type SettleBudgets = (tx: Tx, processId: ProcessId, charges: readonly Charge[]) => Promise<void>;

export type ShipDeps = { readonly db: Database; readonly seal: HeadSeal; readonly settleBudgets: SettleBudgets };
export type Shipment = {
  readonly processId: ProcessId;
  readonly events: readonly ParsedEvent[];
  readonly from: Position;
  readonly to: Position;
};
export type ParsedEvent = ShipEvent & { readonly event: LedgerEvent };
export type Shipped = {
  readonly heads: readonly AuditHead[];
  /** Chains whose end was not what this program wrote last: they stay marked as broken. */
  readonly forged: readonly string[];
  /** Events that the ledger held already. */
  readonly known: number;
};

export const parseAll = (events: readonly ShipEvent[]): ParsedEvent[] =>
  events.map((shipped) => ({ ...shipped, event: parseEvent(shipped.body) }));

/** Another process has shipped this part of the journal: read the mark again. */
export class MarkMoved extends Error {
  override readonly name = "MarkMoved";
}
class AlreadyThere extends Error {
  override readonly name = "AlreadyThere";
}

/**
 * Puts a batch into the ledger: rows, chains, sums, budgets and the journal's mark, in one transaction, so each event counts once. What
 * the ledger holds already (its marks were lost, its journal was copied) is found by the primary key and left out.
 */
export async function shipEvents(deps: ShipDeps, shipment: Shipment): Promise<Shipped> {
  try {
    return await deps.db.transaction(LEDGER, (tx) => ship(deps, tx, shipment));
  } catch (error) {
    if (!(error instanceof AlreadyThere)) throw error;
  }
  return await deps.db.transaction(LEDGER, async (tx) => {
    const held = await findShipped(
      tx,
      shipment.events.map(({ event }) => toEventColumns(event)),
    );
    const fresh = shipment.events.filter(({ event }, at, all) => {
      const first = all.findIndex((other) => other.event.requestId === event.requestId) === at;
      return first && !held.has(event.requestId);
    });
    return await ship(deps, tx, { ...shipment, events: fresh }, shipment.events.length - fresh.length);
  });
}

class TakenBack extends Error {
  override readonly name = "TakenBack";
}

/** Does all that shipping this one event does, and takes it back. Rejects as the database would. */
export async function tryEvent({ db, seal }: ShipDeps, event: ParsedEvent): Promise<void> {
  const processId = "";
  const nowhere = { file: 0, offset: 0 };
  try {
    await db.transaction(LEDGER, async (tx) => {
      const locked = await lockHeads(tx, [event.event.tenantId], (tenantId) => toFirstHead(seal, tenantId));
      const { rows, heads } = chain(seal, locked, [event]);
      await appendEvents(tx, { rows, heads, processId, from: nowhere, to: nowhere });
      throw new TakenBack("only tried");
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
}

async function ship({ seal, settleBudgets }: ShipDeps, tx: Tx, shipment: Shipment, known = 0): Promise<Shipped> {
  const { processId, events, from, to } = shipment;
  const tenants = [...new Set(events.map(({ event }) => event.tenantId))];
  const locked = await lockHeads(tx, tenants, (tenantId) => toFirstHead(seal, tenantId));
  const { rows, heads, forged } = chain(seal, locked, events);
  const { inserted, marked } = await appendEvents(tx, { rows, heads, processId, from, to });
  if (!marked) throw new MarkMoved("another process has shipped this part of the journal");
  if (inserted !== rows.length) throw new AlreadyThere("the ledger holds some of these events");
  // Last, for the budgets' rows are shared by all tenants and stay locked until the commit.
  await settleBudgets(tx, processId, toCharges(events));
  return { heads, forged, known };
}

function toFirstHead(seal: HeadSeal, tenantId: string): AuditHead {
  const chainHash = firstPrevHash(tenantId);
  return { tenantId, seq: 0, chainHash, mac: seal(tenantId, 0, chainHash) };
}

function chain(seal: HeadSeal, locked: readonly AuditHead[], events: readonly ParsedEvent[]) {
  const ends = new Map(locked.map(({ tenantId, seq, chainHash }) => [tenantId, { seq, chainHash }]));
  const rows: EventRow[] = [];
  for (const { event, hash, body, suspect } of events) {
    const end = ends.get(event.tenantId);
    if (end === undefined) throw new Error("a chain was not locked");
    end.seq++;
    end.chainHash = entryHash(end.chainHash, end.seq, hash, suspect);
    const { team = "", feature = "" } = event.type === "call" ? event : {};
    const { seq, chainHash } = end;
    rows.push({ ...toEventColumns(event), seq, eventHash: hash, chainHash, suspect, body, team, feature });
  }
  const forged: string[] = [];
  const heads = locked.map(({ tenantId, seq, chainHash, mac }) => {
    const end = ends.get(tenantId) ?? { seq, chainHash };
    // Sealing an end that somebody else wrote would make their work look like ours. It keeps an empty seal for good.
    const ours = mac === seal(tenantId, seq, chainHash);
    if (!ours) forged.push(tenantId);
    return { tenantId, ...end, mac: ours ? seal(tenantId, end.seq, end.chainHash) : "" };
  });
  return { rows, heads, forged };
}

/** Calls of one key, month and set of budgets are one charge: the budgets' rows are few, the calls many. */
function toCharges(events: readonly ParsedEvent[]): readonly Charge[] {
  const charges = new Map<string, { -readonly [Field in keyof Charge]: Charge[Field] }>();
  const month = createMonths();
  for (const { event } of events) {
    if (event.type !== "call" || event.costMicroUsd === 0) continue;
    const { tenantId, keyId, costMicroUsd, budgets = [] } = event;
    const period = month(event.startedAtMs);
    const name = `${tenantId}${keyId}${period}${budgets.join()}`;
    const known = charges.get(name);
    if (known === undefined) charges.set(name, { tenantId, keyId, costMicroUsd, budgets, period });
    else known.costMicroUsd += costMicroUsd;
  }
  return [...charges.values()];
}

/** `monthOf`, for times of which most are of the month of the one before. */
function createMonths(): (epochMs: number) => string {
  let sinceMs = 0;
  let untilMs = 0;
  let period = "";
  return (epochMs) => {
    if (epochMs >= sinceMs && epochMs < untilMs) return period;
    sinceMs = epochMs;
    untilMs = nextMonthMs(epochMs);
    period = monthOf(epochMs);
    return period;
  };
}
