import type { BudgetScope } from "../domain/event.ts";
import { monthOf, nextMonthMs } from "../kernel/clock.ts";
import type { KeyId, ProcessId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "../store/database.ts";
import { LEDGER } from "../store/database.ts";
import { appendEvents, type AuditHead, type EventRow, findShipped, lockHeads } from "../store/events.ts";
import type { ChainEnds } from "./chain-ends.ts";
import { entryHash, firstPrevHash, type HeadSeal } from "./chain.ts";
import { type EventFacts, toEventFacts } from "./event-columns.ts";
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
/** Runs in the transaction that inserts the events. It asks all that it asks before it waits for an answer: what comes later is refused. */
export type SettleBudgets = (tx: Tx, processId: ProcessId, charges: readonly Charge[]) => Promise<void>;

export type ShipDeps = {
  readonly db: Database;
  readonly seal: HeadSeal;
  readonly ends: ChainEnds;
  readonly settleBudgets: SettleBudgets;
};
export type Shipment = {
  readonly processId: ProcessId;
  readonly events: readonly ParsedEvent[];
  readonly from: Position;
  readonly to: Position;
};
export type ParsedEvent = ShipEvent & { readonly facts: EventFacts };
export type Shipped = {
  readonly heads: readonly AuditHead[];
  /** Chains whose end was not what this program wrote last: they stay marked as broken. */
  readonly forged: readonly string[];
  /** Events that the ledger held already. */
  readonly known: number;
  /** Milliseconds that the database took, where it said so. */
  readonly tookMs: number | undefined;
};

const hasFacts = (event: ShipEvent): event is ParsedEvent => event.facts !== undefined;

/** What comes from memory has its facts with it. */
export const parseAll = (events: readonly ShipEvent[]): ParsedEvent[] =>
  events.map((event) => (hasFacts(event) ? event : { ...event, facts: toEventFacts(parseEvent(event.body)) }));

/** Another process has shipped this part of the journal: read the mark again. */
export class MarkMoved extends Error {
  override readonly name = "MarkMoved";
}
class AlreadyThere extends Error {
  override readonly name = "AlreadyThere";
}

/**
 * Puts a batch into the ledger step by step: rows, chains, sums, budgets and the journal's mark, in one transaction, so each event counts
 * once. What the ledger holds already (its marks were lost, its journal was copied) is found by the primary key and left out.
 */
export async function shipEvents(deps: ShipDeps, shipment: Shipment): Promise<Shipped> {
  deps.ends.forget();
  const shipped = await shipSteps(deps, shipment);
  deps.ends.keep(shipped.heads.filter(({ tenantId }) => !shipped.forged.includes(tenantId)));
  return shipped;
}

async function shipSteps(deps: ShipDeps, shipment: Shipment): Promise<Shipped> {
  try {
    return await deps.db.transaction(LEDGER, (tx) => ship(deps, tx, shipment));
  } catch (error) {
    if (!(error instanceof AlreadyThere)) throw error;
  }
  return await deps.db.transaction(LEDGER, async (tx) => {
    const held = await findShipped(
      tx,
      shipment.events.map(({ facts }) => facts),
    );
    const fresh = shipment.events.filter(({ facts }, at, all) => {
      const first = all.findIndex((other) => other.facts.requestId === facts.requestId) === at;
      return first && !held.has(facts.requestId);
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
      const locked = await lockHeads(tx, [event.facts.tenantId], (tenantId) => toFirstHead(seal, tenantId));
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
  const locked = await lockHeads(tx, tenantsOf(events), (tenantId) => toFirstHead(seal, tenantId));
  const { rows, heads, forged } = chain(seal, locked, events);
  const { inserted, marked } = await appendEvents(tx, { rows, heads, processId, from, to });
  if (!marked) throw new MarkMoved("another process has shipped this part of the journal");
  if (inserted !== rows.length) throw new AlreadyThere("the ledger holds some of these events");
  // Last, for the budgets' rows are shared by all tenants and stay locked until the commit.
  await settleBudgets(tx, processId, toCharges(events));
  return { heads, forged, known, tookMs: undefined };
}

export const tenantsOf = (events: readonly ParsedEvent[]): readonly TenantId[] => [...new Set(events.map(({ facts }) => facts.tenantId))];

function toFirstHead(seal: HeadSeal, tenantId: string): AuditHead {
  const chainHash = firstPrevHash(tenantId);
  return { tenantId, seq: 0, chainHash, mac: seal(tenantId, 0, chainHash) };
}

/** Gives each event its place in its tenant's chain. `locked` are the ends that they follow. */
export function chain(seal: HeadSeal, locked: readonly AuditHead[], events: readonly ParsedEvent[]) {
  const ends = new Map(locked.map(({ tenantId, seq, chainHash }) => [tenantId, { seq, chainHash }]));
  const rows: EventRow[] = [];
  for (const { facts, hash, body, suspect } of events) {
    const end = ends.get(facts.tenantId);
    if (end === undefined) throw new Error("a chain was not locked");
    end.seq++;
    end.chainHash = entryHash(end.chainHash, end.seq, hash, suspect);
    rows.push({ columns: facts, seq: end.seq, eventHash: hash, chainHash: end.chainHash, suspect, body });
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
export function toCharges(events: readonly ParsedEvent[]): readonly Charge[] {
  const charges: Open[] = [];
  const byKey = new Map<KeyId, Open[]>();
  const month = createMonths();
  for (const { facts } of events) {
    const { tenantId, keyId, costMicroUsd, budgets, createdAtMs } = facts;
    if (costMicroUsd === 0) continue;
    const period = month(createdAtMs);
    let own = byKey.get(keyId);
    if (own === undefined) byKey.set(keyId, (own = []));
    const known = own.find((charge) => charge.tenantId === tenantId && charge.period === period && isSame(charge.budgets, budgets));
    if (known !== undefined) known.costMicroUsd += costMicroUsd;
    else {
      const charge = { tenantId, keyId, costMicroUsd, budgets, period };
      own.push(charge);
      charges.push(charge);
    }
  }
  return charges;
}

type Open = { -readonly [Field in keyof Charge]: Charge[Field] };
const isSame = (a: readonly BudgetScope[], b: readonly BudgetScope[]): boolean =>
  a === b || (a.length === b.length && a.every((scope, at) => scope === b[at]));

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
