import { answer, type AnswerPart, type Admitted, type Stages } from "../chat/index.ts";
import type { Call, CallHead, Part } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { Target } from "../domain/target.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { OPERATIONS, parseTraceparent, PROVIDER_NAMES, type Facts, type Trace, type Tracer } from "../telemetry/index.ts";

type Answer = (call: Call, admitted: Admitted, signal: AbortSignal) => AsyncGenerator<readonly AnswerPart[], void>;
type Asked = Parameters<Stages["ask"]>[0];

const CHAT = "POST /v1/chat/completions";

/** The path of a chat, traced where the caller or the ratio says so. Without a tracer it is the path itself. */
export function traceChat(tracer: Tracer | undefined, stages: Stages): Answer {
  if (tracer === undefined) return (call, admitted, signal) => answer(stages, call, admitted, signal);
  const passing: Stages = { ...stages, ask: (asked, signal) => stages.ask(forPrivate(asked, asked.call.traceparent), signal) };
  return (call, admitted, signal) => {
    const trace = tracer.begin(call.traceparent, CHAT, call.startedAtMs);
    if (trace !== undefined) return tracedAnswer(trace, stages, call, admitted, signal);
    return answer(parseTraceparent(call.traceparent) === undefined ? stages : passing, call, admitted, signal);
  };
}

/** A call that was refused at the door is a trace of one span. */
export function traceRefusal(tracer: Tracer | undefined, refuse: (call: CallHead, code: FaultCode) => void): typeof refuse {
  if (tracer === undefined) return refuse;
  return (call, code) => {
    refuse(call, code);
    const trace = tracer.begin(call.traceparent, CHAT, call.startedAtMs);
    trace?.note({ ...headFacts(call), outcome: "refused" });
    trace?.end(code);
  };
}

/** The id of a trace says nothing, but two who see it can tell that they see the same call: it is told to own hardware only. */
const forPrivate = (asked: Asked, traceparent: string | undefined): Asked =>
  asked.target.trust === "private" ? { ...asked, traceparent } : asked;

async function* tracedAnswer(trace: Trace, stages: Stages, call: Call, ...rest: [Admitted, AbortSignal]): ReturnType<Answer> {
  trace.begin("admit", "internal", {}, call.startedAtMs).end();
  trace.note({ ...headFacts(call), modelAsked: call.chat.model, stream: call.chat.stream });
  let code: string | undefined = "client_gone";
  const traced = traceStages(trace, stages, (event) => (code = event.code));
  try {
    yield* answer(traced, call, ...rest);
  } catch (error) {
    code = Fault.from(error).code;
    throw error;
  } finally {
    trace.end(code);
  }
}

/** The same stages, each between the beginning and the end of a span. */
function traceStages(trace: Trace, stages: Stages, ended: (event: CallEvent) => void): Stages {
  return {
    ...stages,
    async retrieve(call) {
      const span = trace.begin("retrieve", "internal", { operation: OPERATIONS.retrieval });
      try {
        const found = await stages.retrieve(call);
        span.note({ passages: found.passages.length });
        span.end();
        return found;
      } catch (error) {
        span.end(Fault.from(error).code);
        throw error;
      }
    },
    ask: (asked, signal) => traceAttempt(trace, stages, asked, signal),
    async close(event) {
      const span = trace.begin("record", "internal");
      const closed = await stages.close(event);
      span.end();
      trace.note(eventFacts(event));
      ended(event);
      return closed;
    },
  };
}

async function* traceAttempt(trace: Trace, stages: Stages, asked: Asked, signal: AbortSignal): AsyncGenerator<readonly Part[]> {
  const { target, chat } = asked;
  const { temperature, topP, n } = chat.sampling;
  const span = trace.begin(`${OPERATIONS.chat} ${target.upstream}`, "client", {
    operation: OPERATIONS.chat,
    ...targetFacts(target),
    maxTokens: chat.maxOutputTokens,
    temperature,
    topP,
    choices: n,
  });
  try {
    for await (const parts of stages.ask(forPrivate(asked, span.traceparent), signal)) {
      for (const part of parts) {
        const facts = partFacts(part);
        if (facts !== undefined) span.note(facts);
      }
      // Before the record is written: that is no time of the provider's.
      if (parts.at(-1)?.type === "finish") span.end();
      yield parts;
    }
    span.end("target_broken");
  } catch (error) {
    span.end(signal.aborted ? "client_gone" : Fault.from(error).code);
    throw error;
  } finally {
    // Whoever reads has gone between two parts.
    span.end("client_gone");
  }
}

const headFacts = ({ requestId, who }: CallHead): Facts => ({
  httpMethod: "POST",
  httpRoute: "/v1/chat/completions",
  requestId,
  tenantId: who.tenant.id,
  keyId: who.key.id,
});

const targetFacts = ({ kind, upstream, model, provider, trust }: Target): Facts => ({
  provider: PROVIDER_NAMES[kind] ?? kind,
  requestModel: upstream,
  model,
  providerName: provider,
  trust,
});

function partFacts(part: Part): Facts | undefined {
  if (part.type === "choice-finish") return { finishReasons: [part.reason] };
  if (part.type === "finish") return { responseModel: part.upstreamModel, responseId: part.upstreamId };
  if (part.type !== "usage") return undefined;
  const { inputTokens, outputTokens, cachedTokens, source } = part.usage;
  return { inputTokens, outputTokens, cachedTokens, usageSource: source };
}

const eventFacts = ({ model, provider, trust, tier, outcome, passages, costMicroUsd, firstPartMs, usageSource }: CallEvent): Facts => ({
  model,
  providerName: provider,
  trust,
  tier,
  outcome,
  passages,
  costMicroUsd,
  firstPartMs,
  usageSource,
});
