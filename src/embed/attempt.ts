import type { Attempt } from "../domain/event.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { costMicroUsd } from "../kernel/money.ts";
import type { Ask, InputsCall, Kind, Made, PathStages } from "./stages.ts";

export type Tried<Result> =
  | { readonly attempt: Attempt; readonly target: Target; readonly made: Result }
  | { readonly attempt: Attempt; readonly target: Target; readonly fault: Fault };

/** Asks one target once. Whatever comes of it is an attempt with its price. */
export async function tryTarget<Call extends InputsCall, Result extends Made>(
  kind: Kind<Call, Result>,
  stages: Pick<PathStages<Call, Result>, "ask" | "countTokens" | "monotonicMs">,
  asked: Ask<Call>,
  signal: AbortSignal,
): Promise<Tried<Result>> {
  const { call, target, inputs } = asked;
  const startedMs = stages.monotonicMs();
  let made: Result | undefined;
  let fault: Fault | undefined;
  try {
    made = await stages.ask(asked, signal);
    fault = signal.aborted ? Fault.ofAbort(signal) : kind.whyUnfit(made, call);
  } catch (error) {
    fault = signal.aborted ? abortFault(signal, Fault.from(error)) : Fault.from(error);
  }
  const used = usedBy(made, fault, {
    bySearch: target.price?.perThousandSearches !== undefined,
    tokens: () => kind.countInputs(inputs, stages.countTokens),
    searches: () => kind.searchesMax(call),
  });
  const latencyMs = Math.round(stages.monotonicMs() - startedMs);
  const attempt = toAttempt(target, used, fault, latencyMs);
  if (fault !== undefined) return { attempt, target, fault };
  if (made === undefined) throw new TypeError("an ask ends in an answer or in a fault");
  return { attempt, target, made };
}

/** What had been spent stays spent. */
function abortFault(signal: AbortSignal, said: Fault): Fault {
  const why = Fault.ofAbort(signal);
  return said.detail.spent === true ? why.with({ spent: true }) : why;
}

type Used = Pick<Attempt, "inputTokens" | "usageSource" | "searches">;
type Count = { /** So it bills. */ readonly bySearch: boolean; tokens(): number; searches(): number };

/** What the provider said, else a count of the inputs where they were read, else nothing. */
function usedBy(made: Made | undefined, fault: Fault | undefined, count: Count): Used {
  if (made !== undefined) {
    const { inputTokens, counted, searches } = made;
    const isCounted = count.bySearch ? searches === undefined : counted === true;
    return { inputTokens, searches: searches ?? count.searches(), usageSource: isCounted ? "counted" : "reported" };
  }
  return fault?.detail.spent === true
    ? { inputTokens: count.tokens(), searches: count.searches(), usageSource: "counted" }
    : { inputTokens: 0, searches: 0, usageSource: "none" };
}

function toAttempt(target: Target, { inputTokens, searches, usageSource }: Used, fault: Fault | undefined, latencyMs: number): Attempt {
  const tokens = { inputTokens, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 };
  const bySearch = target.price?.perThousandSearches !== undefined;
  return {
    provider: target.provider,
    model: target.model,
    trust: target.trust,
    outcome: fault === undefined ? "finished" : fault.code === "client_gone" ? "aborted" : "failed",
    code: fault?.code,
    ...tokens,
    ...(bySearch ? { searches } : {}),
    usageSource,
    costMicroUsd: target.price === undefined ? 0 : costMicroUsd(target.price, bySearch ? { ...tokens, searches } : tokens),
    priceUnknown: target.price === undefined ? true : undefined,
    priceVersion: target.priceVersion,
    latencyMs,
  };
}
