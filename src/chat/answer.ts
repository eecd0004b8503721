import type { Call, ChatCall, Part, Retrieved, Usage } from "../domain/chat.ts";
import type { CallEvent, Reservation } from "../domain/event.ts";
import type { Checked, Outgoing } from "../domain/guard.ts";
import type { Plan, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { boundMicroUsd } from "../kernel/money.ts";
import type { Meter } from "./meter.ts";
import { createRun, type Run } from "./run.ts";
import type { Admitted, Asked, Stages } from "./stages.ts";
import { toWanted } from "./to-wanted.ts";

/** The end of an answer, after it was recorded. */
export type Finish = {
  readonly type: "finish";
  readonly upstreamId: string | undefined;
  readonly systemFingerprint: string | undefined;
  readonly target: Target;
  /** Of the attempt that answered. */
  readonly usage: Usage;
  readonly event: CallEvent;
  readonly receipt: string;
  readonly retrieved: Retrieved | undefined;
};
export type AnswerPart = Exclude<Part, { type: "finish" | "usage" }> | Finish;

/**
 * Answers one admitted call, with parts in the lists that they came in. The body is the path, in order; `finish` comes only after the
 * record is written.
 */
export async function* answer(
  stages: Stages,
  call: Call,
  admitted: Admitted,
  signal: AbortSignal,
): AsyncGenerator<readonly AnswerPart[], void> {
  const run = createRun(stages, call, admitted);
  try {
    const checked = await stages.check(call);
    run.checked = checked;
    const found = call.chat.rag?.enabled === true ? await stages.retrieve(call) : undefined;
    const retrieved = found === undefined ? undefined : { ...found, passages: await checked.sift(found.passages) };
    run.retrieved = retrieved;
    const grounded = stages.ground(checked.chat, call.who.tenant.systemPrompt, retrieved?.passages, checked.closing);
    const inputBytes = grounded.inputBytes + checked.bytesAdded;
    const passages = retrieved?.passages.length ?? 0;
    const { chat } = grounded;
    const plan = stages.plan({ ...toWanted(call, admitted, checked), chat, inputBytes, passages });
    run.plan = plan;
    run.promptDigest = stages.digest(instructions(call));
    const microUsd = mostOf(plan, inputBytes, call);
    if (admitted.budgeted) await admitted.reserve(microUsd);
    if (signal.aborted) throw Fault.ofAbort(signal);
    await stages.open(toReservation(call, admitted, microUsd, inputBytes));
    run.open = true;
    yield* tryTargets(stages, run, { call, chat, checked, plan, inputBytes, admitted, retrieved }, signal);
  } catch (error) {
    throw await refuseOrFail(stages, run, call, admitted, Fault.from(error));
  } finally {
    // The consumer let go between two parts: the caller is gone, and what was produced is billed.
    if (run.open && !run.recorded) await run.record("aborted", "client_gone");
  }
}

type Trying = {
  readonly call: Call;
  /** As own hardware gets it. */
  readonly chat: ChatCall;
  readonly checked: Checked;
  readonly plan: Plan;
  readonly inputBytes: number;
  readonly admitted: Admitted;
  readonly retrieved: Retrieved | undefined;
};

/** Moves to the next target only while nothing has been sent: a half-told answer is never restarted. */
async function* tryTargets(stages: Stages, run: Run, trying: Trying, signal: AbortSignal): AsyncGenerator<readonly AnswerPart[], void> {
  const { call, checked, plan, inputBytes, admitted, retrieved } = trying;
  let left = plan.targets.length;
  for (const target of plan.targets) {
    left--;
    const spent = run.spentMicroUsd;
    if (admitted.budgeted && spent > 0) await admitted.reserve(spent + boundFor(target, inputBytes, call));
    const { chat, passages } = leaving(stages, trying, target);
    const outgoing = checked.outgoing();
    const meter = run.begin(target, chat);
    const maxOutputTokens = stages.fitOutput(chat, inputBytes, target) ?? chat.maxOutputTokens;
    const asked = { call, target, chat: { ...chat, maxOutputTokens }, passages };
    let sentAny = false;
    try {
      for await (const parts of stages.ask(asked, signal)) {
        const { said, end } = follow(parts, meter, run, outgoing);
        if (end !== undefined && !chat.stream) return void (yield [...said, await finish(run, meter, end, retrieved)]);
        if (said.length > 0) {
          sentAny = true;
          yield said;
        }
        if (end !== undefined) return void (yield [await finish(run, meter, end, retrieved)]);
      }
      throw new Fault("target_broken");
    } catch (error) {
      const fault = signal.aborted ? Fault.ofAbort(signal) : Fault.from(error);
      meter.end(fault.code === "client_gone" ? "aborted" : "failed", fault.code);
      if (sentAny || fault.retry !== "elsewhere" || run.recorded || left === 0) throw fault;
    }
  }
}

/** The prompt as it may leave for this target: what is the same as for own hardware is not put together twice. */
function leaving(stages: Stages, { call, chat, checked, plan, retrieved }: Trying, target: Target): Pick<Asked, "chat" | "passages"> {
  const passages = retrieved?.passages ?? [];
  const left = checked.leave(target, plan.pii ?? "off", passages);
  if (left.chat === checked.chat && left.passages === passages && left.systemPrompt === call.who.tenant.systemPrompt)
    return { chat, passages };
  return { chat: stages.ground(left.chat, left.systemPrompt, retrieved && left.passages, checked.closing).chat, passages: left.passages };
}

type End = Extract<Part, { type: "finish" }>;

/** Counts what came, and gives what of it is for the caller. */
function follow(
  parts: readonly Part[],
  meter: Meter,
  run: Run,
  outgoing: Outgoing | undefined,
): { readonly said: readonly AnswerPart[]; readonly end: End | undefined } {
  const said: AnswerPart[] = [];
  // Billed is what was made, told is what the rules let pass.
  for (const part of parts) meter.saw(part);
  for (const part of outgoing === undefined ? parts : outgoing.push(parts)) {
    if (part.type === "finish") return { said, end: part };
    if (part.type === "usage") continue;
    run.sent(part);
    said.push(part);
  }
  return { said, end: undefined };
}

async function finish(run: Run, meter: Meter, part: End, retrieved: Retrieved | undefined): Promise<Finish> {
  const { event, hash } = await run.record("finished");
  const { upstreamId, systemFingerprint } = part;
  return { type: "finish", upstreamId, systemFingerprint, target: meter.target, usage: meter.usage, event, receipt: hash, retrieved };
}

/** Before the journal knows of the call it is a refusal, after that a failed or aborted call. Returns what to tell the caller. */
async function refuseOrFail(stages: Stages, run: Run, call: Call, admitted: Admitted, fault: Fault): Promise<Fault> {
  if (!run.open) {
    admitted.settle({ microUsd: 0, tokens: 0 });
    stages.refuse(call, fault.code);
    return fault;
  }
  const { event } = await run.record(fault.code === "client_gone" ? "aborted" : "failed", fault.code);
  return event.inputTokens + event.outputTokens > 0 ? fault.with({ spent: true }) : fault;
}

function toReservation(call: Call, admitted: Admitted, microUsd: number, inputTokensMax: number): Reservation {
  const { requestId, startedAtMs, chat, who } = call;
  return {
    requestId,
    tenantId: who.tenant.id,
    keyId: who.key.id,
    startedAtMs,
    microUsd,
    inputTokensMax,
    outputTokensMax: outputMax(chat),
    modelAsked: chat.model,
    stream: chat.stream,
    budgets: admitted.budgeted ? admitted.budgets : undefined,
  };
}

function mostOf(plan: Plan, inputBytes: number, call: Call): number {
  return plan.targets.reduce((most, target) => Math.max(most, boundFor(target, inputBytes, call)), 0);
}

/** Input tokens are at most the prompt's bytes, and the output limit is always sent, so this is a bound. */
function boundFor(target: Target, inputBytes: number, call: Call): number {
  return target.price === undefined ? 0 : boundMicroUsd(target.price, inputBytes, outputMax(call.chat));
}

const outputMax = (chat: ChatCall): number => chat.maxOutputTokens * (chat.sampling.n ?? 1);

/** What the operator and the application tell the model, as against what its user says. */
function instructions(call: Call): string {
  let text = call.who.tenant.systemPrompt ?? "";
  for (const message of call.chat.messages)
    if (message.role === "system" || message.role === "developer")
      text += `\n${typeof message.content === "string" ? message.content : JSON.stringify(message.content)}`;
  return text;
}
