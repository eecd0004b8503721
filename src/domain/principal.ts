import type { KeyId, TenantId } from "../kernel/ids.ts";

/** `admin` is the platform's; the other two belong to one tenant. */
export type Role = "admin" | "tenant-admin" | "member";

/** What a tenant's calls may leave behind at rest. */
export type ContentPolicy = "none" | "scrubbed-sample" | "scrubbed" | "full";

export type TenantProfile = {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly tier: string | undefined;
  readonly region: string | undefined;
  readonly contentPolicy: ContentPolicy;
  readonly systemPrompt: string | undefined;
  /** Names of models this tenant may use; undefined means all. */
  readonly models: readonly string[] | undefined;
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  /** Calendar month, UTC. undefined means no budget. */
  readonly budgetMicroUsd: number | undefined;
};

export type KeyProfile = {
  readonly id: KeyId;
  readonly name: string;
  readonly role: "tenant-admin" | "member";
  readonly team: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  readonly budgetMicroUsd: number | undefined;
  readonly expiresAtMs: number | undefined;
};

/** Who calls, in one tenant. */
export type TenantPrincipal = {
  readonly kind: "tenant";
  readonly role: "tenant-admin" | "member";
  readonly tenant: TenantProfile;
  readonly key: KeyProfile;
};
/** The holder of the admin key: runs the platform, has no tenant and so no tenant data. */
export type AdminPrincipal = { readonly kind: "admin"; readonly role: "admin" };
export type Principal = TenantPrincipal | AdminPrincipal;
