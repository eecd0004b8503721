import type { Clock } from "../kernel/clock.ts";
import type { Facts } from "./genai.ts";
import { toAttributes } from "./genai.ts";
import type { Span } from "./span.ts";
import { isInRatio, parseTraceparent, randomId, toTraceparent, type MakeId, type TraceContext } from "./trace-context.ts";

/** A span under way. */
export type OpenSpan = {
  /** For the request that this span makes. */
  readonly traceparent: string;
  /** Adds facts, or replaces them. */
  note(facts: Facts): void;
  /** Only the first time counts. */
  end(error?: string): void;
};

/** The trace of one call. */
export type Trace = {
  /** Begins now, unless `startMs` says when. */
  begin(name: string, kind: Span["kind"], facts?: Facts, startMs?: number): OpenSpan;
  note(facts: Facts): void;
  /** Ends the call's own span and every one that is still open, and hands all of them over. */
  end(error?: string): void;
};

export type Tracer = {
  /** Undefined: this call is not traced. `startedAtMs` is when its request came. */
  begin(traceparent: string | undefined, name: string, startedAtMs: number): Trace | undefined;
};

export type TracerDeps = { readonly clock: Clock; readonly makeId?: MakeId; add(spans: readonly Span[]): void };

/** Traces what the caller's `traceparent` says is sampled; a call without one by `sampleRatio`. */
export function createTracer({ clock, makeId = randomId, add }: TracerDeps, { sampleRatio }: { readonly sampleRatio: number }): Tracer {
  return {
    begin(traceparent, name, startedAtMs) {
      const parent = parseTraceparent(traceparent);
      const traceId = parent?.traceId ?? makeId(16);
      if (!(parent?.sampled ?? isInRatio(traceId, sampleRatio))) return undefined;
      return createTrace({ clock, makeId, add }, { traceId, parentId: parent?.spanId, name, startedAtMs });
    },
  };
}

type Begun = { readonly traceId: string; readonly parentId: string | undefined; readonly name: string; readonly startedAtMs: number };

function createTrace({ clock, makeId, add }: Required<TracerDeps>, begun: Begun): Trace {
  // Between two looks at the wall clock it may be set; durations come from the other one.
  const wallMs = clock.nowMs();
  const zeroMs = clock.monotonicMs();
  const now = (): number => wallMs + clock.monotonicMs() - zeroMs;
  const done: Span[] = [];
  const open = new Set<OpenSpan>();
  const start = (name: string, kind: Span["kind"], parentId: string | undefined, startMs: number): OpenSpan => {
    const context: TraceContext = { traceId: begun.traceId, spanId: makeId(8), sampled: true };
    let known: Facts = {};
    const span: OpenSpan = {
      traceparent: toTraceparent(context),
      note(facts) {
        known = { ...known, ...facts };
      },
      end(error) {
        if (!open.delete(span)) return;
        const attributes = toAttributes({ ...known, error });
        done.push({ traceId: begun.traceId, spanId: context.spanId, parentId, name, kind, startMs, endMs: now(), attributes, error });
      },
    };
    open.add(span);
    return span;
  };
  const root = start(begun.name, "server", begun.parentId, Math.min(begun.startedAtMs, wallMs));
  const rootId = root.traceparent.split("-")[2];
  let handed = false;
  return {
    begin(name, kind, facts = {}, startMs = now()) {
      const span = start(name, kind, rootId, startMs);
      span.note(facts);
      return span;
    },
    note: (facts) => root.note(facts),
    end(error) {
      if (handed) return;
      handed = true;
      for (const span of open) if (span !== root) span.end(error);
      root.end(error);
      add(done);
    },
  };
}
