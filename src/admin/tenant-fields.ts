import type { TenantPatch } from "../contract/admin.ts";
import type { TenantProfile } from "../domain/principal.ts";
import { dollarsToMicro, microToDollars } from "../kernel/money.ts";
import type { TenantChange } from "../store/tenants.ts";

/** A tenant as the admin API tells it. */
export type TenantView = Omit<TenantProfile, "budgetMicroUsd"> & { readonly budgetUsd: number | undefined };

export function toView({ budgetMicroUsd, ...tenant }: TenantProfile): TenantView {
  return { ...tenant, budgetUsd: budgetMicroUsd === undefined ? undefined : microToDollars(budgetMicroUsd) };
}

/** What the admin API asks for, as the store keeps it. */
export function toChange({ budgetUsd, ...rest }: TenantPatch): TenantChange {
  if (budgetUsd === undefined) return rest;
  return { ...rest, budgetMicroUsd: budgetUsd === null ? null : dollarsToMicro(budgetUsd) };
}

/** Rules for content are shown as their JSON: modes and hosts, no content. */
export const toShown = <T extends { readonly guard?: object | null | undefined }>({ guard, ...rest }: T) => ({
  ...rest,
  guard: guard === undefined || guard === null ? undefined : JSON.stringify(guard),
});
