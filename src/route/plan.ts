import { atLeast, NO_PII_FOUND, PII_FOUND, stricter, type PiiMode, type Standing } from "../domain/guard-policy.ts";
import type { Candidate, Plan, Target, Trust } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { whyFell, type Claim, type Wanted, type WantedVectors } from "./eligible.ts";
import { planVectors } from "./plan-vectors.ts";

export type Rule = {
  readonly when: string | undefined;
  readonly use: readonly string[];
  readonly trust: Trust | undefined;
  /** At least this for personal data in calls that the rule takes. */
  readonly pii?: PiiMode | undefined;
};

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
  plan(wanted: Asking<Wanted>): Plan;
  /** The same for embeddings. */
  planEmbedding(wanted: Asking<WantedVectors>): Plan;
  /** Names that a caller may put into `model`. */
  readonly names: readonly string[];
};

/** A call before a rule was chosen for it; `content` absent: nothing was looked for. */
type Asking<Full> = Omit<Full, "trust" | "keptIn"> & { readonly content?: Standing | undefined };

type Choice = { readonly targets: readonly Target[]; readonly trust: Trust | undefined; readonly pii?: PiiMode | undefined };
/** One rule of a route with its targets, or a model by its name. */
type Rules = readonly (Choice & { readonly when: string | undefined })[];
const always = (targets: readonly Target[]): Rules => [{ when: undefined, targets, trust: undefined }];
const NO_CHOICE: Choice = { targets: [], trust: undefined };

/** Eligibility first, failing closed; order second. */
export function createRouter(options: RouterOptions): Router {
  const policyHash = sha256Hex(
    JSON.stringify([options.routes, options.fallback, [...options.targets.values()].map((target) => ({ ...target, timeouts: undefined }))]),
  ).slice(0, 16);
  const choices = new Map<string, Rules>();
  for (const target of options.targets.values()) choices.set(target.model, always([target]));
  for (const [name, rules] of Object.entries(options.routes)) choices.set(name, toRules(name, rules, options.targets));
  choices.set(options.extractive.model, always([]));

  const choose = (name: string, { who, content }: Pick<Asking<Wanted>, "who" | "content">) => {
    const rules = choices.get(name);
    if (rules === undefined || hidden(name, who, options)) throw unknownModel();
    const choice = rules.find((rule) => applies(rule, content)) ?? NO_CHOICE;
    return { choice, keptIn: whyKeptIn(content, choice.pii) };
  };

  return {
    names: [...choices.keys()],
    plan(wanted) {
      const { choice, keptIn } = choose(wanted.chat.model, wanted);
      if (choice.targets.length > 0 && choice.targets.every((target) => target.capabilities.embeddings === true)) throw noChat();
      const full: Wanted = { ...wanted, trust: choice.trust, keptIn };
      const candidates: Candidate[] = [...choice.targets, options.extractive].map((target) => ({ target, fell: whyFell(target, full) }));
      return { targets: order(candidates, wanted, options), candidates, policyHash, pii: choice.pii };
    },
    planEmbedding(wanted) {
      const { choice, keptIn } = choose(wanted.wish.model, wanted);
      return { ...planVectors(choice.targets, { ...wanted, trust: choice.trust, keptIn }, options.fallback), policyHash, pii: choice.pii };
    },
  };
}

/**
 * Whether a rule takes the call. Of conditions only those on personal data are evaluated yet: another conditional rule that narrows trust
 * always applies, and any other never does, so what a condition would have kept private stays private.
 */
function applies({ when, trust }: Pick<Rule, "when" | "trust">, content: Standing | undefined): boolean {
  if (when === undefined) return true;
  if (content !== undefined && when === PII_FOUND) return content.personal;
  if (content !== undefined && when === NO_PII_FOUND) return !content.personal;
  return trust === "private";
}

/** Why the call may go to own hardware only. Throws `personal_data_blocked` where it may go nowhere. */
function whyKeptIn(content: Standing | undefined, rulePii: PiiMode | undefined): Claim["keptIn"] {
  if (content === undefined) return undefined;
  const mode = content.personal ? stricter(content.mode, rulePii ?? "off") : "off";
  if (mode === "block") throw new Fault("personal_data_blocked");
  if (mode === "private-only") return "personal-data";
  const { unread } = content;
  return unread !== undefined && atLeast(stricter(unread, rulePii ?? "off"), "mask") ? "unreadable-content" : undefined;
}

function toRules(name: string, rules: readonly Rule[], targets: ReadonlyMap<string, Target>): Rules {
  return rules.map(({ when, use, trust, pii }) => ({ when, trust, pii, targets: use.map((model) => getTarget(name, model, targets)) }));
}

function getTarget(route: string, model: string, targets: ReadonlyMap<string, Target>): Target {
  const target = targets.get(model);
  if (target === undefined) throw new TypeError(`route ${route} uses ${model}, which is no model`);
  return target;
}

/** A model that the tenant or key may not use is the same as one that does not exist. */
function hidden(name: string, { tenant, key }: Wanted["who"], options: RouterOptions): boolean {
  if (!options.targets.has(name)) return false;
  return (tenant.models !== undefined && !tenant.models.includes(name)) || (key.models !== undefined && !key.models.includes(name));
}

/** Without fallback only the first model is tried. The extractive answer stays the last resort, and the room it needs is kept. */
function order(candidates: readonly Candidate[], wanted: Asking<Wanted>, options: RouterOptions): readonly Target[] {
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

const KEPT_IN =
  "The request holds personal data, which the policy keeps on private models, and no private model is eligible for this call.";

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
  if (reasons.includes("personal-data")) return new Fault("personal_data_blocked", { say: KEPT_IN });
  const say = `No model is eligible for this call: ${models.map((each) => `${each.target.model} (${each.fell})`).join(", ")}.`;
  if (reasons.length === 1 && reasons[0] === "context") return new Fault("context_too_long", { say, param: "messages" });
  if (reasons.every((reason) => reason?.startsWith("capability-"))) return new Fault("body_invalid", { say });
  return new Fault("no_target", { say });
}
