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

/** The state after the grant. `granted` is 0 or at least `leastMicroUsd`; `own` is what this process holds, in the database's view. */
export type LeaseGrant = {
  readonly grantedMicroUsd: number;
  readonly spentMicroUsd: number;
  readonly leasedMicroUsd: number;
  readonly ownMicroUsd: number;
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

type GrantRow = { granted: number; spent: number; leased: number; own: number };

const GRANT = `
WITH granted AS (
  UPDATE budgets SET
    leased_micro_usd = leased_micro_usd + greatest($6::bigint, least($5::bigint - spent_micro_usd - leased_micro_usd,
      $7::bigint + least($8::bigint, ($5::bigint - spent_micro_usd - leased_micro_usd) / 8))),
    granted_micro_usd = greatest($6::bigint, least($5::bigint - spent_micro_usd - leased_micro_usd,
      $7::bigint + least($8::bigint, ($5::bigint - spent_micro_usd - leased_micro_usd) / 8)))
  WHERE tenant_id = $1 AND key_id = $2 AND period = $3 AND spent_micro_usd + leased_micro_usd + $6::bigint <= $5::bigint
  RETURNING granted_micro_usd, spent_micro_usd, leased_micro_usd
), held AS (
  INSERT INTO budget_leases AS l (tenant_id, key_id, period, process_id, outstanding_micro_usd)
  SELECT $1, $2, $3, $4, granted_micro_usd FROM granted
  ON CONFLICT (tenant_id, key_id, period, process_id) DO UPDATE SET outstanding_micro_usd = l.outstanding_micro_usd + excluded.outstanding_micro_usd
  RETURNING outstanding_micro_usd
)
SELECT granted_micro_usd AS granted, spent_micro_usd AS spent, leased_micro_usd AS leased, outstanding_micro_usd AS own FROM granted, held`;

/** Why not: the state, and a mark for the processes that hold leases. */
const REFUSE = `
UPDATE budgets b SET wanted_at = now() WHERE tenant_id = $1 AND key_id = $2 AND period = $3
RETURNING 0 AS granted, spent_micro_usd AS spent, leased_micro_usd AS leased, coalesce((SELECT outstanding_micro_usd FROM budget_leases l
  WHERE l.tenant_id = b.tenant_id AND l.key_id = b.key_id AND l.period = b.period AND l.process_id = $4), 0) AS own`;

/**
 * Takes a slice of a budget for this process: one conditional UPDATE, so two processes cannot both take the last of it.
 * Nothing is granted where less than `leastMicroUsd` is left.
 */
export async function leaseBudget(db: Database, processId: ProcessId, ask: LeaseAsk, sumSpent: SumSpent): Promise<LeaseGrant> {
  const row = [...keyOf(ask.budget), processId];
  const amounts = [ask.limitMicroUsd, Math.max(1, ask.leastMicroUsd), ask.wantMicroUsd, ask.extraMicroUsd];
  for (let made = false; ; made = true) {
    const [granted] = await db.query<GrantRow>(LEDGER, GRANT, [...row, ...amounts]);
    if (granted !== undefined) return toGrant(granted);
    const [refused] = await db.query<GrantRow>(LEDGER, REFUSE, row);
    if (refused !== undefined) return toGrant(refused);
    if (made) throw new Error("a budget's row was deleted while it was being leased");
    await createBudget(db, ask.budget, sumSpent);
  }
}

/**
 * Makes the row with what the month has cost so far. The lock waits for every transaction that settles (UPDATE takes a weaker lock on the
 * table even where it finds no row) and holds up the next: so a charge is either in the rollups that are read here, or finds the row.
 */
async function createBudget(db: Database, budget: BudgetName, sumSpent: SumSpent): Promise<void> {
  await db.transaction(LEDGER, async (tx) => {
    await tx.query("LOCK TABLE budgets IN SHARE ROW EXCLUSIVE MODE");
    const spent = await sumSpent(tx, budget);
    const insert = "INSERT INTO budgets (tenant_id, key_id, period, spent_micro_usd) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    await tx.query(insert, [...keyOf(budget), spent]);
  });
}

/** Gives back a part of what this process holds and no call needs. */
export async function returnLease(db: Database, processId: ProcessId, budget: BudgetName, microUsd: number): Promise<void> {
  await db.query(
    LEDGER,
    `WITH held AS (
       UPDATE budgets SET leased_micro_usd = leased_micro_usd - $5::bigint WHERE tenant_id = $1 AND key_id = $2 AND period = $3
         AND EXISTS (SELECT FROM budget_leases WHERE tenant_id = $1 AND key_id = $2 AND period = $3 AND process_id = $4)
       RETURNING tenant_id)
     UPDATE budget_leases l SET outstanding_micro_usd = outstanding_micro_usd - $5::bigint FROM held
     WHERE l.tenant_id = $1 AND l.key_id = $2 AND l.period = $3 AND l.process_id = $4`,
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

const SETTLE = `
WITH charge AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]) AS c (tenant_id, key_id, period, cost, leased)
), hit AS (
  SELECT b.tenant_id, b.key_id, b.period, c.cost, c.leased FROM charge c JOIN budgets b USING (tenant_id, key_id, period)
  ORDER BY b.tenant_id, b.key_id, b.period FOR UPDATE OF b
), paid AS (
  UPDATE budget_leases l SET outstanding_micro_usd = l.outstanding_micro_usd - hit.leased FROM hit
  WHERE l.tenant_id = hit.tenant_id AND l.key_id = hit.key_id AND l.period = hit.period AND l.process_id = $1
  RETURNING l.tenant_id, l.key_id, l.period, hit.leased
)
UPDATE budgets b SET spent_micro_usd = b.spent_micro_usd + hit.cost, leased_micro_usd = b.leased_micro_usd - coalesce(paid.leased, 0)
FROM hit LEFT JOIN paid USING (tenant_id, key_id, period)
WHERE b.tenant_id = hit.tenant_id AND b.key_id = hit.key_id AND b.period = hit.period`;

/**
 * Moves the cost of shipped calls from this process's leases to what is spent, in the transaction that ships them: the shipper's mark
 * in that transaction makes it happen once. Run it last there, for it locks the platform's row until commit. Budgets that nobody has
 * leased from yet have no row and are passed over: their row starts from the rollups. Rows are locked in the order of their names, so
 * shippers do not deadlock.
 */
export async function settleBudgets(tx: Tx, processId: ProcessId, charges: readonly Charge[]): Promise<void> {
  const sums = sumCharges(charges);
  if (sums.length === 0) return;
  const column = <K extends keyof ChargeSum>(name: K): ChargeSum[K][] => sums.map((sum) => sum[name]);
  await tx.query(SETTLE, [processId, column("tenantId"), column("keyId"), column("period"), column("cost"), column("leased")]);
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
     UPDATE budgets b SET leased_micro_usd = b.leased_micro_usd - gone.outstanding_micro_usd FROM gone
     WHERE b.tenant_id = gone.tenant_id AND b.key_id = gone.key_id AND b.period = gone.period`,
  );
}

/** undefined where nobody has leased from it yet. Needs a scope that sees it: the tenant's own, or a platform scope. */
export async function findBudget(tx: Tx, budget: BudgetName): Promise<{ spentMicroUsd: number; leasedMicroUsd: number } | undefined> {
  const [row] = await tx.query<{ spent: number; leased: number }>(
    "SELECT spent_micro_usd AS spent, leased_micro_usd AS leased FROM budgets WHERE tenant_id = $1 AND key_id = $2 AND period = $3",
    keyOf(budget),
  );
  return row === undefined ? undefined : { spentMicroUsd: row.spent, leasedMicroUsd: row.leased };
}

type ChargeSum = { tenantId: string; keyId: string; period: string; cost: number; leased: number };

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

const toGrant = (row: GrantRow): LeaseGrant => ({
  grantedMicroUsd: row.granted,
  spentMicroUsd: row.spent,
  leasedMicroUsd: row.leased,
  ownMicroUsd: row.own,
});
