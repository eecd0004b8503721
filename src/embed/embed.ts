import type { CallEvent } from "../domain/event.ts";
import type { Embedded, EmbeddingCall, Vector } from "../domain/embedding.ts";
import type { CheckedInputs } from "../domain/guard.ts";
import type { Plan, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { boundMicroUsd } from "../kernel/money.ts";
import { tryTarget, type Tried } from "./attempt.ts";
import { toEmbeddingEvent, toReservation } from "./event.ts";
import type { Admitted, EmbedStages } from "./stages.ts";

/** The answer to a call, after it was recorded. */
export type EmbedAnswer = {
  readonly vectors: readonly Vector[];
  readonly target: Target;
  /** Of the attempt that answered. */
  readonly inputTokens: number;
  readonly usageSource: CallEvent["usageSource"];
  readonly event: CallEvent;
  readonly receipt: string;
};

const NO_PLAN: Plan = { targets: [], candidates: [], policyHash: "" };

/** What one call has done so far; it ends in exactly one record. */
type Run = {
  readonly call: EmbeddingCall;
  readonly admitted: Admitted;
  readonly startedMs: number;
  checked: CheckedInputs | undefined;
  plan: Plan;
  readonly tried: Tried[];
};

/** Vectors for one admitted call: the path of a chat without documents, without a stream. The record is written before this returns. */
export async function embed(stages: EmbedStages, call: EmbeddingCall, admitted: Admitted, signal: AbortSignal): Promise<EmbedAnswer> {
  const run: Run = { call, admitted, startedMs: stages.monotonicMs(), checked: undefined, plan: NO_PLAN, tried: [] };
  try {
    const checked = await stages.check(call);
    run.checked = checked;
    const { budgeted, budgetLeft } = admitted;
    const { wish, who, feature } = call;
    const found = { content: checked.standing, findingTypes: () => Object.keys(checked.guarded?.found ?? {}) };
    run.plan = stages.plan({ wish, who, feature, budgeted, budgetLeft, ...found });
    const microUsd = run.plan.targets.reduce((most, target) => Math.max(most, boundFor(target, run)), 0);
    if (admitted.budgeted) await admitted.reserve(microUsd);
    if (signal.aborted) throw Fault.ofAbort(signal);
    await stages.open(toReservation(call, admitted, microUsd, bytesOf(run)));
  } catch (error) {
    const fault = Fault.from(error);
    admitted.settle({ microUsd: 0, tokens: 0 });
    stages.refuse(call, fault.code);
    throw fault;
  }
  let made: Embedded;
  try {
    made = await tryTargets(stages, run, signal);
  } catch (error) {
    const fault = Fault.from(error);
    await recordPaid(stages, run, fault.code === "client_gone" ? "aborted" : "failed", fault.code);
    throw asSpent(run, fault);
  }
  const { event, hash } = await recordPaid(stages, run, "finished");
  const last = run.tried.at(-1);
  if (last === undefined) throw new TypeError("vectors come from a target");
  const { inputTokens, usageSource } = last.attempt;
  return { vectors: made.vectors, target: last.target, inputTokens, usageSource, event, receipt: hash };
}

/** Moves to the next target where it may answer what this one did not. */
async function tryTargets(stages: EmbedStages, run: Run, signal: AbortSignal): Promise<Embedded> {
  const { call, admitted, plan, tried, checked } = run;
  const { startedAtMs, timeoutMs } = call;
  const course = stages.course(plan, { startedAtMs, timeoutMs, stream: false });
  for (let step = await course.next(signal); step !== undefined; step = await course.next(signal)) {
    const { target, timed } = step;
    try {
      const spent = tried.reduce((sum, { attempt }) => sum + attempt.costMicroUsd, 0);
      if (admitted.budgeted && spent > 0) await admitted.reserve(spent + boundFor(target, run));
      const now = await tryTarget(stages, { call, target: timed, inputs: checked?.leave(target, plan.pii ?? "off") ?? [] }, signal);
      tried.push(now);
      if ("made" in now) {
        step.answered();
        step.end(undefined);
        return now.made;
      }
      step.end(now.fault, signal.aborted);
      if (now.fault.retry !== "elsewhere") throw now.fault;
    } finally {
      // Its time was not spent at the target.
      step.end(new Fault("client_gone"), true);
    }
  }
  throw course.why();
}

/** Clients repeat by themselves what may succeed later: not where that costs again, and what could not be recorded was paid for. */
const asSpent = ({ tried }: Run, fault: Fault): Fault =>
  tried.some(({ attempt }) => attempt.inputTokens > 0) ? fault.with({ spent: true }) : fault;

async function recordPaid(...of: Parameters<typeof record>): ReturnType<typeof record> {
  try {
    return await record(...of);
  } catch (error) {
    throw asSpent(of[1], Fault.from(error));
  }
}

async function record(stages: EmbedStages, run: Run, outcome: CallEvent["outcome"], code?: Fault["code"]) {
  const { call, admitted, plan, tried, startedMs } = run;
  const { endUser } = call.wish;
  const endUserDigest = endUser === undefined ? undefined : await stages.endUserDigest(call, endUser);
  const event = toEmbeddingEvent(
    {
      call,
      plan,
      attempts: tried.map((each) => each.attempt),
      target: tried.at(-1)?.target,
      latencyMs: stages.monotonicMs() - startedMs,
      configHash: stages.configHash,
      endUserDigest,
      budgets: admitted.budgets,
      guarded: run.checked?.guarded,
    },
    outcome,
    code,
  );
  admitted.settle({ microUsd: event.costMicroUsd, tokens: event.inputTokens });
  const { hash } = await stages.close(event);
  return { event, hash };
}

/** There is no output, and input tokens are at most `inputBytes`: so this is a bound. */
const boundFor = (target: Target, run: Run): number => (target.price === undefined ? 0 : boundMicroUsd(target.price, bytesOf(run), 0));
const bytesOf = ({ call, checked }: Run): number => call.wish.inputBytes + (checked?.bytesAdded ?? 0);
