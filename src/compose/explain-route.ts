import { putTogether, type Stages } from "../chat/index.ts";
import { findRouteProblem, type ApprovedRoutes, type Config } from "../config/index.ts";
import type { RouteExplanation } from "../contract/route-explanation.ts";
import type { Call } from "../domain/chat.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Checked } from "../domain/guard.ts";
import { Fault } from "../kernel/fault.ts";
import type { RouteAsk } from "../http/index.ts";
import { sayFell } from "../record/index.ts";
import type { Reasoning, Router } from "../route/index.ts";

export type ExplainRouteDeps = {
  readonly config: Pick<Config, "models" | "routes">;
  /** The rules for content, without telling anybody what they refuse. */
  check(call: Call): Checked | Promise<Checked>;
  readonly ground: Stages["ground"];
  readonly router: Router;
  /** With these rules in place of the approved ones. */
  routerWith(routes: ApprovedRoutes): Router;
};

export type ExplainRoute = (ask: RouteAsk, who: TenantPrincipal) => Promise<RouteExplanation>;

/** The path of a chat up to its plan, with the reasoning written down. Budgets are taken to be as full as they can be. */
export function createExplainRoute({ config, check, ground, router, routerWith }: ExplainRouteDeps): ExplainRoute {
  const routerOf = (routes: RouteAsk["routes"]): Router => {
    if (routes === undefined) return router;
    const problem = findRouteProblem(config, routes);
    if (problem !== undefined) throw new Fault("body_invalid", problem);
    return routerWith(routes);
  };
  return async ({ requestId, atMs, chat, feature, routes }, who) => {
    const chosen = routerOf(routes);
    const about = { tenant: who.tenant.slug, model: chat.model };
    let checked: Checked;
    try {
      checked = await check({ requestId, who, chat, feature, startedAtMs: atMs });
    } catch (error) {
      return { ...about, rules: [], signals: {}, candidates: [], order: [], refusal: toRefusal(error) };
    }
    const budgeted = who.tenant.budgetMicroUsd !== undefined || who.key.budgetMicroUsd !== undefined;
    const reasoned = chosen.explain({
      ...putTogether(ground, { who }, checked, undefined),
      said: checked.chat,
      who,
      feature,
      budgeted,
      content: checked.standing,
      findingTypes: () => Object.keys(checked.guarded?.found ?? {}),
    });
    return { ...about, ...toExplanation(reasoned) };
  };
}

function toExplanation({ rules, took, signals, candidates, plan, fault }: Reasoning): Omit<RouteExplanation, "tenant" | "model"> {
  return {
    rules: rules.map(({ rule, outcome }) => ({
      rule: rule.at + 1,
      outcome,
      took: rule.at === took,
      use: rule.targets.map(({ model }) => model),
      ...(rule.when === undefined ? {} : { when: rule.when }),
      ...(rule.trust === undefined ? {} : { trust: rule.trust }),
      ...(rule.pii === undefined ? {} : { pii: rule.pii }),
      ...(rule.context === undefined ? {} : { context: rule.context }),
      ...(rule.order.strategy === undefined ? {} : { strategy: rule.order.strategy }),
    })),
    signals: signals ?? {},
    candidates: candidates.map(({ target: { model, provider, trust }, fell }) => ({
      model,
      provider,
      trust,
      ...(fell === undefined ? {} : { fell, why: sayFell(fell) }),
    })),
    order: plan?.targets.map(({ model }) => model) ?? [],
    ...(plan?.shortened === undefined ? {} : { trimmed: plan.shortened.trimmed }),
    ...(plan === undefined ? { refusal: toRefusal(fault) } : { chance: plan.chance ?? 1 }),
  };
}

function toRefusal(error: unknown): NonNullable<RouteExplanation["refusal"]> {
  const { code, status, message } = Fault.from(error);
  return { code, status, message };
}
