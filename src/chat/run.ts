import type { Call, ChatCall, Form, Part, Passage, Retrieved } from "../domain/chat.ts";
import type { CascadeMark } from "../domain/cascade.ts";
import type { Attempt, CallEvent } from "../domain/event.ts";
import type { Checked } from "../domain/guard.ts";
import type { Grounding } from "../domain/grounding.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { Step } from "../domain/timings.ts";
import type { FaultCode } from "../kernel/fault.ts";
import { toCallEvent } from "./event.ts";
import { toFoundPassages } from "./found-passages.ts";
import { createMeter, type Meter } from "./meter.ts";
import { promptDigest } from "./prompt-digest.ts";
import type { Admitted, Stages } from "./stages.ts";
import { createStopwatch, type AttemptMarks } from "./stopwatch.ts";
import { createTold } from "./told.ts";

export type Recorded = { readonly event: CallEvent; readonly hash: string };

/** What one call has done so far; it ends in exactly one record. */
export type Run = {
  plan: Plan | undefined;
  retrieved: Retrieved | undefined;
  /** What was found, and what the rules for content left of it. */
  passages: { readonly found: readonly Passage[]; readonly sifted: readonly Passage[] } | undefined;
  checked: Checked | undefined;
  /** The journal knows of the call: from here on it ends in an event, not in a refusal. */
  open: boolean;
  readonly recorded: boolean;
  readonly spentMicroUsd: number;
  /** What the journal knows that the call may cost. */
  setAsideMicroUsd: number;
  /** Of attempts that have ended, in and out. */
  readonly spentTokens: number;
  /** That were begun, for an answer. */
  readonly attempts: number;
  /** Known where the call asks for a form. */
  form: Form | undefined;
  /** Known where the answer is from documents, and has ended. */
  grounding: Grounding | undefined;
  /** Present where the call goes by a cascade. */
  cascade: CascadeMark | undefined;
  /** The call has gone through a step of the path. */
  reached(step: Step): void;
  /** Time that the rules for answers took, in milliseconds. */
  addAnswerRules(ms: number): void;
  begin(target: Target, chat: ChatCall, as?: Attempt["as"]): Meter;
  /** This attempt's answer is the call's, and not the newest one's. */
  answers(meter: Meter): void;
  /** Remembers when the first part left, and what left where that may be kept. */
  sent(part: Part): void;
  record(outcome: CallEvent["outcome"], code?: FaultCode): Promise<Recorded>;
};

const NO_PLAN: Plan = { targets: [], candidates: [], policyHash: "" };

/** The attempts of a call, in the order in which they were begun. */
function createMeters(stages: Stages) {
  const all: Meter[] = [];
  let answering: Meter | undefined;
  let answers = 0;
  return {
    /** Whose answer is the call's. */
    get answering() {
      return answering;
    },
    /** That were begun for an answer. */
    get answers() {
      return answers;
    },
    get spentMicroUsd() {
      return all.reduce((total, meter) => total + meter.attempt.costMicroUsd, 0);
    },
    get spentTokens() {
      return all.reduce((total, { attempt }) => total + attempt.inputTokens + attempt.outputTokens, 0);
    },
    begin(target: Target, chat: ChatCall, as?: Attempt["as"]): Meter {
      const meter = createMeter(stages, target, chat, as);
      all.push(meter);
      if (as !== undefined) return meter;
      answering = meter;
      answers++;
      return meter;
    },
    answer(meter: Meter): void {
      answering = meter;
    },
    /** All but those under way have ended already. */
    end(outcome: Attempt["outcome"], code: FaultCode | undefined): { attempts: readonly Attempt[]; marks: readonly AttemptMarks[] } {
      for (const meter of all) meter.end(outcome, code);
      return { attempts: all.map((meter) => meter.attempt), marks: all.map((meter) => meter.marks) };
    },
  };
}

export function createRun(stages: Stages, call: Call, admitted: Admitted): Run {
  const watch = createStopwatch(stages.monotonicMs, stages.nowMs() - call.startedAtMs);
  const meters = createMeters(stages);
  const told = createTold(stages, call, watch.startedMs);
  let recording: Promise<Recorded> | undefined;

  const write = async (outcome: CallEvent["outcome"], code: FaultCode | undefined): Promise<Recorded> => {
    const { attempts, marks } = meters.end(outcome, code);
    const latencyMs = stages.monotonicMs() - watch.startedMs;
    const { plan = NO_PLAN, retrieved, passages } = run;
    const target = meters.answering?.target;
    const known = {
      call,
      plan,
      retrieved,
      attempts,
      target,
      firstPartMs: told.firstPartMs,
      latencyMs,
      promptDigest: promptDigest(stages, call, target ?? plan.targets[0]),
      budgets: admitted.budgets,
      guarded: run.checked?.guarded,
      form: run.form,
      grounding: run.grounding,
      cascade: run.cascade,
      found: passages && toFoundPassages({ ...passages, read: retrieved?.passages.length ?? 0, cited: told.cited }),
      timings: watch.timings(marks),
    };
    const { endUser } = call.chat;
    const endUserDigest = endUser === undefined ? undefined : await stages.endUserDigest(call, endUser);
    const event = toCallEvent({ ...known, configHash: stages.configHash, endUserDigest }, outcome, code);
    admitted.settle({ microUsd: event.costMicroUsd, tokens: event.inputTokens + event.outputTokens });
    const { hash } = await stages.close(event);
    if (told.kept !== undefined) stages.keepContent(call, told.kept.answer, told.kept.cut, endUserDigest);
    return { event, hash };
  };

  const run: Run = {
    plan: undefined,
    retrieved: undefined,
    passages: undefined,
    checked: undefined,
    open: false,
    setAsideMicroUsd: 0,
    get recorded() {
      return recording !== undefined;
    },
    get spentMicroUsd() {
      return meters.spentMicroUsd;
    },
    get spentTokens() {
      return meters.spentTokens;
    },
    get attempts() {
      return meters.answers;
    },
    form: undefined,
    grounding: undefined,
    cascade: undefined,
    reached: watch.reached,
    addAnswerRules: watch.addAnswerRules,
    begin: meters.begin,
    answers: meters.answer,
    sent: told.sent,
    record: (outcome, code) => (recording ??= write(outcome, code)),
  };
  return run;
}
