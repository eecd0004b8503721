import type { KeyProfile, Principal } from "../domain/principal.ts";

/** What the new key could do. */
export type WantedKey = Pick<
  KeyProfile,
  "role" | "models" | "rpm" | "tpm" | "budgetMicroUsd" | "expiresAtMs" | "region" | "ownDocumentsOnly"
> & {
  readonly tenantSlug: string;
};

/** `param` is the field of the request that asks for too much. */
export type Mintable = { readonly ok: true } | { readonly ok: false; readonly param: string; readonly say: string };

const YES: Mintable = { ok: true };
const no = (param: string, say: string): Mintable => ({ ok: false, param, say });

/**
 * Nobody makes a key stronger than their own: not in role, models, rates, budget, region, documents or life. A limit that the minter has must be named,
 * because a key without it would have none. What the tenant itself is limited to holds for all its keys anyway.
 */
export function checkMintable(minter: Principal, wanted: WantedKey): Mintable {
  if (minter.kind === "admin") return minter.role === "admin" ? YES : no("role", "Only the platform's admins make keys.");
  const { key, tenant, role } = minter;
  if (wanted.tenantSlug !== tenant.slug || role !== "tenant-admin") return no("tenant", "This key may not make keys there.");
  if (exceedsModels(key.models, wanted.models)) return no("models", "A key may only be given models that the key making it may use.");
  if (key.region !== undefined && wanted.region !== key.region)
    return no("region", "The new key's region must be that of the key making it.");
  if (key.ownDocumentsOnly === true && wanted.ownDocumentsOnly !== true)
    return no("ownDocumentsOnly", "A key that sees only its own documents makes only such keys.");
  for (const [field, param] of LIMITS)
    if (exceeds(key[field], wanted[field]))
      return no(param, `The new key's ${param} must be set, and no more than that of the key making it.`);
  return YES;
}

const LIMITS = [
  ["rpm", "rpm"],
  ["tpm", "tpm"],
  ["budgetMicroUsd", "budgetUsd"],
  ["expiresAtMs", "expiresAt"],
] as const satisfies readonly (readonly [keyof WantedKey, string])[];

const exceeds = (own: number | undefined, wanted: number | undefined): boolean =>
  own !== undefined && (wanted === undefined || wanted > own);

function exceedsModels(own: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  if (own === undefined) return false;
  return wanted === undefined || wanted.some((model) => !own.includes(model));
}
