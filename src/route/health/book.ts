import type { HealthView, TargetDoor, TargetHealth, Visit } from "../../domain/target-health.ts";
import type { Target } from "../../domain/target.ts";
import type { Clock } from "../../kernel/clock.ts";
import { createTargetState, type HealthOptions, type TargetState } from "./target-state.ts";

export type HealthDeps = {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** What a provider tells of its own queue, by the provider's name. */
  readonly queueOf?: ((provider: string) => Pick<TargetHealth, "queueDepth" | "startsInMs"> | undefined) | undefined;
  /** What an operator made of a provider, by its name; undefined: it is on. */
  readonly outOf?: ((provider: string) => TargetHealth["out"]) | undefined;
  /** Hears of each attempt's end of a call that says something about its target; not of what is asked beside a call. */
  readonly told?: ((isBad: boolean) => void) | undefined;
};

/** A target and what makes it the same one in another configuration: where it is, and what it is there. */
export type Known = { readonly target: Target; readonly identity: string };

export type Health = HealthView &
  TargetDoor & {
    /** For metrics: every target of this configuration. */
    list(): readonly { readonly target: Target; readonly health: TargetHealth; readonly opened: number; readonly repeats: number }[];
  };

export type HealthBook = {
  /** The targets of a configuration: those that the one before had keep what is known of them, and its other ones are forgotten. */
  open(known: readonly Known[], options: HealthOptions): Health;
};

/** Of what runs in this process and cannot be away. */
const ALWAYS: TargetHealth = Object.freeze({ state: "closed", inFlight: 0, latencyMs: 0, queueDepth: 0, startsInMs: 0 });
const NO_VISIT: Visit = Object.freeze({ answered: () => undefined, end: () => undefined });

export function createHealthBook({ clock, queueOf, outOf = () => undefined, told = () => undefined }: HealthDeps): HealthBook {
  let states = new Map<string, TargetState>();
  return {
    open(known, options) {
      const next = new Map<string, TargetState>();
      const byModel = new Map<string, TargetState>();
      for (const { target, identity } of known) {
        const state = next.get(identity) ?? states.get(identity) ?? createTargetState(clock.monotonicMs, options, told);
        state.options = options;
        // What is switched off holds nobody back that it held back before.
        if (options.breaker === undefined) state.breaker.free(clock.monotonicMs());
        next.set(identity, state);
        byModel.set(target.model, state);
      }
      states = next;
      tellPeers(known, byModel);
      return createHealth(known, byModel, { queueOf, outOf });
    },
  };
}

/** Replicas: the same model at other providers of the same kind. */
function tellPeers(known: readonly Known[], byModel: ReadonlyMap<string, TargetState>): void {
  for (const { target } of known) {
    const state = byModel.get(target.model);
    if (state === undefined) continue;
    const same = known.filter((each) => each.target.upstream === target.upstream && each.target.kind === target.kind);
    const others = same.flatMap((each) => byModel.get(each.target.model) ?? []).filter((other) => other !== state);
    state.peers = [...new Set(others)];
  }
}

type Views = { readonly queueOf: HealthDeps["queueOf"]; readonly outOf: NonNullable<HealthDeps["outOf"]> };

function createHealth(known: readonly Known[], byModel: ReadonlyMap<string, TargetState>, { queueOf, outOf }: Views): Health {
  const stateOf = ({ kind, model }: Target): TargetState | undefined => (kind === "extractive" ? undefined : byModel.get(model));
  const of = (target: Target): TargetHealth => {
    const state = stateOf(target);
    if (state === undefined) return ALWAYS;
    const queue = queueOf?.(target.provider);
    const out = outOf(target.provider);
    return { ...state.read(), queueDepth: queue?.queueDepth, startsInMs: queue?.startsInMs, ...(out === undefined ? {} : { out }) };
  };
  return {
    of,
    enter(target, as = {}) {
      const state = stateOf(target);
      if (state === undefined) return NO_VISIT;
      return outOf(target.provider) === undefined ? state.enter(as) : undefined;
    },
    mayRepeat(target) {
      const state = stateOf(target);
      if (state === undefined || !state.retries.take()) return false;
      state.repeats++;
      return true;
    },
    opensInMs: (target) => stateOf(target)?.read().opensInMs ?? 0,
    list: () =>
      known.flatMap(({ target }) => {
        const state = byModel.get(target.model);
        return state === undefined ? [] : [{ target, health: of(target), opened: state.breaker.opened, repeats: state.repeats }];
      }),
  };
}
