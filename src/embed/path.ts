import type { CallEvent } from "../domain/event.ts";
import type { CheckedInputs } from "../domain/guard.ts";
import type { Plan, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { boundMicroUsd } from "../kernel/money.ts";
import { tryTarget, type Tried } from "./attempt.ts";
import { toInputsEvent, toReservation } from "./event.ts";
import type { Admitted, InputsCall, Kind, Made, PathStages } from "./stages.ts";

/** What one call came to, after it was recorded. */
export type PathAnswer<Result> = {
  readonly made: Result;
  readonly target: Target;
  /** Of the attempt that answered. */
  readonly inputTokens: number;
  readonly usageSource: CallEvent["usageSource"];
  readonly event: CallEvent;
  readonly receipt: string;
};

const NO_PLAN: Plan = { targets: [], candidates: [], policyHash: "" };

/** What one call has done so far; it ends in exactly one record. */
type Run<Call extends InputsCall, Result extends Made> = {
  readonly kind: Kind<Call, Result>;
  readonly stages: PathStages<Call, Result>;
  readonly call: Call;
  readonly admitted: Admitted;
  readonly startedMs: number;
  checked: CheckedInputs | undefined;
  plan: Plan;
  readonly tried: Tried<Result>[];
};

type Admission<Call> = { readonly call: Call; readonly admitted: Admitted; readonly signal: AbortSignal };

/** One admitted call over texts: the path of a chat without documents, without a stream. The record is written before this returns. */
export async function runPath<Call extends InputsCall, Result extends Made>(
  kind: Kind<Call, Result>,
  stages: PathStages<Call, Result>,
  { call, admitted, signal }: Admission<Call>,
): Promise<PathAnswer<Result>> {
  const run: Run<Call, Result> = {
    kind,
    stages,
    call,
    admitted,
    startedMs: stages.monotonicMs(),
    checked: undefined,
    plan: NO_PLAN,
    tried: [],
  };
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
    await stages.open(toReservation({ call, admitted, microUsd, inputTokensMax: tokensMax(run), operation: kind.operation }));
  } catch (error) {
    const fault = Fault.from(error);
    admitted.settle({ microUsd: 0, tokens: 0 });
    stages.refuse(call, fault.code);
    throw fault;
  }
  let made: Result;
  try {
    made = await tryTargets(run, signal);
  } catch (error) {
    const fault = Fault.from(error);
    await recordPaid(run, fault.code === "client_gone" ? "aborted" : "failed", fault.code);
    throw asSpent(run, fault);
  }
  const { event, hash } = await recordPaid(run, "finished");
  const last = run.tried.at(-1);
  if (last === undefined) throw new TypeError("an answer comes from a target");
  const { inputTokens, usageSource } = last.attempt;
  return { made, target: last.target, inputTokens, usageSource, event, receipt: hash };
}

/** Moves to the next target where it may answer what this one did not. */
async function tryTargets<Call extends InputsCall, Result extends Made>(run: Run<Call, Result>, signal: AbortSignal): Promise<Result> {
  const { kind, stages, call, admitted, plan, tried, checked } = run;
  const { startedAtMs, timeoutMs } = call;
  const course = stages.course(plan, { startedAtMs, timeoutMs, stream: false });
  for (let step = await course.next(signal); step !== undefined; step = await course.next(signal)) {
    const { target, timed } = step;
    try {
      const spent = tried.reduce((sum, { attempt }) => sum + attempt.costMicroUsd, 0);
      if (admitted.budgeted && spent > 0) await admitted.reserve(spent + boundFor(target, run));
      const inputs = checked?.leave(target, plan.pii ?? "off") ?? [];
      const now = await tryTarget(kind, stages, { call, target: timed, inputs }, signal);
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

type AnyRun = Pick<Run<InputsCall, Made>, "admitted" | "plan" | "tried" | "startedMs" | "checked" | "call"> & {
  readonly kind: Pick<Kind<InputsCall, Made>, "operation">;
  readonly stages: Pick<PathStages<InputsCall, Made>, "endUserDigest" | "monotonicMs" | "configHash" | "close">;
};

/** Clients repeat by themselves what may succeed later: not where that costs again, and what could not be recorded was paid for. */
const asSpent = ({ tried }: Pick<AnyRun, "tried">, fault: Fault): Fault =>
  tried.some(({ attempt }) => attempt.inputTokens > 0) ? fault.with({ spent: true }) : fault;

async function recordPaid(...of: Parameters<typeof record>): ReturnType<typeof record> {
  try {
    return await record(...of);
  } catch (error) {
    throw asSpent(of[0], Fault.from(error));
  }
}

async function record(run: AnyRun, outcome: CallEvent["outcome"], code?: Fault["code"]) {
  const { kind, stages, call, admitted, plan, tried, startedMs } = run;
  const { endUser } = call.wish;
  const endUserDigest = endUser === undefined ? undefined : await stages.endUserDigest(call, endUser);
  const event = toInputsEvent(
    {
      call,
      operation: kind.operation,
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

/** There is no output, and input tokens are at most `tokensMax`: so this is a bound. */
const boundFor = <Call extends InputsCall, Result extends Made>(target: Target, run: Run<Call, Result>): number =>
  target.price === undefined ? 0 : boundMicroUsd(target.price, tokensMax(run), 0, run.kind.searchesMax(run.call));
const tokensMax = <Call extends InputsCall, Result extends Made>({ kind, call, checked }: Run<Call, Result>): number =>
  kind.tokensMax(call, checked?.bytesAdded ?? 0);
