import type { CallEvent, Reservation } from "../domain/event.ts";

/** The code of a call whose process died under it. */
export const PROCESS_DIED = "process_died";

/**
 * What becomes of a call that a dead process had opened: it failed, and costs what was reserved for it, for nobody knows how far it
 * came. `lastSeenMs` is the latest time in that journal. Made from the journal alone: whoever makes it makes the same.
 */
export function toOrphanEvent(reservation: Reservation, lastSeenMs: number): CallEvent {
  const { requestId, tenantId, keyId, startedAtMs, stream, modelAsked, operation, microUsd, budgets } = reservation;
  return {
    v: 1,
    type: "call",
    requestId,
    tenantId,
    keyId,
    startedAtMs,
    latencyMs: Math.max(0, lastSeenMs - startedAtMs),
    outcome: "failed",
    code: PROCESS_DIED,
    stream,
    operation,
    modelAsked,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    costMicroUsd: microUsd,
    usageSource: "none",
    attempts: [],
    budgets,
    candidates: [],
    tier: "model",
    fingerprint: { prompt: "", policy: "", config: "" },
  };
}
