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
