import { embeddingRequest } from "../contract/embeddings.ts";
import type { EmbeddingCall } from "../domain/embedding.ts";
import { checkBody, toWish, underWay, type EmbeddingsDeps } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { requestIds } from "../kernel/ids.ts";
import type { TenantProfile } from "../domain/principal.ts";
import { DEFAULT_TENANT, toPrincipal } from "./generate.ts";

export type EmbedOptions = {
  /** A model of kind embedding, or a route to such. */
  readonly model: string;
  /** Length of each vector, where the model can shorten them. */
  readonly dimensions?: number;
  /** Slug of the tenant that asks and pays; `default` unless told. */
  readonly tenant?: string;
  /** Stops the call; what was read is billed. */
  readonly signal?: AbortSignal;
};

export type EmbeddedTexts = {
  /** One for each text, in their order. */
  readonly vectors: readonly Float32Array[];
  readonly inputTokens: number;
  readonly provider: string;
  readonly model: string;
  readonly costMicroUsd: number;
  readonly receipt: string;
  readonly requestId: string;
};

/** Vectors of texts, over the same path as a request. Throws a Fault. */
export type EmbedTexts = (texts: string | readonly string[], options: EmbedOptions) => Promise<EmbeddedTexts>;

export type EmbedTextsDeps = EmbeddingsDeps & {
  readonly clock: Clock;
  /** Throws `not_found`. */
  findTenant(slug: string): Promise<TenantProfile>;
};

export function createEmbedTexts(deps: EmbedTextsDeps): EmbedTexts {
  return async (texts, options) => {
    const tenant = await deps.findTenant(options.tenant ?? DEFAULT_TENANT);
    const startedAtMs = deps.clock.nowMs();
    const wish = toWish(checkBody({ model: options.model, input: texts, dimensions: options.dimensions }, embeddingRequest));
    const call: EmbeddingCall = {
      requestId: requestIds.make(startedAtMs),
      who: toPrincipal(tenant),
      wish,
      feature: undefined,
      startedAtMs,
    };
    return underWay(deps.live, options.signal, async (signal) => {
      const { admitted } = await deps.admit(call, signal);
      const { vectors, inputTokens, target, event, receipt } = await deps.embed(call, admitted, signal);
      return {
        vectors: vectors.map((vector) => (vector instanceof Float32Array ? vector : Float32Array.from(vector))),
        inputTokens,
        provider: target.provider,
        model: target.model,
        costMicroUsd: event.costMicroUsd,
        receipt,
        requestId: event.requestId,
      };
    });
  };
}
