import type { RefusalEvent } from "../domain/event.ts";
import type { KeyId, RequestId, TenantId } from "../kernel/ids.ts";

export type Refusal = {
  readonly requestId: RequestId;
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  /** A fault code. */
  readonly code: string;
  readonly atMs: number;
};

/**
 * Adds refusals up per tenant, key, code and minute, so that a flood of them cannot fill the disk: the first of a minute is told at
 * once, the others together when the minute is over or somebody asks.
 */
export type RefusalCounter = {
  count(refusal: Refusal): void;
  /** Tells of the minutes that are over. */
  rollOver(nowMs: number): void;
  /** Tells of everything counted so far. */
  flush(): void;
};

const MINUTE_MS = 60_000;

type Counted = { readonly minuteMs: number; readonly first: Refusal; untold: number; /** The first one not told. */ since: RequestId };

export function createRefusalCounter(tell: (event: RefusalEvent) => void): RefusalCounter {
  const counts = new Map<string, Counted>();

  const emit = (counted: Counted): void => {
    if (counted.untold === 0) return;
    const { tenantId, keyId, code } = counted.first;
    const startedAtMs = counted.minuteMs;
    const count = counted.untold;
    counted.untold = 0;
    tell({ v: 1, type: "refusal", requestId: counted.since, tenantId, keyId, outcome: "refused", code, startedAtMs, count });
  };

  return {
    count(refusal) {
      const minuteMs = refusal.atMs - (refusal.atMs % MINUTE_MS);
      const name = `${refusal.tenantId}|${refusal.keyId}|${refusal.code}`;
      const known = counts.get(name);
      if (known?.minuteMs === minuteMs) {
        if (known.untold === 0) known.since = refusal.requestId;
        known.untold++;
        return;
      }
      if (known !== undefined) emit(known);
      const fresh = { minuteMs, first: refusal, untold: 1, since: refusal.requestId };
      counts.set(name, fresh);
      emit(fresh);
    },
    rollOver(nowMs) {
      const minuteMs = nowMs - (nowMs % MINUTE_MS);
      for (const [name, counted] of counts) {
        if (counted.minuteMs >= minuteMs) continue;
        emit(counted);
        counts.delete(name);
      }
    },
    flush() {
      for (const counted of counts.values()) emit(counted);
    },
  };
}
