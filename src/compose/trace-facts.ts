import type { CallHead } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { Target } from "../domain/target.ts";
import { PROVIDER_NAMES, type Facts } from "../telemetry/index.ts";

/** What spans tell: ids, names, counts and codes of a call, never its content. */

export const ROUTES = { chat: "/v1/chat/completions", embeddings: "/v1/embeddings", rerank: "/v1/rerank" } as const;
export type Route = (typeof ROUTES)[keyof typeof ROUTES];

export const headFacts = ({ requestId, who }: CallHead, httpRoute: Route): Facts => ({
  httpMethod: "POST",
  httpRoute,
  requestId,
  tenantId: who.tenant.id,
  keyId: who.key.id,
});

export const targetFacts = ({ kind, upstream, model, provider, trust }: Target): Facts => ({
  provider: PROVIDER_NAMES[kind] ?? kind,
  requestModel: upstream,
  model,
  providerName: provider,
  trust,
});

export const eventFacts = (event: CallEvent): Facts => {
  const { model, provider, trust, tier, outcome, passages, costMicroUsd, firstPartMs, usageSource } = event;
  return { model, providerName: provider, trust, tier, outcome, passages, costMicroUsd, firstPartMs, usageSource };
};

/** The id of a trace says nothing, but two who see it can tell that they see the same call: it is told to own hardware only. */
export const forPrivate = <A extends { readonly target: Target }>(
  asked: A,
  traceparent: string | undefined,
): A & { readonly traceparent?: string | undefined } => (asked.target.trust === "private" ? { ...asked, traceparent } : asked);
