import { routeExplainRequest, type RouteExplainRequest } from "../contract/route-explain.ts";
import { routeExplanation, type RouteExplanation } from "../contract/route-explanation.ts";
import type { ChatCall } from "../domain/chat.ts";
import type { RequestId } from "../kernel/ids.ts";
import { CHAT_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { readJson } from "./body.ts";
import { toChatCall, type OutputLimits } from "./chat-request.ts";
import { platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

export type RouteAsk = {
  readonly requestId: RequestId;
  readonly atMs: number;
  readonly chat: ChatCall;
  /** Slug. */
  readonly tenant: string;
  /** undefined: one without limits of its own. */
  readonly key: string | undefined;
  readonly feature: string | undefined;
  /** undefined: those that count now. */
  readonly routes: RouteExplainRequest["routes"];
};

export type RouteExplainDeps = {
  readonly outputLimits: OutputLimits;
  explain(ask: RouteAsk): Promise<RouteExplanation>;
};

/** Where a call would go and why, under the rules that count or under others, without asking a model. */
export function routeExplain({ outputLimits, explain }: RouteExplainDeps): Endpoint {
  const endpoint = platformEndpoint(
    "POST",
    "/admin/v1/routes/explain",
    // The answer holds the platform's rules word for word, and models that a tenant may not know of.
    "operate",
    async ({ request, who, requestId, startedAtMs }) => {
      const { tenant: named, key, feature, routes, ...body } = await readJson(request, routeExplainRequest, CHAT_BODY_BYTES_MAX);
      const tenant = tenantNamed(who, named);
      const chat = toChatCall(body, Buffer.byteLength(JSON.stringify(body)), outputLimits);
      return Response.json(await explain({ requestId, atMs: startedAtMs, chat, tenant, key, feature, routes }));
    },
  );
  return noted(endpoint, {
    summary: "Where a chat request would go, and why",
    description:
      "The body is a chat request with its tenant; no model is asked, nothing is billed and nothing of it is kept. Every rule's condition is told, also of those after the one that takes the call. With `routes` other rules are tried. No documents are fetched for `rag`, and second opinions on injection are not asked.",
    body: routeExplainRequest,
    answer: routeExplanation,
    faults: ["not_found", "model_unknown"],
  });
}
