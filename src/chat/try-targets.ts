import type { ChatCall, Part, Retrieved } from "../domain/chat.ts";
import { withInstructions } from "../domain/instructions.ts";
import type { Step } from "../domain/course.ts";
import type { Plan, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import type { AnswerPart, Finish, Said } from "./answer-part.ts";
import { openAttempt, type TargetAttempt } from "./attempt.ts";
import { createCascade, type Ears, type Held } from "./cascade.ts";
import type { Meter } from "./meter.ts";
import { raise } from "./reservation.ts";
import type { Run } from "./run.ts";
import { createSpeech, type Speech } from "./speech.ts";
import { withoutMessages } from "./shorten.ts";
import type { Asked, Stages } from "./stages.ts";
import type { Trying } from "./trying.ts";

/** Moves to the next attempt only while nothing has been sent: a half-told answer is never restarted. */
export async function* tryTargets(
  stages: Stages,
  run: Run,
  trying: Trying,
  signal: AbortSignal,
): AsyncGenerator<readonly AnswerPart[], void> {
  const { call, plan, inputBytes, admitted, retrieved } = trying;
  const { startedAtMs, timeoutMs } = call;
  const { stream } = call.chat;
  const course = stages.course(plan, { startedAtMs, timeoutMs, stream });
  const cascade = plan.gate === undefined ? undefined : createCascade(stages, run, trying, plan.gate);
  const next = (): Promise<Step | undefined> => course.next(signal, { repeats: cascade?.held === undefined });
  for (let step = await next(); step !== undefined; step = await next()) {
    const { target } = step;
    let attempt: TargetAttempt | undefined;
    let sentAny = false;
    try {
      if (cascade?.isNoStepUp(target) === true) break;
      if (run.spentMicroUsd > 0) await raise(stages, run, { call, admitted, target, inputBytes });
      const { chat, passages } = leaving(stages, trying, target);
      const speech = createSpeech(stages, run, trying, target);
      const ears = cascade?.ears(target);
      const isJudged = cascade?.judges(target) === true;
      // A whole answer leaves at its end in any case, and until then another's can be given instead.
      if (cascade !== undefined && ears !== undefined && (isJudged || !stream)) {
        attempt = openAttempt(stages, run, trying, { step, chat: ears.asking(chat), passages }, signal);
        const whole = await hear(attempt, run, ears, speech);
        if (isJudged && !(await cascade.passes(whole, signal))) continue;
        yield* give(run, whole, trying);
        return;
      }
      attempt = openAttempt(stages, run, trying, { step, chat, passages }, signal);
      for await (const parts of attempt.parts) {
        attempt.saw(parts);
        const { said, end } = speech.follow(parts);
        for (const part of said) run.sent(part);
        if (end !== undefined) attempt.end();
        run.grounding = speech.grounding;
        if (end !== undefined && !stream) return void (yield [...said, await finish(run, attempt.meter, end, retrieved)]);
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
      if (sentAny || run.recorded || signal.aborted) throw fault;
      // What cannot be had better is given as it is.
      if (cascade?.held !== undefined) break;
      if (fault.retry !== "elsewhere") throw fault;
    } finally {
      // The consumer let go between two parts.
      step.end(new Fault("client_gone"), true);
    }
  }
  if (cascade?.held === undefined) throw course.why();
  yield* give(run, cascade.held, trying);
}

/** A whole answer, of which nothing has left. */
async function hear(attempt: TargetAttempt, run: Run, ears: Ears, speech: Speech): Promise<Held> {
  const heard: Said[] = [];
  for await (const parts of attempt.parts) {
    attempt.saw(parts);
    const { said, end } = speech.follow(ears.hears(parts));
    for (const part of said) heard.push(part);
    if (end === undefined) continue;
    attempt.end();
    attempt.meter.end("finished");
    return { said: heard, end, meter: attempt.meter, form: run.form, grounding: speech.grounding, meanLogprob: ears.meanLogprob };
  }
  throw new Fault("target_broken");
}

/** Gives an answer that was held. */
async function* give(
  run: Run,
  { said, end, meter, form, grounding }: Held,
  { call, retrieved }: Trying,
): AsyncGenerator<readonly AnswerPart[], void> {
  run.answers(meter);
  run.form = form;
  run.grounding = grounding;
  for (const part of said) run.sent(part);
  if (!call.chat.stream) return void (yield [...said, await finish(run, meter, end, retrieved)]);
  yield said;
  yield [await finish(run, meter, end, retrieved)];
}

/** The prompt as it may leave for this target: what is the same as for own hardware is not put together twice. */
function leaving(stages: Stages, { call, chat, checked, plan, retrieved }: Trying, target: Target): Pick<Asked, "chat" | "passages"> {
  const passages = retrieved?.passages ?? [];
  const left = checked.leave(target, plan.pii ?? "off", passages);
  const prompt = withInstructions(target, left.systemPrompt);
  if (left.chat === checked.chat && left.passages === passages && prompt === call.who.tenant.systemPrompt) return { chat, passages };
  const kept = keptOf(left.chat, checked.chat, plan);
  const shown = retrieved && (stages.shown?.(left.chat, retrieved, left.passages) ?? left.passages);
  return { chat: stages.ground(kept, prompt, shown, checked.closing).chat, passages: left.passages };
}

/** What of it the plan left in. Masking changes messages one by one, so places mean the same. */
function keptOf(left: ChatCall, chat: ChatCall, { shortened }: Plan): ChatCall {
  if (shortened === undefined) return left;
  if (left.messages.length !== chat.messages.length) throw new TypeError("masking has moved messages");
  return withoutMessages(left, shortened.without);
}

type End = Extract<Part, { type: "finish" }>;

async function finish(run: Run, meter: Meter, part: End, retrieved: Retrieved | undefined): Promise<Finish> {
  const { event, hash } = await run.record("finished");
  const { upstreamId, systemFingerprint } = part;
  return { type: "finish", upstreamId, systemFingerprint, target: meter.target, usage: meter.usage, event, receipt: hash, retrieved };
}
