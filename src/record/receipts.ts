import type { LedgerEvent } from "../domain/event.ts";
import { idTimeMs, type RequestId, type TenantId } from "../kernel/ids.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { findEvent } from "../store/ledger-audit.ts";
import { parseEvent } from "./event-json.ts";
import type { Shipper } from "./shipper.ts";
import type { ShipSource } from "./ship-source.ts";
import type { Signer } from "./signer.ts";

/** Proof of what a call was. `hash` is the SHA-256 of `body`; `signature` is Ed25519 over `hash` as 64 hex digits. */
export type Receipt = {
  readonly requestId: RequestId;
  readonly hash: string;
  /** Place in the tenant's audit chain; absent while the event is on its way there. */
  readonly seq?: number;
  readonly event: LedgerEvent;
  /** The event as it was recorded, byte for byte. */
  readonly body: string;
  readonly signature: string;
  readonly publicKey: string;
  readonly keyId: string;
};

export type Receipts = {
  /** undefined where the tenant has no such call. */
  findReceipt(tenantId: TenantId, requestId: RequestId): Promise<Receipt | undefined>;
};

type Deps = { readonly db: Database; readonly shipper: Shipper; readonly source: ShipSource; readonly signer: Signer };

/** A call begins within this of the time in its id; the second, wider look is for refusals (their minute) and clocks that were set meanwhile. */
const NEAR_MS = 2000;
const FAR_MS = 600_000;

export function createReceipts({ db, shipper, source, signer }: Deps): Receipts {
  const sign = (requestId: RequestId, found: { hash: string; body: string; seq?: number }): Receipt => {
    const { hash, body, seq } = found;
    const place = seq === undefined ? {} : { seq };
    const { publicKey, keyId } = signer;
    return { requestId, hash, ...place, event: parseEvent(body), body, signature: signer.sign(hash), publicKey, keyId };
  };
  return {
    async findReceipt(tenantId, requestId) {
      const waiting = source.find(({ body }) => {
        const event = body.includes(requestId) ? parseEvent(body) : undefined;
        return event?.requestId === requestId && event.tenantId === tenantId;
      });
      try {
        await shipper.flush();
      } catch (error) {
        if (waiting === undefined) throw error;
        return sign(requestId, waiting);
      }
      for (const aroundMs of [NEAR_MS, FAR_MS]) {
        const at = idTimeMs(requestId);
        const asked = { requestId, from: new Date(at - aroundMs), to: new Date(at + aroundMs) };
        const row = await findEvent(db, tenantScope(tenantId), tenantId, asked);
        if (row !== undefined) return sign(requestId, { hash: row.eventHash, body: row.body, seq: row.seq });
      }
      return undefined;
    },
  };
}
