import type { Part, Retrieved } from "../domain/chat.ts";
import type { Outgoing } from "../domain/guard.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import type { AnswerPart, Finish } from "./answer-part.ts";
import { openAttempt, type TargetAttempt } from "./attempt.ts";
import { boundFor } from "./bound.ts";
import type { Meter } from "./meter.ts";
import type { Run } from "./run.ts";
import type { Asked, Stages } from "./stages.ts";
import type { Trying } from "./trying.ts";

/** Moves to the next attempt only while nothing has been sent: a half-told answer is never restarted. */
export async function* tryTargets(
  stages: Stages,
  run: Run,
  trying: Trying,
  signal: AbortSignal,
): AsyncGenerator<readonly AnswerPart[], void> {
  const { call, checked, plan, inputBytes, admitted, retrieved } = trying;
  const { startedAtMs, timeoutMs } = call;
  const course = stages.course(plan, { startedAtMs, timeoutMs, stream: call.chat.stream });
  for (let step = await course.next(signal); step !== undefined; step = await course.next(signal)) {
    const { target } = step;
    let attempt: TargetAttempt | undefined;
    let sentAny = false;
    try {
      const spent = run.spentMicroUsd;
      if (admitted.budgeted && spent > 0) await admitted.reserve(spent + boundFor(target, inputBytes, call));
      const { chat, passages } = leaving(stages, trying, target);
      const outgoing = checked.outgoing();
      attempt = openAttempt(stages, run, trying, { step, chat, passages }, signal);
      for await (const parts of attempt.parts) {
        attempt.saw(parts);
        const { said, end } = follow(parts, run, outgoing);
        if (end !== undefined) attempt.end();
        if (end !== undefined && !chat.stream) return void (yield [...said, await finish(run, attempt.meter, end, retrieved)]);
        if (said.length > 0) {
          sentAny = true;
          yield said;
        }
        if (end !== undefined) return void (yield [await finish(run, attempt.meter, end, retrieved)]);
      }
      throw new Fault("target_broken");
    } catch (error) {
      const fault = signal.aborted ? Fault.ofAbort(signal) : Fault.from(error);
      step.end(fault, signal.aborted);
      attempt?.meter.end(fault.code === "client_gone" ? "aborted" : "failed", fault.code);
      if (sentAny || fault.retry !== "elsewhere" || run.recorded) throw fault;
    } finally {
      // The consumer let go between two parts.
      step.end(new Fault("client_gone"), true);
    }
  }
  throw course.why();
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

/** What of it is for the caller: billed is what was made, told is what the rules let pass. */
function follow(
  parts: readonly Part[],
  run: Run,
  outgoing: Outgoing | undefined,
): { readonly said: readonly AnswerPart[]; readonly end: End | undefined } {
  const said: AnswerPart[] = [];
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
