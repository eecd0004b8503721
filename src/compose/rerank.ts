import { rerank, type RerankStages } from "../embed/index.ts";
import type { Target } from "../domain/target.ts";
import type { RerankDeps } from "../http/index.ts";
import { Fault } from "../kernel/fault.ts";
import type { Provider } from "../provider/index.ts";
import type { Tracer } from "../telemetry/index.ts";
import { traceInputs } from "./tracing-inputs.ts";

export type RerankPartsDeps = Omit<RerankStages, "ask"> & { providerOf(target: Target): Provider; readonly tracer: Tracer | undefined };

/** Rankings by the same journal, prices and providers as a chat's. */
export function composeRerank({ providerOf, tracer, ...shared }: RerankPartsDeps): RerankDeps["rerank"] {
  const stages: RerankStages = {
    ...shared,
    async ask({ target, inputs, traceparent }, signal) {
      const provider = providerOf(target);
      if (provider.rank === undefined) throw new Fault("target_missing", { say: "The provider of this model ranks no documents." });
      const [query = "", ...documents] = inputs.filter((input) => typeof input === "string");
      return await provider.rank({ target, query, documents, traceparent }, signal);
    },
  };
  return traceInputs(tracer, stages, rerank, "rerank");
}
