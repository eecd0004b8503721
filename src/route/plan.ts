import type { ReadCondition, RuleConfig } from "../config/index.ts";
import type { HealthView } from "../domain/target-health.ts";
import { isChat, type Candidate, type Plan, type Target, type Trust } from "../domain/target.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { aboutChat, type Facts } from "./about.ts";
import { putFirst, withAhead } from "./ahead.ts";
import { createBeside } from "./beside.ts";
import { choose, judgeAll, whyKeptIn } from "./choose.ts";
import { whyFell, type Wanted, type WantedOrder, type WantedVectors } from "./eligible.ts";
import { withoutOpen } from "./open-breakers.ts";
import { createInputPlans } from "./plan-inputs.ts";
import { checkNames } from "./preference.ts";
import { putInOrder } from "./put-in-order.ts";
import { createHealthNow } from "./health-now.ts";
import { noChat, unknownModel } from "./refusals.ts";
import { shortenedFor } from "./shortened.ts";
import { always, toRules, type Outcome, type Rule } from "./rules.ts";
import { CallSignals, type About, type SignalSources } from "./signals.ts";

export type RouterOptions = {
  /** Every configured target by model name. */
  readonly targets: ReadonlyMap<string, Target>;
  /** The last resort for calls over documents. */
  readonly extractive: Target;
  readonly routes: Readonly<Record<string, readonly RuleConfig[]>>;
  /** false: only the first eligible target is tried. */
  readonly fallback: boolean;
  /** Absent: every target counts as healthy. */
  readonly health?: HealthView | undefined;
  /** Reads a rule's condition; once for each, when the router is made. */
  readonly read: (when: string) => ReadCondition;
  readonly signals: SignalSources;
  readonly dice: () => number;
  /** Told of a condition that could not be told for a call: which, and nothing of the call. */
  readonly conditionFailed?: ((route: string, at: number) => void) | undefined;
};

export type Router = {
  /** Ordered targets for a call; throws `model_unknown` or `no_target`. Pure: clock, dice and health are handed in. */
  plan(wanted: AskingChat): Plan;
  /** The same for embeddings. */
  planEmbedding(wanted: Asking<WantedVectors>): Plan;
  /** The same for rankings. `trust`: narrower than any rule. */
  planRerank(wanted: Asking<WantedOrder> & { readonly trust?: Trust | undefined }): Plan;
  /** A model that is asked beside those of a plan, of which `narrowed` is what its rule asks for; undefined: the call may not go there. */
  beside(model: string, wanted: Asking<Wanted>, narrowed: Pick<Plan, "trust" | "pii">): Target | undefined;
  /** The same as `plan`, with what every rule came to. Throws `model_unknown`. */
  explain(wanted: Asking<Wanted>): Reasoning;
  /** Names that a caller may put into `model`. */
  readonly names: readonly string[];
};

/** A call before a rule was chosen for it. */
export type Asking<Full> = Omit<Full, "trust" | "keptIn"> & Facts;
/** `trust`: narrower than any rule, because of the documents that go with it. */
type AskingChat = Asking<Wanted> & { readonly trust?: Trust | undefined };

/** How a plan came about. */
export type Reasoning = {
  readonly rules: readonly { readonly rule: Rule; readonly outcome: Outcome }[];
  /** The rule that took the call, by its place. */
  readonly took: number | undefined;
  readonly signals: Plan["signals"];
  readonly candidates: readonly Candidate[];
  readonly plan: Plan | undefined;
  /** Where there is no plan: what the caller would be told. */
  readonly fault: unknown;
};

type Decided = Pick<Plan, "rule" | "policyHash" | "pii" | "trust"> & {
  readonly chosen: Rule;
  /** Its place; undefined: no rule took the call. */
  readonly took: number | undefined;
  readonly rules: readonly Rule[];
  /** undefined: no rule of the route asks for any. */
  readonly signals: CallSignals | undefined;
  readonly health: HealthView;
};

const NONE_ASKED: Plan["signals"] = Object.freeze({});
const HEALTHY: HealthView = { of: () => ({ state: "closed", inFlight: 0, latencyMs: undefined, queueDepth: undefined }) };

/** Eligibility first, failing closed; order second. */
export function createRouter(options: RouterOptions): Router {
  const { targets, extractive, routes, health: live = HEALTHY } = options;
  const policyHash = hashOf(options);
  const byName = toRoutes(options);

  const decide = (name: string, { who, dry = false }: Pick<Asking<Wanted>, "who" | "dry">, about: () => About): Decided => {
    const rules = byName.get(name);
    if (rules === undefined || hidden(name, who, targets)) throw unknownModel();
    const health = createHealthNow(live);
    const signals = rules.some(asks) ? new CallSignals(options.signals, about(), { targets, health }) : undefined;
    const { rule: chosen, none, failed } = choose(rules, signals);
    if (!dry) for (const { at } of failed) options.conditionFailed?.(name, at);
    const took = none ? undefined : chosen.at;
    const rule = took === undefined || !Object.hasOwn(routes, name) ? undefined : { route: name, at: took };
    return { rules, chosen, took, signals, health, rule, policyHash, pii: chosen.pii, trust: chosen.trust };
  };
  const candidatesOf = ({ chosen, trust, health }: Decided, wanted: Asking<Wanted>): readonly Candidate[] => {
    if (chosen.targets.length > 0 && chosen.targets.every(({ capabilities }) => !isChat(capabilities))) throw noChat(chosen.targets);
    const { prefer } = wanted.chat;
    if (prefer !== undefined) checkNames(prefer, (name) => isNamed(name, wanted.who, options));
    const full: Wanted = { ...wanted, trust, keptIn: whyKeptIn(wanted.content, chosen.pii) };
    const { listed, aside } = withAhead(chosen.targets, wanted.ahead, targets);
    const barred = [...listed, extractive, ...aside].map((target): Candidate => ({ target, fell: whyFell(target, full) }));
    return withoutOpen(barred, health);
  };
  const planOf = (decided: Decided, candidates: readonly Candidate[], wanted: Asking<Wanted>): Plan => {
    const { chosen, rule, pii, trust, health } = decided;
    const { first, aside } = withAhead(chosen.targets, wanted.ahead, targets);
    const mine = candidates.filter(({ target }) => !aside.includes(target));
    const ordered = putInOrder(mine, { ...options, order: chosen.order, wanted, health });
    const order = putFirst(ordered, first, candidates, { fallback: options.fallback, prefer: wanted.chat.prefer });
    return { ...order, ...toShadow(chosen, options.dice), candidates, policyHash, pii, trust, rule, signals: askedOf(decided) };
  };

  /** Rules are asked about the call as it came, whatever is left out of its prompt. */
  const fitted = (decided: Decided, candidates: readonly Candidate[], wanted: Asking<Wanted>): Plan => {
    const { chosen, health } = decided;
    const shortened = shortenedFor({ candidates, policy: chosen.context, wanted, health });
    if (shortened === undefined) return planOf(decided, candidates, wanted);
    const { chat, inputBytes, passages } = shortened;
    const shorter = { ...wanted, chat, inputBytes, passages };
    return { ...planOf(decided, candidatesOf(decided, shorter), shorter), shortened };
  };

  return {
    names: [...byName.keys()],
    plan(wanted) {
      const asRuled = decide(wanted.chat.model, wanted, () => aboutChat(wanted));
      const decided = { ...asRuled, trust: wanted.trust ?? asRuled.trust };
      return fitted(decided, candidatesOf(decided, wanted), wanted);
    },
    ...createInputPlans(options, (...about) => toInputs(decide(...about))),
    beside: createBeside(targets, live),
    explain(wanted) {
      const dry = { ...wanted, dry: true };
      const decided = decide(wanted.chat.model, dry, () => aboutChat(dry));
      return reasoningOf(
        decided,
        () => candidatesOf(decided, wanted),
        (candidates) => fitted(decided, candidates, wanted),
      );
    },
  };
}

const toInputs = ({ chosen, policyHash, pii, rule, signals }: Decided) => ({
  chosen,
  decided: { policyHash, pii, rule, signals: askedOf({ signals }) },
});
const asks = ({ holds }: Rule): boolean => holds !== undefined;
const askedOf = ({ signals }: Pick<Decided, "signals">): Plan["signals"] => signals?.asked ?? NONE_ASKED;

function reasoningOf(decided: Decided, find: () => readonly Candidate[], plan: (candidates: readonly Candidate[]) => Plan): Reasoning {
  const rules = judgeAll(decided.rules, decided.signals);
  const reasoned = { took: decided.took, rules, signals: askedOf(decided) };
  let candidates: readonly Candidate[] = [];
  try {
    candidates = find();
    const planned = plan(candidates);
    return { ...reasoned, candidates: planned.candidates, plan: planned, fault: undefined };
  } catch (fault) {
    return { ...reasoned, candidates, plan: undefined, fault };
  }
}

/** The dice are thrown only where there is something to win. */
const toShadow = ({ shadow }: Rule, dice: () => number): Pick<Plan, "shadow"> =>
  shadow !== undefined && dice() < shadow.share ? { shadow: shadow.model } : {};

/** Rules by every name that a caller may ask for: models, routes, the last resort. */
function toRoutes({ targets, routes, extractive, read }: RouterOptions): ReadonlyMap<string, readonly Rule[]> {
  const byName = new Map<string, readonly Rule[]>();
  for (const target of targets.values()) byName.set(target.model, always([target]));
  for (const [name, rules] of Object.entries(routes)) {
    const targetOf = (model: string): Target => {
      const target = targets.get(model);
      if (target === undefined) throw new TypeError(`route ${name} uses ${model}, which is no model`);
      return target;
    };
    byName.set(name, toRules(rules, targetOf, read));
  }
  return byName.set(extractive.model, always([]));
}

const hashOf = ({ routes, fallback, targets }: RouterOptions): string =>
  sha256Hex(JSON.stringify([routes, fallback, [...targets.values()].map((target) => ({ ...target, timeouts: undefined }))])).slice(0, 16);

/** Whether a caller may name it as a provider or a model of its own. */
const isNamed = (name: string, who: Wanted["who"], { targets, extractive }: RouterOptions): boolean =>
  name === extractive.model ||
  targets.values().some(({ model, provider }) => (model === name || provider === name) && !hidden(model, who, targets));

/** A model that the tenant or key may not use is the same as one that does not exist. */
function hidden(name: string, { tenant, key }: Wanted["who"], targets: ReadonlyMap<string, Target>): boolean {
  if (!targets.has(name)) return false;
  return (tenant.models !== undefined && !tenant.models.includes(name)) || (key.models !== undefined && !key.models.includes(name));
}
