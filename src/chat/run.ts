import type { Call, ChatCall, Form, Part, Retrieved } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { Checked } from "../domain/guard.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { FaultCode } from "../kernel/fault.ts";
import { toCallEvent } from "./event.ts";
import { createMeter, type Meter } from "./meter.ts";
import type { Admitted, Stages } from "./stages.ts";

export type Recorded = { readonly event: CallEvent; readonly hash: string };

/** What one call has done so far; it ends in exactly one record. */
export type Run = {
  plan: Plan | undefined;
  retrieved: Retrieved | undefined;
  checked: Checked | undefined;
  promptDigest: string;
  /** The journal knows of the call: from here on it ends in an event, not in a refusal. */
  open: boolean;
  readonly recorded: boolean;
  readonly spentMicroUsd: number;
  /** Of attempts that have ended, in and out. */
  readonly spentTokens: number;
  /** That were begun. */
  readonly attempts: number;
  /** Known where the call asks for a form. */
  form: Form | undefined;
  begin(target: Target, chat: ChatCall): Meter;
  /** Remembers when the first part left, and what left where that may be kept. */
  sent(part: Part): void;
  record(outcome: CallEvent["outcome"], code?: FaultCode): Promise<Recorded>;
};

/** Of one answer. Longer ones are no conversation. */
const KEPT_CHARS_MAX = 1024 * 1024;
const NO_PLAN: Plan = { targets: [], candidates: [], policyHash: "" };

/** What of an answer may be kept. */
function createKept() {
  const kept = { answer: "", cut: false };
  return {
    get answer() {
      return kept.answer;
    },
    get cut() {
      return kept.cut;
    },
    gather(part: Part): void {
      if (part.type !== "text-delta" && part.type !== "tool-input-delta" && part.type !== "refusal-delta") return;
      if (kept.answer.length < KEPT_CHARS_MAX) kept.answer += part.text;
      else kept.cut = true;
    },
  };
}

export function createRun(stages: Stages, call: Call, admitted: Admitted): Run {
  const startedMs = stages.monotonicMs();
  const meters: Meter[] = [];
  let firstPartMs: number | undefined;
  const kept = stages.keepsContent(call) ? createKept() : undefined;
  let recording: Promise<Recorded> | undefined;

  const write = async (outcome: CallEvent["outcome"], code: FaultCode | undefined): Promise<Recorded> => {
    const last = meters.at(-1);
    last?.end(outcome, code);
    const attempts = meters.map((meter) => meter.attempt);
    const latencyMs = stages.monotonicMs() - startedMs;
    const { plan = NO_PLAN, retrieved, promptDigest } = run;
    const known = {
      call,
      plan,
      retrieved,
      attempts,
      target: last?.target,
      firstPartMs,
      latencyMs,
      promptDigest,
      budgets: admitted.budgets,
      guarded: run.checked?.guarded,
      form: run.form,
    };
    const { endUser } = call.chat;
    const endUserDigest = endUser === undefined ? undefined : await stages.endUserDigest(call, endUser);
    const event = toCallEvent({ ...known, configHash: stages.configHash, endUserDigest }, outcome, code);
    admitted.settle({ microUsd: event.costMicroUsd, tokens: event.inputTokens + event.outputTokens });
    const { hash } = await stages.close(event);
    if (kept !== undefined) stages.keepContent(call, kept.answer, kept.cut, endUserDigest);
    return { event, hash };
  };

  const run: Run = {
    plan: undefined,
    retrieved: undefined,
    checked: undefined,
    promptDigest: "",
    open: false,
    get recorded() {
      return recording !== undefined;
    },
    get spentMicroUsd() {
      return meters.reduce((total, meter) => total + meter.attempt.costMicroUsd, 0);
    },
    get spentTokens() {
      return meters.reduce((total, { attempt }) => total + attempt.inputTokens + attempt.outputTokens, 0);
    },
    get attempts() {
      return meters.length;
    },
    form: undefined,
    begin(target, chat) {
      const meter = createMeter(stages, target, chat);
      meters.push(meter);
      return meter;
    },
    sent(part) {
      firstPartMs ??= stages.monotonicMs() - startedMs;
      kept?.gather(part);
    },
    record: (outcome, code) => (recording ??= write(outcome, code)),
  };
  return run;
}
