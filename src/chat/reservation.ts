import type { Call } from "../domain/chat.ts";
import { type Reservation, toReservationHead } from "../domain/event.ts";
import type { Target } from "../domain/target.ts";
import type { Admitted } from "./admitted.ts";
import { boundFor, outputMax } from "./bound.ts";
import type { Run } from "./run.ts";
import type { Stages } from "./stages.ts";

export function toReservation(call: Call, admitted: Admitted, microUsd: number, inputTokensMax: number): Reservation {
  const { chat } = call;
  return {
    ...toReservationHead(call, admitted),
    microUsd,
    inputTokensMax,
    outputTokensMax: outputMax(chat),
    modelAsked: chat.model,
    stream: chat.stream,
    ...(call.shadow === undefined ? {} : { operation: "shadow" }),
  };
}

type Raised = {
  readonly call: Call;
  /** What the target is asked, where that is not the call itself: a judge's question. */
  readonly asked?: Call;
  readonly admitted: Admitted;
  readonly target: Target;
  readonly inputBytes: number;
};

/**
 * Before an attempt that follows one that cost something: what all of them can cost is set aside and journalled anew, for a process that dies
 * now is billed by what its journal says. Throws `budget_spent` or `budget_reserved`.
 */
export async function raise(stages: Stages, run: Run, { call, asked = call, admitted, target, inputBytes }: Raised): Promise<void> {
  const microUsd = run.spentMicroUsd + boundFor(target, inputBytes, asked);
  // Never less than before: a free judge's word is followed by the dear model that all of it is for.
  if (microUsd <= run.setAsideMicroUsd) return;
  if (admitted.budgeted) await admitted.reserve(microUsd);
  await stages.open(toReservation(call, admitted, microUsd, inputBytes));
  run.setAsideMicroUsd = microUsd;
}
