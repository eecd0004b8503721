import { answer, type AnswerPart, type Admitted, type Stages } from "../chat/index.ts";
import type { Call, CallHead, Part } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { OPERATIONS, parseTraceparent, type Facts, type Trace, type Tracer } from "../telemetry/index.ts";
import { eventFacts, forPrivate, headFacts, ROUTES, targetFacts } from "./trace-facts.ts";

type Answer = (call: Call, admitted: Admitted, signal: AbortSignal) => AsyncGenerator<readonly AnswerPart[], void>;
type Asked = Parameters<Stages["ask"]>[0];

/** The path of a chat, traced where the caller or the ratio says so. Without a tracer it is the path itself. */
export function traceChat(tracer: Tracer | undefined, stages: Stages): Answer {
  if (tracer === undefined) return (call, admitted, signal) => answer(stages, call, admitted, signal);
  const passing: Stages = { ...stages, ask: (asked, signal) => stages.ask(forPrivate(asked, asked.call.traceparent), signal) };
  return (call, admitted, signal) => {
    const trace = tracer.begin(call.traceparent, `POST ${ROUTES.chat}`, call.startedAtMs);
    if (trace !== undefined) return tracedAnswer(trace, stages, call, admitted, signal);
    return answer(parseTraceparent(call.traceparent) === undefined ? stages : passing, call, admitted, signal);
  };
}

/** A call that was refused at the door is a trace of one span. */
export function traceRefusal(tracer: Tracer | undefined, refuse: (call: CallHead, code: FaultCode) => void): typeof refuse {
  if (tracer === undefined) return refuse;
  return (call, code) => {
    refuse(call, code);
    const route = routeOf(call);
    const trace = tracer.begin(call.traceparent, `POST ${route}`, call.startedAtMs);
    trace?.note({ ...headFacts(call, route), outcome: "refused" });
    trace?.end(code);
  };
}

async function* tracedAnswer(trace: Trace, stages: Stages, call: Call, ...rest: [Admitted, AbortSignal]): ReturnType<Answer> {
  trace.begin("admit", "internal", {}, call.startedAtMs).end();
  trace.note({ ...headFacts(call, ROUTES.chat), stream: call.chat.stream });
  let code: string | undefined = "client_gone";
  const traced: Stages = {
    ...traceStages(trace, stages, (event) => (code = event.code)),
    plan(...wanted) {
      const plan = stages.plan(...wanted);
      // Not before: what is no model's name may be anything that a client put there by a slip.
      trace.note({ modelAsked: call.chat.model });
      return plan;
    },
  };
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
    async retrieve(call, signal, checked) {
      const span = trace.begin("retrieve", "internal", { operation: OPERATIONS.retrieval });
      try {
        const found = await stages.retrieve(call, signal, checked);
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

function partFacts(part: Part): Facts | undefined {
  if (part.type === "choice-finish") return { finishReasons: [part.reason] };
  if (part.type === "finish") return { responseModel: part.upstreamModel, responseId: part.upstreamId };
  if (part.type !== "usage") return undefined;
  const { inputTokens, outputTokens, cachedTokens, source } = part.usage;
  return { inputTokens, outputTokens, cachedTokens, usageSource: source };
}

/** Which calls were refused is told by what they brought. */
function routeOf(call: CallHead): (typeof ROUTES)[keyof typeof ROUTES] {
  if (!("wish" in call)) return ROUTES.chat;
  return typeof call.wish === "object" && call.wish !== null && "topN" in call.wish ? ROUTES.rerank : ROUTES.embeddings;
}
