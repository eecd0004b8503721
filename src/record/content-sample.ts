import { deriveKey, hmacHex } from "../kernel/hash.ts";
import type { RequestId, TenantId } from "../kernel/ids.ts";

/** Tenants whose key is kept in memory, 32 bytes each. */
const KEYS_MAX = 10_000;
const DRAWN_HEX = 8;
const DRAWN_VALUES = 2 ** 32;

export type InSample = (tenantId: TenantId, requestId: RequestId) => boolean;

/**
 * Whether a call is one of those whose content is kept. Drawn from the request's id under a key of its tenant, so every replica draws the
 * same, and nobody who chooses what to send chooses whether it is kept. `share` is from 0 to 1.
 */
export function createContentSample(secret: Uint8Array, share: number): InSample {
  const key = deriveKey(secret, "content-sample");
  const keys = new Map<TenantId, Uint8Array>();
  const keyOf = (tenantId: TenantId): Uint8Array => {
    const found = keys.get(tenantId);
    if (found !== undefined) return found;
    const made = Buffer.from(hmacHex(key, tenantId), "hex");
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(tenantId, made);
    return made;
  };
  return (tenantId, requestId) => Number.parseInt(hmacHex(keyOf(tenantId), requestId).slice(0, DRAWN_HEX), 16) < share * DRAWN_VALUES;
}
