import { readCondition } from "./condition/condition.ts";
import { nameMap, orderOf } from "./routes.ts";
import type { Config, RuleConfig, RuleOrder } from "./types.ts";

/** Rules that two persons took into production, by route. */
export type ApprovedRoutes = Readonly<
  Record<
    string,
    readonly (RuleOrder & {
      readonly when?: string | undefined;
      readonly use: readonly string[];
      readonly trust?: RuleConfig["trust"];
      readonly pii?: RuleConfig["pii"];
      readonly shadow?: RuleConfig["shadow"];
      readonly context?: RuleConfig["context"];
    })[]
  >
>;
type Known = Pick<Config, "models" | "routes">;

const LAST_RESORT = "extractive";
const isModel = ({ models }: Known, name: string): boolean => models.some((model) => model.name === name);

/** What is wrong with a condition, and where in it. */
export function findConditionProblem(
  when: string,
  isKnown: (model: string) => boolean,
): { readonly message: string; readonly at: number } | undefined {
  const read = readCondition(when);
  if (!read.ok) return read;
  const lost = read.models.find(({ name }) => !isKnown(name));
  return lost === undefined ? undefined : { at: lost.at, message: "there is no model of this name." };
}

/** Why these rules cannot count under this configuration, and where. undefined: they can. */
export function findRouteProblem(config: Known, approved: ApprovedRoutes): { readonly param: string; readonly say: string } | undefined {
  for (const [route, rules] of Object.entries(approved)) {
    const param = `routes.${route}`;
    if (route === LAST_RESORT || isModel(config, route)) return { param, say: `${param}: is the name of a model, too.` };
    for (const [at, rule] of rules.entries()) {
      const { use, when, strategy, gate } = rule;
      const beside = gate?.kind === "judge" ? gate.model : undefined;
      if (beside !== undefined && !isModel(config, beside))
        return { param: `${param}[${at}].gate.model`, say: `${param}[${at}].gate.model: there is no model of this name on this server.` };
      if (rule.shadow !== undefined && !isModel(config, rule.shadow.model))
        return {
          param: `${param}[${at}].shadow.model`,
          say: `${param}[${at}].shadow.model: there is no model of this name on this server.`,
        };
      if (strategy === "cascade" && gate === undefined)
        return { param: `${param}[${at}].gate`, say: `${param}[${at}].gate: a cascade needs one.` };
      const unknown = use.find((name) => name !== LAST_RESORT && !isModel(config, name));
      if (unknown !== undefined)
        return { param: `${param}[${at}].use`, say: `${param}[${at}].use: there is no model of this name on this server.` };
      const wrong = when === undefined ? undefined : findConditionProblem(when, (name) => name === LAST_RESORT || isModel(config, name));
      if (wrong !== undefined)
        return {
          param: `${param}[${at}].when`,
          say: `${param}[${at}].when: character ${String(wrong.at + 1)}: ${wrong.message}`,
        };
    }
  }
  return undefined;
}

/**
 * The configuration with these rules before those of weir.yaml, route by route. What weir.yaml has meanwhile lost is left out; a rule
 * that is left without a model still applies, to nothing: what it kept private does not fall to the next rule.
 */
export function withApprovedRoutes<C extends Known>(config: C, approved: ApprovedRoutes): C {
  const before = Object.entries(approved)
    .filter(([route]) => route !== LAST_RESORT && !isModel(config, route))
    .map(([route, rules]): [string, RuleConfig[]] => [route, rules.map((rule) => toRule(config, rule))]);
  if (before.length === 0) return config;
  const own = new Map(Object.entries(config.routes));
  for (const [route, rules] of before) own.set(route, [...rules, ...(own.get(route) ?? [])]);
  return { ...config, routes: nameMap(own) };
}

const toRule = (config: Known, { when, use, trust, pii, context, shadow, ...order }: ApprovedRoutes[string][number]): RuleConfig => ({
  ...orderOf(order),
  when,
  use: [...new Set(use)].filter((name) => isModel(config, name)),
  trust,
  ...(pii === undefined ? {} : { pii }),
  ...(shadow === undefined ? {} : { shadow }),
  ...(context === undefined ? {} : { context }),
});
