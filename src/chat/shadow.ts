import type { Form } from "../domain/chat.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { requestIds } from "../kernel/ids.ts";
import { answer } from "./answer.ts";
import type { Admitted, Stages } from "./stages.ts";
import { toWanted } from "./to-wanted.ts";
import type { Trying } from "./trying.ts";

/** Copies of calls whose own answer has ended. */
export type Shadows = {
  /** Sends a copy to the model that the plan names, if it may go there and there is room. Returns at once and never throws. */
  offer(stages: Stages, of: Trying, form: Form | undefined): void;
  /** No more copies; those under way are broken off, and billed as far as they came. */
  close(): Promise<void>;
};

export type ShadowDeps = {
  /** Money without a place or rates: a copy is no request of its caller's. */
  admit(who: TenantPrincipal, startedAtMs: number, signal: AbortSignal): Admitted;
  /** Of everything under way in this process. */
  readonly live: Set<AbortController>;
  /** Why a copy was not made, or not finished: a fault's code, `full`, or `not-eligible`. */
  dropped(why: string): void;
};

/** More would take from callers what copies are worth to nobody. */
export const SHADOWS_MAX = 8;

/** A share of the calls once more, for another model: to be compared by what it costs, how long it takes, and whether it keeps to the form. */
export function createShadows(deps: ShadowDeps, { concurrent = SHADOWS_MAX }: { readonly concurrent?: number } = {}): Shadows {
  const running = new Map<AbortController, Promise<void>>();
  let closed = false;
  const start = (stages: Stages, of: Trying, target: Target, form: Form | undefined): void => {
    const abort = new AbortController();
    deps.live.add(abort);
    const ended = copy(deps, stages, { of, target, form }, abort.signal).finally(() => {
      running.delete(abort);
      deps.live.delete(abort);
    });
    running.set(abort, ended);
  };
  return {
    offer(stages, of, form) {
      const { plan } = of;
      if (plan.shadow === undefined) return;
      if (closed || running.size >= concurrent) return deps.dropped(closed ? "draining" : "full");
      const target = shadowTarget(stages, of, plan.shadow);
      if (target === undefined) return deps.dropped("not-eligible");
      start(stages, of, target, form);
    },
    async close() {
      closed = true;
      for (const abort of running.keys()) abort.abort(new Fault("draining"));
      await Promise.all(running.values());
    },
  };
}

/** The same check as for the call itself, of the same content. */
function shadowTarget(
  stages: Stages,
  { call, admitted, checked, chat, inputBytes, retrieved, plan }: Trying,
  model: string,
): Target | undefined {
  const passages = retrieved?.passages.length ?? 0;
  return stages.beside(model, { ...toWanted(call, admitted, checked), chat, inputBytes, passages }, plan);
}

type Copying = { readonly of: Trying; readonly target: Target; readonly form: Form | undefined };

/** The path itself, with what is known already, one target, and nobody who hears. */
async function copy(deps: ShadowDeps, stages: Stages, { of, target, form }: Copying, signal: AbortSignal): Promise<void> {
  // The caller's answer is on its way first.
  await new Promise<void>((resolve) => void setImmediate(resolve));
  const { call, checked, plan, retrieved } = of;
  // Told as much as the call's own model was, or the two could not be compared.
  const { policyHash, pii, trust, rule, shortened } = plan;
  const alone: Stages = {
    ...stages,
    check: () => ({
      ...checked,
      sift: (passages) => passages,
      // There is no caller to be kept from anything, and a rule that stops an answer would be told to the tenant.
      outgoing: () => undefined,
      guarded: undefined,
    }),
    retrieve: () => Promise.resolve(retrieved ?? Promise.reject(new TypeError("the call had no passages"))),
    plan: () => ({ targets: [target], candidates: [{ target, fell: undefined }], policyHash, pii, trust, rule, shortened }),
    course: (copied, when) => stages.course(copied, { ...when, isBeside: true }),
    refuse: (_call, code) => deps.dropped(code),
    keepsContent: () => false,
    copy: undefined,
  };
  const startedAtMs = stages.nowMs();
  const { timeoutMs: _waits, traceparent: _traced, trial: _trial, ...same } = call;
  const shadow = form === undefined ? { of: call.requestId } : { of: call.requestId, form };
  try {
    const admitted = deps.admit(call.who, startedAtMs, signal);
    const parts = answer(alone, { ...same, requestId: requestIds.make(startedAtMs), startedAtMs, shadow }, admitted, signal);
    for await (const _ of parts);
  } catch (error) {
    // It is in its event, or was refused before there was one; nobody else is to know.
    if (!(error instanceof Fault)) deps.dropped("bug");
  }
}
