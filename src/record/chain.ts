import { deriveKey, hmacHex, sha256Hex } from "../kernel/hash.ts";
import type { AuditAnchor } from "../store/audit-anchors.ts";

/**
 * A tenant's audit chain. Entry `seq` (1, 2, 3, …) has the hash
 *
 *   sha256( previous entry's hash "\n" seq "\n" event hash [ "\nsuspect" ] )
 *
 * over UTF-8 text with hashes in lower-case hex, where the event hash is the SHA-256 of the stored body, and `suspect` stands for an
 * event that came from a journal broken at this place. Before entry 1 stands sha256("weir-audit\n" tenant id), so no two tenants share
 * a link. Anybody can check it with `printf` and `sha256sum`.
 */
export function entryHash(prevHash: string, seq: number, eventHash: string, suspect: boolean): string {
  return sha256Hex(`${prevHash}\n${String(seq)}\n${eventHash}${suspect ? "\nsuspect" : ""}`);
}

export const firstPrevHash = (tenantId: string): string => sha256Hex(`weir-audit\n${tenantId}`);

/** Binds a chain's end under a key that the database does not have, so that a shortened chain cannot be given an end that fits. */
export type HeadSeal = (tenantId: string, seq: number, chainHash: string) => string;

export function createHeadSeal(secret: Uint8Array): HeadSeal {
  const key = deriveKey(secret, "audit-head");
  /** The last seal of each tenant: the end of one batch is where the next begins. */
  const last = new Map<string, { readonly text: string; readonly mac: string }>();
  return (tenantId, seq, chainHash) => {
    const text = `${tenantId}\n${String(seq)}\n${chainHash}`;
    const known = last.get(tenantId);
    if (known?.text === text) return known.mac;
    const mac = hmacHex(key, text);
    last.set(tenantId, { text, mac });
    return mac;
  };
}

/** Binds where a chain was cut, and what was cut off. Another key than the head's: an old head is no place to cut. */
export type AnchorSeal = (anchor: Omit<AuditAnchor, "mac">) => string;

export function createAnchorSeal(secret: Uint8Array): AnchorSeal {
  const key = deriveKey(secret, "audit-anchor");
  return ({ tenantId, seq, chainHash, entries, suspect, inputTokens, outputTokens, costMicroUsd }) =>
    hmacHex(key, JSON.stringify([tenantId, seq, chainHash, entries, suspect, inputTokens, outputTokens, costMicroUsd]));
}
