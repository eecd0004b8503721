import { embed, type EmbedStages } from "../embed/index.ts";
import type { Target } from "../domain/target.ts";
import type { EmbeddingsDeps } from "../http/index.ts";
import { Fault } from "../kernel/fault.ts";
import type { Provider } from "../provider/index.ts";
import type { Tracer } from "../telemetry/index.ts";
import { traceInputs } from "./tracing-inputs.ts";

export type EmbedDeps = Omit<EmbedStages, "ask"> & { providerOf(target: Target): Provider; readonly tracer: Tracer | undefined };

/** Vectors by the same journal, prices and providers as a chat's. */
export function composeEmbed({ providerOf, tracer, ...shared }: EmbedDeps): EmbeddingsDeps["embed"] {
  const stages: EmbedStages = {
    ...shared,
    async ask(asked, signal) {
      const provider = providerOf(asked.target);
      if (provider.embed === undefined) throw new Fault("target_missing", { say: "The provider of this model makes no embeddings." });
      return await provider.embed({ ...asked, dimensions: asked.call.wish.dimensions }, signal);
    },
  };
  return traceInputs(tracer, stages, embed, "embeddings");
}
