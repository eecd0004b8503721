import { Fault } from "../kernel/fault.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { isChat, type Target } from "../domain/target.ts";
import type { WireModel } from "../contract/answer-call.ts";
import { paramOf, tenantEndpoint, type Endpoint } from "./endpoint.ts";

/** `target` undefined: a route. */
export type ModelEntry = { readonly name: string; readonly provider: string; readonly target: Target | undefined };

export type ModelsDeps = {
  /** What this caller may put into `model`. */
  list(who: TenantPrincipal): readonly ModelEntry[];
  /** Epoch milliseconds of the configuration in force. */
  readonly configuredAtMs: number;
};

/** OpenAI's `GET /v1/models`: what the caller may use, and nothing of what others may. */
export function models(deps: ModelsDeps): Endpoint[] {
  const created = Math.floor(deps.configuredAtMs / 1000);
  const toWire = ({ name, provider, target }: ModelEntry): WireModel => ({
    id: name,
    object: "model",
    created,
    owned_by: provider,
    weir: target === undefined ? { kind: "route" } : toFacts(target),
  });
  return [
    tenantEndpoint("GET", "/v1/models", "models.read", ({ who }) => Response.json({ object: "list", data: deps.list(who).map(toWire) })),
    tenantEndpoint("GET", "/v1/models/:model{.+}", "models.read", (asked) => {
      const name = paramOf(asked, "model");
      const found = deps.list(asked.who).find((entry) => entry.name === name);
      if (found === undefined) throw new Fault("model_unknown");
      return Response.json(toWire(found));
    }),
  ];
}

function toFacts({ kind, trust, region, contextTokens, price, capabilities: can }: Target): WireModel["weir"] {
  const { tools, jsonSchema, images, manyChoices, embeddings = false, ranks = false } = can;
  const chat = isChat(can);
  return {
    kind: "model",
    trust,
    ...(region === undefined ? {} : { region }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(price === undefined ? {} : { price: { inputPerMTok: price.inputPerMTok, outputPerMTok: price.outputPerMTok } }),
    capabilities: {
      chat,
      embeddings,
      rerank: ranks,
      tools: chat && tools,
      jsonSchema: chat && jsonSchema,
      images: chat && images && kind !== "extractive",
      manyChoices: chat && manyChoices,
    },
  };
}
