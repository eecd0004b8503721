import type { Stages } from "../chat/index.ts";
import type { ApprovedRoutes } from "../config/index.ts";
import type { Call } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import { ownerOf } from "../domain/principal.ts";
import type { Ahead, RolloutMark, Trial } from "../domain/rollout.ts";
import type { RolloutUnit } from "../domain/rollout-words.ts";
import type { Plan } from "../domain/target.ts";
import { conversationOf } from "../guard/index.ts";
import type { PolicyId, PromptId, TenantId } from "../kernel/ids.ts";
import type { RolloutController } from "../operate/index.ts";
import { shareOf, variantOf, type Router } from "../route/index.ts";
import type { RolloutRecord } from "../store/rollouts.ts";

/** What rollouts do with calls. */
export type CallRollouts = {
  /** The call as its variant is answered: it may get another system prompt, and says what it takes part in. */
  enter(call: Call): Call;
  /** Models that stand before the rule's own, of calls that ask for this. */
  aheadOf(call: Pick<Call, "who" | "trial">, model: string): readonly Ahead[];
  /** What the call's event is to say, now that it is known where it goes; undefined: it takes no part. */
  markOf(trial: Trial | undefined, plan: Plan): RolloutMark | undefined;
  /** A call that took part was refused by what it takes part in. */
  refused(trial: Trial): void;
  closed(event: CallEvent): void;
};

type Deps = {
  readonly controller: Pick<RolloutController, "inForce" | "count">;
  nowMs(): number;
  /** What a version holds, as it was loaded with the rollout; undefined: it could not be. */
  promptOf(version: PromptId): string | undefined;
  hasRoutes(version: PolicyId): boolean;
};

export function createCallRollouts({ controller, nowMs, promptOf, hasRoutes }: Deps): CallRollouts {
  const ofTenant = createByTenant(controller);
  /** A version that could not be loaded is as if nobody rolled it out. */
  const concerns = ({ change }: RolloutRecord, { chat }: Call): boolean => {
    // A caller who says which model is first decides, not the rollout.
    if (change.kind === "model") return change.model === chat.model && (chat.prefer?.order.length ?? 0) === 0;
    return change.kind === "prompt" ? promptOf(change.version) !== undefined : hasRoutes(change.version);
  };
  return {
    enter(call) {
      if (controller.inForce.length === 0) return call;
      // One at a time, the oldest: of two at once neither could be judged, and whoever is in one stays in it.
      const rollout = ofTenant(call).find((each) => isOpen(each) && concerns(each, call));
      if (rollout === undefined) return call;
      const now = nowMs();
      const share = shareOf(rollout, now);
      if (share === 0) return call;
      const { change, id } = rollout;
      const trial: Trial = { change, mark: { id, share, variant: variantOf(rollout, UNITS[rollout.unit](call), now) } };
      if (change.kind !== "prompt" || trial.mark.variant === "baseline") return { ...call, trial };
      const { who } = call;
      return { ...call, trial, who: { ...who, tenant: { ...who.tenant, systemPrompt: promptOf(change.version) } } };
    },
    aheadOf({ who, trial }, model) {
      if (controller.inForce.length === 0 && trial === undefined) return NOBODY;
      const ahead: Ahead[] = [];
      if (trial?.change.kind === "model") ahead.push({ model: trial.change.to, use: trial.mark.variant === "candidate" });
      // The newest that took its place, a tenant's own before the platform's.
      const done = ofTenant({ who }).filter(
        ({ state, change }) => state === "finished" && change.kind === "model" && change.model === model,
      );
      const last = done.findLast(({ tenantId }) => tenantId !== undefined) ?? done.at(-1);
      if (last?.change.kind === "model") ahead.push({ model: last.change.to, use: true });
      return ahead;
    },
    markOf(trial, plan) {
      if (trial?.change.kind !== "model") return trial?.mark;
      // At less than full service other models stand before both variants.
      if (plan.service !== undefined) return undefined;
      const { to } = trial.change;
      const fell = plan.candidates.find(({ target }) => target.model === to)?.fell;
      // Where it is not eligible, neither variant is compared; a breaker that is open is its own fault, and tells against it.
      return fell === undefined || fell === "breaker-open" ? trial.mark : undefined;
    },
    refused({ mark }) {
      controller.count(mark, { failed: true, latencyMs: 0, costMicroUsd: 0 });
    },
    closed({ rollout, outcome, attempts, latencyMs, costMicroUsd }) {
      // A caller that left says nothing about the answer.
      if (rollout === undefined || outcome === "aborted") return;
      const failed =
        outcome === "failed" || attempts[0]?.outcome !== "finished" || isMissed(rollout, attempts[0].model, controller.inForce);
      controller.count(rollout, { failed, latencyMs, costMicroUsd });
    },
  };
}

type Wanted = Parameters<Stages["plan"]>[0];

/** Plans calls by what they take part in, and by the router of a version's routes where that is what is going out. */
export function createRolledPlan(
  { calls, routesOf }: { readonly calls: CallRollouts; routesOf(version: PolicyId): ApprovedRoutes | undefined },
  router: Pick<Router, "plan">,
  makeRouter: (routes: ApprovedRoutes) => Pick<Router, "plan">,
): (wanted: Wanted) => Plan {
  const made = new Map<PolicyId, Pick<Router, "plan">>();
  const routerOf = (version: PolicyId): Pick<Router, "plan"> => {
    const routes = routesOf(version);
    const found = made.get(version) ?? (routes === undefined ? router : makeRouter(routes));
    made.set(version, found);
    return found;
  };
  return (wanted) => {
    const { trial } = wanted;
    const ahead = calls.aheadOf(wanted, wanted.chat.model);
    const by = trial?.change.kind === "policy" && trial.mark.variant === "candidate" ? routerOf(trial.change.version) : router;
    try {
      const plan = by.plan(ahead.length === 0 ? wanted : { ...wanted, ahead });
      const rollout = calls.markOf(trial, plan);
      return rollout === undefined ? plan : { ...plan, rollout };
    } catch (error) {
      if (trial?.change.kind === "policy") calls.refused(trial);
      throw error;
    }
  };
}

/** What is in force for a call's tenant. Each look reads it anew, and a call looks through its own tenant's and the platform's alone. */
function createByTenant(controller: Pick<RolloutController, "inForce">): (call: Pick<Call, "who">) => readonly RolloutRecord[] {
  let of: readonly RolloutRecord[] = [];
  const known = new Map<TenantId, readonly RolloutRecord[]>();
  return ({ who: { tenant } }) => {
    if (controller.inForce !== of) {
      of = controller.inForce;
      known.clear();
    }
    const found = known.get(tenant.id) ?? of.filter((each) => (each.tenantId ?? tenant.id) === tenant.id);
    known.set(tenant.id, found);
    return found;
  };
}

const NOBODY: readonly Ahead[] = [];
const isOpen = ({ state }: RolloutRecord): boolean => state === "running" || state === "paused";

/** The candidate was to answer, and another had to. */
function isMissed({ id, variant }: RolloutMark, model: string, inForce: readonly RolloutRecord[]): boolean {
  if (variant === "baseline") return false;
  const change = inForce.find((each) => each.id === id)?.change;
  return change?.kind === "model" && change.to !== model;
}

/** A key that takes another's place keeps what was the other's. */
const principalOf = ({ who }: Call): string => `${who.tenant.id}\n${ownerOf(who)}`;
const UNITS: Readonly<Record<RolloutUnit, (call: Call) => string>> = {
  principal: principalOf,
  "end-user": (call) => (call.chat.endUser === undefined ? principalOf(call) : `${call.who.tenant.id}\nuser\n${call.chat.endUser}`),
  conversation: conversationOf,
};
