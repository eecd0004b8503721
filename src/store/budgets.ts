import type { BudgetScope } from "../domain/event.ts";
import { keyIds, tenantIds } from "../kernel/ids.ts";
import type { KeyId, ProcessId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "./database.ts";
import { LEDGER } from "./database.ts";

/** Which budget: without a tenant the platform's, without a key the tenant's. `period` is `YYYY-MM`, UTC. */
export type BudgetName = { readonly tenantId: TenantId | undefined; readonly keyId: KeyId | undefined; readonly period: string };

export type LeaseAsk = {
  readonly budget: BudgetName;
  readonly limitMicroUsd: number;
  /** Less than this is of no use; at least 1. */
  readonly leastMicroUsd: number;
  /** What calls wait for at this moment. */
  readonly wantMicroUsd: number;
  /** On top of it, for the calls to come: cut to an eighth of what is left, so that slices shrink as the budget runs out. */
  readonly extraMicroUsd: number;
};

export type LeaseGrant = {
  /** 0, or at least `leastMicroUsd`. */
  readonly grantedMicroUsd: number;
  /** Neither spent nor leased, after the grant. Below 0 where the limit was lowered. */
  readonly leftMicroUsd: number;
  /** What other processes hold, and may give back or spend. Counted only where nothing was granted. */
  readonly othersMicroUsd: number;
};

/** The cost of one call (or several of the same kind), by the month that it started in. */
export type Charge = {
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  readonly period: string;
  readonly costMicroUsd: number;
  /** Budgets it was reserved in (`budgets` of its event). Only their leases pay; any other is told what was spent. */
  readonly budgets: readonly BudgetScope[];
};

/** Cost of the month so far in the ledger's rollups, for a budget that has no row yet. Must read through `tx`. */
export type SumSpent = (tx: Tx, budget: BudgetName) => Promise<number>;

type GrantRow = { granted: number; left: number; others: number };

const GRANTED = `greatest($6::bigint, least($5::bigint - committed_micro_usd, $7::bigint + least($8::bigint, ($5::bigint - committed_micro_usd) / 8)))`;

const GRANT = `
WITH granted AS (
  UPDATE budgets SET committed_micro_usd = committed_micro_usd + ${GRANTED}, granted_micro_usd = ${GRANTED}
  WHERE tenant_id = $1 AND key_id = $2 AND period = $3 AND committed_micro_usd + $6::bigint <= $5::bigint
  RETURNING granted_micro_usd, committed_micro_usd
), held AS (
  INSERT INTO budget_leases AS l (tenant_id, key_id, period, process_id, outstanding_micro_usd)
  SELECT $1, $2, $3, $4, granted_micro_usd FROM granted
  ON CONFLICT (tenant_id, key_id, period, process_id) DO UPDATE SET outstanding_micro_usd = l.outstanding_micro_usd + excluded.outstanding_micro_usd
)
SELECT granted_micro_usd AS granted, $5::bigint - committed_micro_usd AS left, 0 AS others FROM granted`;

/**
 * Why not, and a mark for the processes that hold leases. It reads the row as the statement found it, not as its own UPDATE left it:
 * both sums are then of the same moment, and money that another process takes just now is counted once.
 */
const REFUSE = `
WITH marked AS (UPDATE budgets SET wanted_at = now() WHERE tenant_id = $1 AND key_id = $2 AND period = $3)
SELECT 0 AS granted, $5::bigint - committed_micro_usd AS left, (SELECT coalesce(sum(outstanding_micro_usd), 0)::bigint FROM budget_leases l
  WHERE l.tenant_id = b.tenant_id AND l.key_id = b.key_id AND l.period = b.period AND l.process_id <> $4) AS others
FROM budgets b WHERE tenant_id = $1 AND key_id = $2 AND period = $3`;

/**
 * Takes a slice of a budget for this process: one conditional UPDATE, so two processes cannot both take the last of it.
 * Nothing is granted where less than `leastMicroUsd` is left.
 */
export async function leaseBudget(db: Database, processId: ProcessId, ask: LeaseAsk, sumSpent: SumSpent): Promise<LeaseGrant> {
  const row = [...keyOf(ask.budget), processId];
  const amounts = [ask.limitMicroUsd, Math.max(1, ask.leastMicroUsd), ask.wantMicroUsd, ask.extraMicroUsd];
  let last: LeaseGrant = { grantedMicroUsd: 0, leftMicroUsd: 0, othersMicroUsd: 0 };
  for (let attempt = 0; attempt < LEASE_ATTEMPTS; attempt++) {
    const [granted] = await db.query<GrantRow>(LEDGER, GRANT, [...row, ...amounts]);
    if (granted !== undefined) return toGrant(granted);
    const [refused] = await db.query<GrantRow>(LEDGER, REFUSE, [...row, ask.limitMicroUsd]);
    if (refused === undefined) await createBudget(db, ask.budget, sumSpent);
    else last = toGrant(refused);
    if (refused !== undefined && last.leftMicroUsd < ask.leastMicroUsd) return last;
    // Between the two statements the row was made, or somebody gave back: it is worth another attempt.
  }
  return last;
}

/** A budget's row is made in the first; the rest is for others who take and give back at the same moment. */
const LEASE_ATTEMPTS = 4;

/**
 * Makes the row with what the month has cost so far. The lock waits for every transaction that settles (UPDATE takes a weaker lock on the
 * table even where it finds no row) and holds up the next: so a charge is either in the rollups that are read here, or finds the row.
 */
async function createBudget(db: Database, budget: BudgetName, sumSpent: SumSpent): Promise<void> {
  await db.transaction(LEDGER, async (tx) => {
    await tx.query("LOCK TABLE budgets IN SHARE ROW EXCLUSIVE MODE");
    const spent = await sumSpent(tx, budget);
    const insert = "INSERT INTO budgets (tenant_id, key_id, period, committed_micro_usd) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    await tx.query(insert, [...keyOf(budget), spent]);
  });
}

/**
 * Gives back a part of what this process holds and no call needs. The budget's row is locked first, as everywhere; then the lease is
 * lowered as it stands at that moment, and the budget only where there was one: a lease that was released meanwhile is not given back twice.
 */
export async function returnLease(db: Database, processId: ProcessId, budget: BudgetName, microUsd: number): Promise<void> {
  await db.query(
    LEDGER,
    `WITH locked AS (
       SELECT tenant_id FROM budgets WHERE tenant_id = $1 AND key_id = $2 AND period = $3 FOR UPDATE
     ), held AS (
       UPDATE budget_leases l SET outstanding_micro_usd = outstanding_micro_usd - $5::bigint FROM locked
       WHERE l.tenant_id = $1 AND l.key_id = $2 AND l.period = $3 AND l.process_id = $4 RETURNING l.tenant_id
     )
     UPDATE budgets b SET committed_micro_usd = committed_micro_usd - $5::bigint FROM held
     WHERE b.tenant_id = $1 AND b.key_id = $2 AND b.period = $3`,
    [...keyOf(budget), processId, microUsd],
  );
}

/** This process's leases that another process was refused for in the last seconds. */
export async function listWanted(db: Database, processId: ProcessId): Promise<readonly BudgetName[]> {
  const rows = await db.query<{ tenant: string; key: string; period: string }>(
    LEDGER,
    `SELECT l.tenant_id AS tenant, l.key_id AS key, l.period FROM budgets b JOIN budget_leases l USING (tenant_id, key_id, period)
     WHERE b.wanted_at > now() - interval '3 seconds' AND l.process_id = $1 AND l.outstanding_micro_usd > 0`,
    [processId],
  );
  return rows.map((row) => toName(row.tenant, row.key, row.period));
}

/** What a lease pays comes off it. A lease that is gone was released by whoever took this process for dead: its budget is told instead. */
const PAY = `
WITH due AS MATERIALIZED (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY AS c (tenant_id, key_id, period, amount, place)
), paid AS (
  UPDATE budget_leases l SET outstanding_micro_usd = l.outstanding_micro_usd - due.amount FROM due
  WHERE l.tenant_id = due.tenant_id AND l.key_id = due.key_id AND l.period = due.period AND l.process_id = $1
  RETURNING due.place
), charge AS (
  SELECT b.tenant_id, b.key_id, b.period, due.amount FROM due JOIN budgets b USING (tenant_id, key_id, period)
  WHERE due.place NOT IN (SELECT place FROM paid)
  ORDER BY b.tenant_id, b.key_id, b.period FOR UPDATE OF b
)
UPDATE budgets b SET committed_micro_usd = b.committed_micro_usd + charge.amount FROM charge
WHERE b.tenant_id = charge.tenant_id AND b.key_id = charge.key_id AND b.period = charge.period`;

/** Shared rows are locked in the order of their names, so that two shippers do not deadlock. */
const TELL = `
WITH charge AS (
  SELECT b.tenant_id, b.key_id, b.period, c.amount
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS c (tenant_id, key_id, period, amount) JOIN budgets b USING (tenant_id, key_id, period)
  ORDER BY b.tenant_id, b.key_id, b.period FOR UPDATE OF b
)
UPDATE budgets b SET committed_micro_usd = b.committed_micro_usd + charge.amount FROM charge
WHERE b.tenant_id = charge.tenant_id AND b.key_id = charge.key_id AND b.period = charge.period`;

/**
 * Moves the cost of shipped calls from this process's leases to what is spent, in the transaction that ships them: the shipper's mark
 * in that transaction makes it happen once. What no lease pays is added to the budgets it concerns; where nobody has leased from one
 * yet there is no row, and it will start from the rollups. Run it last, so that other shippers do not wait for its locks. It asks all
 * that it asks before it waits for an answer.
 */
export async function settleBudgets(tx: Tx, processId: ProcessId, charges: readonly Charge[]): Promise<void> {
  const sums = sumCharges(charges);
  // Budgets before leases, as in a grant: the two would wait for each other otherwise.
  const told = sums.filter((sum) => sum.cost > sum.leased);
  const leased = sums.filter((sum) => sum.leased > 0);
  await Promise.all([
    told.length > 0 && tx.query(TELL, [...namesOf(told), told.map((sum) => sum.cost - sum.leased)]),
    leased.length > 0 && tx.query(PAY, [processId, ...namesOf(leased), leased.map((sum) => sum.leased)]),
  ]);
}

/**
 * Gives back all that a process holds. Only after every event of its journal was shipped, and when it can spend no more: at the end of
 * an orderly shutdown, or by whoever adopted a dead process's journal.
 */
export async function releaseLeases(db: Database | Tx, processId: ProcessId): Promise<void> {
  const run = "transaction" in db ? (text: string) => db.query(LEDGER, text, [processId]) : (text: string) => db.query(text, [processId]);
  await run(
    `WITH held AS (
       SELECT b.tenant_id, b.key_id, b.period FROM budgets b JOIN budget_leases l USING (tenant_id, key_id, period)
       WHERE l.process_id = $1 ORDER BY b.tenant_id, b.key_id, b.period FOR UPDATE OF b
     ), gone AS (
       DELETE FROM budget_leases l USING held
       WHERE l.tenant_id = held.tenant_id AND l.key_id = held.key_id AND l.period = held.period AND l.process_id = $1
       RETURNING l.tenant_id, l.key_id, l.period, l.outstanding_micro_usd
     )
     UPDATE budgets b SET committed_micro_usd = b.committed_micro_usd - gone.outstanding_micro_usd FROM gone
     WHERE b.tenant_id = gone.tenant_id AND b.key_id = gone.key_id AND b.period = gone.period`,
  );
}

/** undefined where nobody has leased from it yet. For the ledger's and the operator's scope: a tenant does not see leases. */
export async function findBudget(tx: Tx, budget: BudgetName): Promise<{ spentMicroUsd: number; leasedMicroUsd: number } | undefined> {
  const [row] = await tx.query<{ committed: number; leased: number }>(
    `SELECT committed_micro_usd AS committed, (SELECT coalesce(sum(outstanding_micro_usd), 0)::bigint FROM budget_leases l
       WHERE l.tenant_id = b.tenant_id AND l.key_id = b.key_id AND l.period = b.period) AS leased
     FROM budgets b WHERE tenant_id = $1 AND key_id = $2 AND period = $3`,
    keyOf(budget),
  );
  return row === undefined ? undefined : { spentMicroUsd: row.committed - row.leased, leasedMicroUsd: row.leased };
}

/** `leased` is the part of `cost` that was reserved. */
type ChargeSum = { readonly tenantId: string; readonly keyId: string; readonly period: string; cost: number; leased: number };

const namesOf = (sums: readonly ChargeSum[]): [string[], string[], string[]] => [
  sums.map((sum) => sum.tenantId),
  sums.map((sum) => sum.keyId),
  sums.map((sum) => sum.period),
];

/** Each charge counts for the platform, its tenant and its key; equal names are added up before the database hears of them. */
function sumCharges(charges: readonly Charge[]): readonly ChargeSum[] {
  const sums = new Map<string, ChargeSum>();
  for (const charge of charges) {
    if (charge.costMicroUsd === 0) continue;
    add(sums, charge, "platform", ["", ""]);
    add(sums, charge, "tenant", [charge.tenantId, ""]);
    add(sums, charge, "key", [charge.tenantId, charge.keyId]);
  }
  return [...sums.values()];
}

function add(sums: Map<string, ChargeSum>, charge: Charge, scope: BudgetScope, [tenantId, keyId]: [string, string]): void {
  const leased = charge.budgets.includes(scope) ? charge.costMicroUsd : 0;
  const name = `${tenantId}/${keyId}/${charge.period}`;
  const sum = sums.get(name);
  if (sum === undefined) {
    sums.set(name, { tenantId, keyId, period: charge.period, cost: charge.costMicroUsd, leased });
    return;
  }
  sum.cost += charge.costMicroUsd;
  sum.leased += leased;
}

const keyOf = (budget: BudgetName): [string, string, string] => [budget.tenantId ?? "", budget.keyId ?? "", budget.period];

function toName(tenant: string, key: string, period: string): BudgetName {
  return { tenantId: tenant === "" ? undefined : tenantIds.parse(tenant), keyId: key === "" ? undefined : keyIds.parse(key), period };
}

const toGrant = (row: GrantRow): LeaseGrant => ({ grantedMicroUsd: row.granted, leftMicroUsd: row.left, othersMicroUsd: row.others });
