import type { Call } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import type { AnswerPart } from "./answer-part.ts";
import { inputMax, mostOf } from "./bound.ts";
import { putTogether } from "./put-together.ts";
import { toReservation } from "./reservation.ts";
import { createRun, type Run } from "./run.ts";
import type { Admitted, Stages } from "./stages.ts";
import { toWanted } from "./to-wanted.ts";
import { tryTargets } from "./try-targets.ts";

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
    run.reached("checkedUs");
    const found = call.chat.rag?.enabled === true ? await stages.retrieve(call, signal, checked) : undefined;
    if (found !== undefined) run.reached("retrievedUs");
    const sifted = found === undefined ? undefined : { ...found, passages: await checked.sift(found.passages) };
    if (sifted !== undefined) run.reached("siftedUs");
    run.passages = found && sifted && { found: found.passages, sifted: sifted.passages };
    const shown = sifted === undefined ? undefined : (stages.shown?.(checked.chat, sifted, sifted.passages) ?? sifted.passages);
    const whole = putTogether(stages.ground, call, checked, shown);
    const plan = stages.plan({ ...toWanted(call, admitted, checked), ...whole, trust: found?.trust });
    run.plan = plan;
    run.reached("routedUs");
    const { chat, inputBytes } = plan.shortened ?? whole;
    const retrieved = sifted && { ...sifted, passages: sifted.passages.slice(0, plan.shortened?.passages) };
    run.retrieved = retrieved;
    const microUsd = mostOf(plan, inputBytes, call);
    if (admitted.budgeted) await admitted.reserve(microUsd);
    if (signal.aborted) throw Fault.ofAbort(signal);
    await stages.open(toReservation(call, admitted, microUsd, inputMax(plan, inputBytes)));
    run.open = true;
    run.reached("openedUs");
    run.setAsideMicroUsd = microUsd;
    const trying = { call, chat, checked, plan, inputBytes, admitted, retrieved };
    yield* tryTargets(stages, run, trying, signal);
    if (plan.shadow !== undefined && !signal.aborted) stages.copy?.(trying, run.form);
  } catch (error) {
    throw await refuseOrFail(stages, run, call, admitted, Fault.from(error));
  } finally {
    // The consumer let go between two parts: the caller is gone, and what was produced is billed.
    if (run.open && !run.recorded) await run.record("aborted", "client_gone");
  }
}

/** Before the journal knows of the call it is a refusal, after that a failed or aborted call. Returns what to tell the caller. */
async function refuseOrFail(stages: Stages, run: Run, call: Call, admitted: Admitted, fault: Fault): Promise<Fault> {
  if (!run.open) {
    admitted.settle({ microUsd: 0, tokens: 0 });
    stages.refuse(call, fault.code);
    return fault;
  }
  try {
    await run.record(fault.code === "client_gone" ? "aborted" : "failed", fault.code);
  } catch (error) {
    // What could not be recorded was paid for all the same.
    return asSpent(run, Fault.from(error));
  }
  return asSpent(run, fault);
}

/** Clients repeat by themselves what may succeed later: not where that costs again. */
const asSpent = (run: Run, fault: Fault): Fault => (run.spentTokens > 0 ? fault.with({ spent: true }) : fault);
