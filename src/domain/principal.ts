import type { ContextPolicy } from "./context-policy.ts";
import type { GuardChange } from "./guard-policy.ts";
import { type Classification, WHOLE_TENANT, type Reader } from "./reader.ts";
import type { KeyId, TenantId } from "../kernel/ids.ts";

/** Of the people who run the platform. */
export type PlatformRole = "viewer" | "prompter" | "engineer" | "admin";
/** Of one tenant. */
export type TenantRole = "tenant-admin" | "member";
export type Role = PlatformRole | TenantRole;

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
  /** Its own rules for content, over the configuration's. */
  readonly guard?: GuardChange | undefined;
  /** What becomes of a prompt that no model has room for. undefined: as the rule that takes the call says. */
  readonly context?: ContextPolicy | undefined;
};

export type KeyProfile = {
  readonly id: KeyId;
  readonly name: string;
  readonly role: TenantRole;
  readonly team: string | undefined;
  /** Calls are answered by providers of this region only; undefined: wherever the tenant's may be. */
  readonly region?: string | undefined;
  /** Sees and uses only the files and collections that it made itself. */
  readonly ownDocumentsOnly?: boolean | undefined;
  /** Groups that its holder belongs to: documents that name one of them are found. */
  readonly groups?: readonly string[] | undefined;
  /** Documents that are classified higher are not found; undefined: higher than `internal`. */
  readonly clearance?: Classification | undefined;
  /** Documents of other jurisdictions are not found; undefined: of any. */
  readonly jurisdiction?: string | undefined;
  /** Whose documents its own are; undefined: its id's. A key that takes another's place keeps what was the other's. */
  readonly holderId?: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  readonly budgetMicroUsd: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** Known, and refused because of how it was used. */
  readonly suspended?: true | undefined;
};

/** Who calls, in one tenant: by a key, or by a token, whose claims then stand in `key`. */
export type TenantPrincipal = {
  readonly kind: "tenant";
  readonly role: TenantRole;
  readonly tenant: TenantProfile;
  readonly key: KeyProfile;
};
/** Somebody who runs the platform, by the admin key or a token: has no tenant and so no tenant data. */
export type AdminPrincipal = {
  readonly kind: "admin";
  readonly role: PlatformRole;
  /** Of a token's holder; undefined: the admin key. */
  readonly id?: KeyId | undefined;
};
export type Principal = TenantPrincipal | AdminPrincipal;

/** Who owns what this caller makes. */
export const ownerOf = (who: TenantPrincipal): string => who.key.holderId ?? who.key.id;
/** The only owner whose documents this caller may see; undefined: everybody's in the tenant. */
export const onlyOwnerOf = (who: TenantPrincipal): string | undefined => (who.key.ownDocumentsOnly === true ? ownerOf(who) : undefined);

/** What this caller may find in the tenant's collections. Who administers the tenant gives the access, and so has it. */
export function readerOf({ role, key }: TenantPrincipal): Reader {
  if (role === "tenant-admin") return WHOLE_TENANT;
  return { kind: "member", groups: key.groups ?? [], clearance: key.clearance, jurisdiction: key.jurisdiction };
}

/** Whose eyes look at files and collections: the others' are as if they were not there. */
export type Viewer = {
  /** The caller's own are its own whatever they say. */
  readonly owner: string;
  /** It sees what it made itself, and nothing else. */
  readonly ownOnly: boolean;
  readonly reader: Reader;
};
export const viewerOf = (who: TenantPrincipal): Viewer => ({
  owner: ownerOf(who),
  ownOnly: who.key.ownDocumentsOnly === true,
  reader: readerOf(who),
});
/** The tenant's own jobs. */
export const WHOLE_VIEW: Viewer = { owner: "", ownOnly: false, reader: WHOLE_TENANT };

const ADMIN_KEY = "admin-key";

/** Who it is, in records and where two must be different persons. A token's holder is a digest, never a name. */
export const principalIdOf = (who: Principal): string => (who.kind === "tenant" ? who.key.id : (who.id ?? ADMIN_KEY));
