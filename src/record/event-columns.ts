import type { BudgetScope, LedgerEvent } from "../domain/event.ts";
import type { KeyId, RequestId, TenantId } from "../kernel/ids.ts";
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
  return { ...id, model, provider, inputTokens, outputTokens, cachedTokens, costMicroUsd, count: event.operation === "shadow" ? 0 : 1 };
}

/** All that shipping needs of an event besides its body. */
export type EventFacts = EventColumns & {
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  readonly requestId: RequestId;
  readonly team: string;
  readonly feature: string;
  readonly budgets: readonly BudgetScope[];
};

const NO_BUDGETS: readonly BudgetScope[] = [];

export function toEventFacts(event: LedgerEvent): EventFacts {
  const { tenantId, keyId, requestId } = event;
  const { team = "", feature = "", budgets = NO_BUDGETS } = event.type === "call" ? event : {};
  return { ...toEventColumns(event), tenantId, keyId, requestId, team, feature, budgets };
}
