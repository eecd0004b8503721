import type { Admitted, InputsCall, Made, PathStages } from "../embed/index.ts";
import { Fault } from "../kernel/fault.ts";
import { OPERATIONS, type Trace, type Tracer } from "../telemetry/index.ts";
import { eventFacts, forPrivate, headFacts, ROUTES, targetFacts } from "./trace-facts.ts";

type Operation = "embeddings" | "rerank";
type Path<Call extends InputsCall, Result extends Made, Answer> = (
  stages: PathStages<Call, Result>,
  call: Call,
  admitted: Admitted,
  signal: AbortSignal,
) => Promise<Answer>;

/** The path of embeddings or rankings, traced as a chat is. Without a tracer it is the path itself. */
export function traceInputs<Call extends InputsCall, Result extends Made, Answer>(
  tracer: Tracer | undefined,
  stages: PathStages<Call, Result>,
  path: Path<Call, Result, Answer>,
  operation: Operation,
): (call: Call, admitted: Admitted, signal: AbortSignal) => Promise<Answer> {
  if (tracer === undefined) return (call, admitted, signal) => path(stages, call, admitted, signal);
  return async (call, admitted, signal) => {
    const trace = tracer.begin(call.traceparent, `POST ${ROUTES[operation]}`, call.startedAtMs);
    if (trace === undefined) return path(stages, call, admitted, signal);
    trace.begin("admit", "internal", {}, call.startedAtMs).end();
    trace.note(headFacts(call, ROUTES[operation]));
    try {
      const answer = await path(traceStages(trace, stages, operation), call, admitted, signal);
      trace.end();
      return answer;
    } catch (error) {
      trace.end(Fault.from(error).code);
      throw error;
    }
  };
}

function traceStages<Call extends InputsCall, Result extends Made>(
  trace: Trace,
  stages: PathStages<Call, Result>,
  operation: Operation,
): PathStages<Call, Result> {
  return {
    ...stages,
    plan(wanted) {
      const plan = stages.plan(wanted);
      // Not before: what is no model's name may be anything that a client put there by a slip.
      trace.note({ modelAsked: wanted.wish.model });
      return plan;
    },
    async ask(asked, signal) {
      const span = trace.begin(`${OPERATIONS[operation]} ${asked.target.upstream}`, "client", {
        operation: OPERATIONS[operation],
        ...targetFacts(asked.target),
      });
      try {
        const made = await stages.ask(forPrivate(asked, span.traceparent), signal);
        span.note({ inputTokens: made.inputTokens });
        span.end();
        return made;
      } catch (error) {
        span.end(signal.aborted ? "client_gone" : Fault.from(error).code);
        throw error;
      }
    },
    async close(event) {
      const span = trace.begin("record", "internal");
      const closed = await stages.close(event);
      span.end();
      trace.note(eventFacts(event));
      return closed;
    },
  };
}
