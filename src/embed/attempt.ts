import type { Attempt } from "../domain/event.ts";
import type { Embedded, EmbeddingInput } from "../domain/embedding.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { costMicroUsd } from "../kernel/money.ts";
import type { Ask, EmbedStages } from "./stages.ts";

export type Tried =
  | { readonly attempt: Attempt; readonly target: Target; readonly made: Embedded }
  | { readonly attempt: Attempt; readonly target: Target; readonly fault: Fault };

/** Asks one target once. Whatever comes of it is an attempt with its price. */
export async function tryTarget(
  stages: Pick<EmbedStages, "ask" | "countTokens" | "monotonicMs">,
  { call, target, inputs }: Pick<Ask, "call" | "target" | "inputs">,
  signal: AbortSignal,
): Promise<Tried> {
  const startedMs = stages.monotonicMs();
  const { dimensions } = call.wish;
  let made: Embedded | undefined;
  let fault: Fault | undefined;
  try {
    made = await stages.ask({ call, target, inputs, dimensions }, signal);
    fault = signal.aborted ? Fault.ofAbort(signal) : whyUnfit(made, dimensions);
  } catch (error) {
    fault = signal.aborted ? abortFault(signal, Fault.from(error)) : Fault.from(error);
  }
  const used = usedBy(made, fault, () => countInputs(inputs, stages.countTokens));
  const latencyMs = Math.round(stages.monotonicMs() - startedMs);
  const attempt = toAttempt(target, used, fault, latencyMs);
  if (fault !== undefined) return { attempt, target, fault };
  if (made === undefined) throw new TypeError("an ask ends in vectors or in a fault");
  return { attempt, target, made };
}

/** What had been spent stays spent. */
function abortFault(signal: AbortSignal, said: Fault): Fault {
  const why = Fault.ofAbort(signal);
  return said.detail.spent === true ? why.with({ spent: true }) : why;
}

/** Vectors of another length than was asked for would be found out only when they are searched. */
function whyUnfit({ vectors }: Embedded, dimensions: number | undefined): Fault | undefined {
  const length = vectors[0]?.length;
  if (dimensions === undefined || length === dimensions) return undefined;
  const say = `dimensions: the model makes vectors of ${length} and did not shorten them to ${dimensions}.`;
  return new Fault("target_refused", { param: "dimensions", say, spent: true });
}

type Used = Pick<Attempt, "inputTokens" | "usageSource">;

/** What the provider said, else a count of the inputs where they were read, else nothing. */
function usedBy(made: Embedded | undefined, fault: Fault | undefined, count: () => number): Used {
  if (made !== undefined) return { inputTokens: made.inputTokens, usageSource: made.counted === true ? "counted" : "reported" };
  return fault?.detail.spent === true ? { inputTokens: count(), usageSource: "counted" } : { inputTokens: 0, usageSource: "none" };
}

function countInputs(inputs: readonly EmbeddingInput[], countTokens: (text: string) => number): number {
  let tokens = 0;
  for (const input of inputs) tokens += typeof input === "string" ? countTokens(input) : input.length;
  return tokens;
}

function toAttempt(target: Target, used: Used, fault: Fault | undefined, latencyMs: number): Attempt {
  const tokens = { inputTokens: used.inputTokens, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 };
  return {
    provider: target.provider,
    model: target.model,
    trust: target.trust,
    outcome: fault === undefined ? "finished" : fault.code === "client_gone" ? "aborted" : "failed",
    code: fault?.code,
    ...tokens,
    usageSource: used.usageSource,
    costMicroUsd: target.price === undefined ? 0 : costMicroUsd(target.price, tokens),
    priceUnknown: target.price === undefined ? true : undefined,
    priceVersion: target.priceVersion,
    latencyMs,
  };
}
