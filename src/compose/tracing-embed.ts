import { embed, type EmbedStages } from "../embed/index.ts";
import type { EmbeddingsDeps } from "../http/index.ts";
import { Fault } from "../kernel/fault.ts";
import { OPERATIONS, type Trace, type Tracer } from "../telemetry/index.ts";
import { eventFacts, forPrivate, headFacts, ROUTES, targetFacts } from "./trace-facts.ts";

/** The path of embeddings, traced as a chat is. Without a tracer it is the path itself. */
export function traceEmbeddings(tracer: Tracer | undefined, stages: EmbedStages): EmbeddingsDeps["embed"] {
  if (tracer === undefined) return (call, admitted, signal) => embed(stages, call, admitted, signal);
  return async (call, admitted, signal) => {
    const trace = tracer.begin(call.traceparent, `POST ${ROUTES.embeddings}`, call.startedAtMs);
    if (trace === undefined) return embed(stages, call, admitted, signal);
    trace.begin("admit", "internal", {}, call.startedAtMs).end();
    trace.note(headFacts(call, ROUTES.embeddings));
    try {
      const answer = await embed(traceStages(trace, stages), call, admitted, signal);
      trace.end();
      return answer;
    } catch (error) {
      trace.end(Fault.from(error).code);
      throw error;
    }
  };
}

function traceStages(trace: Trace, stages: EmbedStages): EmbedStages {
  return {
    ...stages,
    plan(wanted) {
      const plan = stages.plan(wanted);
      // Not before: what is no model's name may be anything that a client put there by a slip.
      trace.note({ modelAsked: wanted.wish.model });
      return plan;
    },
    async ask(asked, signal) {
      const span = trace.begin(`${OPERATIONS.embeddings} ${asked.target.upstream}`, "client", {
        operation: OPERATIONS.embeddings,
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
