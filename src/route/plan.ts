import type { Candidate, Plan, Target, Trust } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { whyFell, type Wanted, type WantedVectors } from "./eligible.ts";
import { planVectors } from "./plan-vectors.ts";

export type Rule = { readonly when: string | undefined; readonly use: readonly string[]; readonly trust: Trust | undefined };

export type RouterOptions = {
  /** Every configured target by model name. */
  readonly targets: ReadonlyMap<string, Target>;
  /** The last resort for calls over documents. */
  readonly extractive: Target;
  readonly routes: Readonly<Record<string, readonly Rule[]>>;
  /** false: only the first eligible target is tried. */
  readonly fallback: boolean;
};

export type Router = {
  /** Ordered targets for a call; throws `model_unknown` or `no_target`. Pure: the same call gets the same plan. */
  plan(wanted: Omit<Wanted, "trust">): Plan;
  /** The same for embeddings. */
  planEmbedding(wanted: Omit<WantedVectors, "trust">): Plan;
  /** Names that a caller may put into `model`. */
  readonly names: readonly string[];
};

type Choice = { readonly targets: readonly Target[]; readonly trust: Trust | undefined };

/** Eligibility first, failing closed; order second. */
export function createRouter(options: RouterOptions): Router {
  const policyHash = sha256Hex(
    JSON.stringify([options.routes, options.fallback, [...options.targets.values()].map((target) => ({ ...target, timeouts: undefined }))]),
  ).slice(0, 16);
  const choices = new Map<string, Choice>();
  for (const target of options.targets.values()) choices.set(target.model, { targets: [target], trust: undefined });
  for (const [name, rules] of Object.entries(options.routes)) choices.set(name, chooseRule(name, rules, options.targets));
  choices.set(options.extractive.model, { targets: [], trust: undefined });

  return {
    names: [...choices.keys()],
    plan(wanted) {
      const choice = choices.get(wanted.chat.model);
      if (choice === undefined || hidden(wanted.chat.model, wanted.who, options)) throw unknownModel();
      if (choice.targets.length > 0 && choice.targets.every((target) => target.capabilities.embeddings === true)) throw noChat();
      const full: Wanted = { ...wanted, trust: choice.trust };
      const candidates: Candidate[] = [...choice.targets, options.extractive].map((target) => ({ target, fell: whyFell(target, full) }));
      return { targets: order(candidates, wanted, options), candidates, policyHash };
    },
    planEmbedding(wanted) {
      const choice = choices.get(wanted.wish.model);
      if (choice === undefined || hidden(wanted.wish.model, wanted.who, options)) throw unknownModel();
      return { ...planVectors(choice.targets, { ...wanted, trust: choice.trust }, options.fallback), policyHash };
    },
  };
}

/**
 * The first rule that applies. Conditions over signals are not evaluated yet, so a conditional rule that narrows trust always
 * applies and any other conditional rule never does: what a condition would have kept private stays private.
 */
function chooseRule(name: string, rules: readonly Rule[], targets: ReadonlyMap<string, Target>): Choice {
  const rule = rules.find((each) => each.when === undefined || each.trust === "private");
  if (rule === undefined) return { targets: [], trust: undefined };
  const chosen = rule.use.map((use) => {
    const target = targets.get(use);
    if (target === undefined) throw new TypeError(`route ${name} uses ${use}, which is no model`);
    return target;
  });
  return { targets: chosen, trust: rule.trust };
}

/** A model that the tenant or key may not use is the same as one that does not exist. */
function hidden(name: string, { tenant, key }: Wanted["who"], options: RouterOptions): boolean {
  if (!options.targets.has(name)) return false;
  return (tenant.models !== undefined && !tenant.models.includes(name)) || (key.models !== undefined && !key.models.includes(name));
}

/** Without fallback only the first model is tried. The extractive answer stays the last resort, and the room it needs is kept. */
function order(candidates: readonly Candidate[], wanted: Omit<Wanted, "trust">, options: RouterOptions): readonly Target[] {
  const eligible = candidates.filter((each) => each.fell === undefined).map((each) => each.target);
  if (eligible.length === 0) throw noTarget(candidates);
  const last = eligible.filter((target) => target.kind === "extractive");
  const models = eligible.filter((target) => target.kind !== "extractive");
  const most = options.fallback ? ATTEMPTS_MAX - last.length : 1;
  return [...models.slice(0, most), ...last];
}

/** The name is not repeated: people paste keys into the wrong field, and logs of clients keep errors. */
function unknownModel(): Fault {
  return new Fault("model_unknown", {
    param: "model",
    say: "The model does not exist, or this key may not use it. GET /v1/models lists those that it may use.",
  });
}

function noChat(): Fault {
  return new Fault("body_invalid", { param: "model", say: "model: this one makes embeddings only, at POST /v1/embeddings." });
}

function noTarget(candidates: readonly Candidate[]): Fault {
  const models = candidates.filter((each) => each.target.kind !== "extractive");
  if (models.length === 0)
    return new Fault("no_target", {
      say: "No model is configured for this call. Set ANTHROPIC_API_KEY, OPENAI_API_KEY or VLLM_BASE_URL, write weir.yaml, or ask with rag.enabled to be answered from documents.",
    });
  const reasons = [...new Set(models.map((each) => each.fell))];
  const say = `No model is eligible for this call: ${models.map((each) => `${each.target.model} (${each.fell})`).join(", ")}.`;
  if (reasons.length === 1 && reasons[0] === "context") return new Fault("context_too_long", { say, param: "messages" });
  if (reasons.every((reason) => reason?.startsWith("capability-"))) return new Fault("body_invalid", { say });
  return new Fault("no_target", { say });
}
