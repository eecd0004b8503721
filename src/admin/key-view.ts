import { toIso } from "../kernel/clock.ts";
import { microToDollars } from "../kernel/money.ts";
import type { KeyRecord, SuspendedBy } from "../store/keys.ts";

/** A key as the admin API tells it: what it may do, and its first characters. */
export type KeyView = {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly role: string;
  readonly team: string | undefined;
  readonly region?: string | undefined;
  readonly ownDocumentsOnly?: boolean | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly clearance?: string | undefined;
  readonly jurisdiction?: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  readonly budgetUsd: number | undefined;
  readonly createdAt: string;
  readonly expiresAt: string | undefined;
  readonly revokedAt: string | undefined;
  /** While it is suspended. */
  readonly suspendedAt?: string | undefined;
  readonly suspendedBy?: SuspendedBy | undefined;
  readonly suspendedReason?: string | undefined;
};

export function toKeyView(record: KeyRecord): KeyView {
  const { budgetMicroUsd, createdAtMs, expiresAtMs, revokedAtMs, holderId: _holder, suspended: _flag, suspension, ...rest } = record;
  return {
    ...rest,
    budgetUsd: budgetMicroUsd === undefined ? undefined : microToDollars(budgetMicroUsd),
    createdAt: toIso(createdAtMs),
    expiresAt: expiresAtMs === undefined ? undefined : toIso(expiresAtMs),
    revokedAt: revokedAtMs === undefined ? undefined : toIso(revokedAtMs),
    ...(suspension === undefined
      ? {}
      : { suspendedAt: toIso(suspension.atMs), suspendedBy: suspension.by, suspendedReason: suspension.reason }),
  };
}
