import type { Budgets } from "../admit/index.ts";
import type { Config } from "../config/index.ts";
import type { CallHead, Passage } from "../domain/chat.ts";
import { pairBytes, type RerankCall, type RerankWish } from "../domain/rerank.ts";
import { underWay, type RerankDeps } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { requestIds } from "../kernel/ids.ts";
import type { Rerank, RerankAsk } from "../retrieve/index.ts";
import { admitBeside } from "./side-call.ts";
import type { Log, Metrics } from "../telemetry/index.ts";

/** Whose passages are put in order: a call, or a search. */
export type Searching = Pick<CallHead, "who" | "feature" | "requestId">;

/** A model for the passages of one caller's search; undefined: none is configured. */
export type RerankFor = (searching: Searching, signal: AbortSignal | undefined) => Rerank | undefined;

export type RerankForDeps = {
  readonly config: Pick<Config, "retrieval">;
  /** The path of rankings. */
  readonly rerank: RerankDeps["rerank"];
  readonly budgets: Pick<Budgets, "open">;
  /** Of everything under way in this process. */
  readonly live: Set<AbortController>;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly metrics: Pick<Metrics, "reranked">;
};

/** The caller, or the server, has other reasons to end than that a model did not answer. */
const ENDS: ReadonlySet<FaultCode> = new Set(["client_gone", "draining"]);

/**
 * Passages are put in order by a call of their own: under the caller's rules, budgets and lists of models, with its record; its place and its rates
 * are those of whoever searches. Where it fails, or takes longer than it may, the search's own order stands: that is logged, counted and told.
 */
export function createRerankFor(deps: RerankForDeps): RerankFor {
  const { rerank: model, rerankTimeoutMs } = deps.config.retrieval;
  if (model === undefined) return () => undefined;
  return (searching, signal) => async (ask) => {
    try {
      const scores = await underWay(deps.live, signal, (until) =>
        askModel(deps, toCall(deps.clock, model, searching, ask, rerankTimeoutMs), until),
      );
      deps.metrics.reranked("reranked");
      return scores;
    } catch (error) {
      const fault = Fault.from(error);
      if (ENDS.has(fault.code)) throw fault;
      deps.metrics.reranked(fault.code);
      deps.log.warn("passages were not put in order by the model", { requestId: searching.requestId, code: fault.code, model });
      return undefined;
    }
  };
}

async function askModel({ budgets, rerank }: RerankForDeps, call: RerankCall, signal: AbortSignal): Promise<readonly number[]> {
  return (await rerank(call, admitBeside(budgets, call, signal), signal)).scores;
}

function toCall(clock: Clock, model: string, { who, feature, requestId: of }: Searching, ask: RerankAsk, timeoutMs: number): RerankCall {
  const startedAtMs = clock.nowMs();
  const read = ask.passages.map(toText);
  const inputs: RerankWish["inputs"] = [ask.query, ...read.map(({ text }) => text)];
  const passages = read.map(({ at }, index) => ({ at, found: ask.passages[index]?.findings }));
  const wish = { model, inputs, topN: undefined, endUser: undefined, inputBytes: pairBytes(inputs), passages, trust: ask.trust };
  return { requestId: requestIds.make(startedAtMs), who, feature, wish, startedAtMs, timeoutMs, of };
}

/** A passage with where it stands, which often says what it is about. `at`: where its own text begins. */
function toText({ title, headings, text }: Passage): { readonly text: string; readonly at: number } {
  const head = `${[...new Set([title, ...headings])].join(" > ")}\n`;
  return { text: head + text, at: head.length };
}

/** For whoever asks for the quality path by its name. */
export function needRerank(rerankFor: RerankFor, searching: Searching, signal: AbortSignal): Rerank {
  const rerank = rerankFor(searching, signal);
  if (rerank !== undefined) return rerank;
  throw new Fault("body_invalid", {
    param: "rag.mode",
    say: "rag.mode: quality needs a model that ranks, and this server names none (retrieval.rerank).",
  });
}
