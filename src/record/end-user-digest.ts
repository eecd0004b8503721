import { hmacHex } from "../kernel/hash.ts";

const DIGEST_HEX = 32;

/** The row under which an end user's own salt is found. It stands in no record. */
export const subjectIdOf = (tenantSalt: Uint8Array, endUser: string): string =>
  hmacHex(tenantSalt, `subject\n${endUser}`).slice(0, DIGEST_HEX);

/**
 * A caller's own end user, as records may name it: the same person gives the same digest within a tenant, and nobody can go back from
 * it. Once that person's salt is deleted, the digest cannot be tied to anybody any more, and the chains stay whole.
 */
export const endUserDigest = (subjectSalt: Uint8Array, endUser: string): string => hmacHex(subjectSalt, endUser).slice(0, DIGEST_HEX);

/** As records of before named them: under the tenant's salt, which all of its end users had in common. */
export const firstEndUserDigest = (tenantSalt: Uint8Array, endUser: string): string => hmacHex(tenantSalt, endUser).slice(0, DIGEST_HEX);
