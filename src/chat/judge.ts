import type { Part } from "../domain/chat.ts";
import { stricter, type Standing } from "../domain/guard-policy.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { fromLookChat, readVerdict, toJudgeChat, toJudged, toLookChat, type Judged } from "./judge-prompt.ts";
import { raise } from "./reservation.ts";
import type { Run } from "./run.ts";
import type { Stages } from "./stages.ts";
import { toWanted } from "./to-wanted.ts";
import type { Trying } from "./trying.ts";

/** A judge slower than this costs the caller more than the next model does. */
const JUDGE_MS_MAX = 15_000;

/**
 * How good another model finds an answer, 0 to 1. undefined: it may not see the call or the answer, or it failed, or said neither yes nor
 * no. All that it may be asked is looked at and masked before it is cut, with what was found anywhere in the call, and goes only where call
 * and answer both may. Throws only where the caller has gone.
 */
export async function askJudge(
  stages: Stages,
  run: Run,
  trying: Trying,
  { model, answer }: { readonly model: string; readonly answer: string },
  signal: AbortSignal,
): Promise<number | undefined> {
  const { admitted, plan } = trying;
  const judged = toJudged(trying.checked.chat, answer);
  const toQuestion = (of: Judged) => toJudgeChat(of, { asked: trying.call.chat, judge: model, mark: trying.call.requestId });
  const call = { ...trying.call, chat: toLookChat(judged, trying.call.chat, model) };
  try {
    const checked = await stages.checkBeside(call, trying.checked);
    const content = both(trying.checked.standing, checked.standing);
    const plain = toQuestion(judged);
    const wanted = { ...toWanted(call, admitted, checked), chat: plain, inputBytes: plain.inputBytes, passages: 0, content };
    const target = stages.beside(model, wanted, plan);
    if (target === undefined) return undefined;
    const left = toQuestion(fromLookChat(judged, checked.leave(target, plan.pii ?? "off", []).chat));
    const { inputBytes } = left;
    if (stages.fitOutput(left, inputBytes, target) === undefined) return undefined;
    const asked = { ...call, chat: left };
    await raise(stages, run, { call: trying.call, asked, admitted, target, inputBytes });
    // Only OpenAI's protocol has log probabilities.
    const sampling = target.kind === "openai" ? { ...left.sampling, logprobs: true, topLogprobs: 5 } : left.sampling;
    return readVerdict(await hear(stages, run, { call: asked, target, chat: { ...left, sampling } }, signal));
  } catch (error) {
    if (signal.aborted) throw Fault.ofAbort(signal);
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

type Asking = { readonly call: Trying["call"]; readonly target: Target; readonly chat: Trying["chat"] };

/** One attempt, in the record of the call that it is for. */
async function hear(stages: Stages, run: Run, { call, target, chat }: Asking, signal: AbortSignal): Promise<readonly Part[]> {
  const { startedAtMs } = call;
  const mostMs = stages.nowMs() - startedAtMs + JUDGE_MS_MAX;
  const timeoutMs = Math.min(call.timeoutMs ?? mostMs, mostMs);
  const step = await stages
    .course({ targets: [target], candidates: [], policyHash: "" }, { startedAtMs, timeoutMs, stream: false, isBeside: true })
    .next(signal);
  if (step === undefined) return [];
  const meter = run.begin(target, chat, "judge");
  const said: Part[] = [];
  try {
    for await (const parts of stages.ask({ call, target: step.timed, chat, passages: [] }, signal)) {
      step.answered();
      for (const part of parts) {
        meter.saw(part);
        said.push(part);
      }
    }
    if (said.at(-1)?.type !== "finish") throw new Fault("target_broken");
    step.end(undefined);
    meter.end("finished");
    return said;
  } catch (error) {
    const fault = signal.aborted ? Fault.ofAbort(signal) : Fault.from(error);
    step.end(fault, signal.aborted);
    meter.end(signal.aborted ? "aborted" : "failed", fault.code);
    throw fault;
  }
}

/** What must hold for a text that has both in it. */
function both(one: Standing, other: Standing): Standing {
  const unread = one.unread === undefined ? other.unread : other.unread === undefined ? one.unread : stricter(one.unread, other.unread);
  return { personal: one.personal || other.personal, mode: stricter(one.mode, other.mode), unread };
}
