import type { LedgerEvent } from "../domain/event.ts";
import type { EventColumns } from "../store/events.ts";

/** What of an event stands in columns of its own. The shipper writes by it, and the audit compares by it. */
export function toEventColumns(event: LedgerEvent): EventColumns {
  const { tenantId, requestId, keyId, outcome, startedAtMs: createdAtMs } = event;
  const id = { tenantId, createdAtMs, requestId, keyId, outcome };
  if (event.type === "refusal") {
    const nothing = { model: null, provider: null, inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 };
    return { ...id, ...nothing, count: event.count };
  }
  const { model = null, provider = null, inputTokens, outputTokens, cachedTokens, costMicroUsd } = event;
  return { ...id, model, provider, inputTokens, outputTokens, cachedTokens, costMicroUsd, count: 1 };
}
