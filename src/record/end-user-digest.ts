import { hmacHex } from "../kernel/hash.ts";

/**
 * A caller's own end user, as records may name it: the same person gives the same digest within a tenant, and nobody can go back from
 * it. Once the tenant's salt is deleted, no digest can be tied to a person any more, and the chains stay whole.
 */
export const endUserDigest = (tenantSalt: Uint8Array, endUser: string): string => hmacHex(tenantSalt, endUser).slice(0, 32);
