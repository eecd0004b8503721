import type { KeyProfile, TenantProfile } from "../domain/principal.ts";
import { microToDollars } from "../kernel/money.ts";

/** What a call with a key may do, its tenant's limits and its own taken together. null: no limit. */
export type KeyEffect = {
  readonly models: readonly string[] | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly region: string | null;
  readonly budgetUsd: number | null;
  readonly budgetLeftUsd: number | null;
  readonly documents: {
    readonly sees: "all" | "own" | "by-access";
    readonly groups: readonly string[];
    readonly clearance: string | null;
    readonly jurisdiction: string | null;
  };
  readonly permissions: readonly string[];
};

/** `spent`: micro-dollars of this month. */
export function effectOf(
  tenant: Pick<TenantProfile, "models" | "rpm" | "tpm" | "region" | "budgetMicroUsd">,
  key: KeyProfile,
  spent: { readonly tenant: number; readonly key: number },
  permissions: readonly string[],
): KeyEffect {
  const budgets = [tenant.budgetMicroUsd, key.budgetMicroUsd];
  const left = lower(leftOf(tenant.budgetMicroUsd, spent.tenant), leftOf(key.budgetMicroUsd, spent.key));
  const budget = lower(...budgets);
  return {
    models: both(tenant.models, key.models),
    rpm: lower(tenant.rpm, key.rpm),
    tpm: lower(tenant.tpm, key.tpm),
    region: key.region ?? tenant.region ?? null,
    budgetUsd: budget === null ? null : microToDollars(budget),
    budgetLeftUsd: left === null ? null : microToDollars(left),
    documents: documentsOf(key),
    permissions,
  };
}

/** Who administers the tenant sees all, unless it is held to its own; without a clearance documents above `internal` are not found. */
function documentsOf({ role, ownDocumentsOnly, groups = [], clearance, jurisdiction }: KeyProfile): KeyEffect["documents"] {
  const sees = ownDocumentsOnly === true ? "own" : role === "tenant-admin" ? "all" : "by-access";
  if (sees === "all") return { sees, groups, clearance: null, jurisdiction: null };
  return { sees, groups, clearance: clearance ?? "internal", jurisdiction: jurisdiction ?? null };
}

const leftOf = (budget: number | undefined, spent: number): number | undefined =>
  budget === undefined ? undefined : Math.max(0, budget - spent);

function lower(one: number | undefined, other: number | undefined): number | null;
function lower(...values: (number | undefined)[]): number | null;
function lower(...values: (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

function both(one: readonly string[] | undefined, other: readonly string[] | undefined): readonly string[] | null {
  if (one === undefined) return other ?? null;
  return other === undefined ? one : one.filter((name) => other.includes(name));
}
