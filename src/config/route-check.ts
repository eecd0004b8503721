import { readCondition } from "./condition/condition.ts";
import { didYouMean } from "./nearest.ts";
import type { ApprovedRoutes } from "./approved-routes.ts";
import type { Config } from "./types.ts";
import { renderPath, type PathPart } from "./yaml-file.ts";

type Known = Pick<Config, "models" | "routes">;
export type CheckedRule = ApprovedRoutes[string][number];
/** Rules by route; undefined: one whose form is wrong already, so that nothing can be said of what it names. */
export type RulesToCheck = Readonly<Record<string, readonly (CheckedRule | undefined)[]>>;

/** One thing about rules: where, and what. */
export type RouteTrouble = {
  readonly path: readonly PathPart[];
  readonly message: string;
  /** UTF-16 offset within the text at `path`: of a condition. */
  readonly offset?: number | undefined;
};

const LAST_RESORT = "extractive";
const isModel = ({ models }: Known, name: string): boolean => models.some((model) => model.name === name);
const isUsable = (config: Known, name: string): boolean => name === LAST_RESORT || isModel(config, name);

/** What is wrong with a condition, and where in it. */
function findConditionProblem(when: string, known: readonly string[]): { readonly message: string; readonly at: number } | undefined {
  const read = readCondition(when);
  if (!read.ok) return read;
  const lost = read.models.find(({ name }) => !known.includes(name));
  return lost === undefined ? undefined : { at: lost.at, message: noModel(lost.name, known) };
}

const noModel = (name: string, known: readonly string[]): string =>
  `there is no model ${JSON.stringify(name)} on this server.${didYouMean(name, known)}`;

/** Everything for which these rules cannot count under this configuration. */
export function listRouteProblems(config: Known, routes: RulesToCheck): RouteTrouble[] {
  return Object.entries(routes).flatMap(([route, rules]) => {
    const path = ["routes", route];
    const own = isUsable(config, route) ? [{ path, message: "is the name of a model, too." }] : [];
    return [...own, ...rules.flatMap((rule, at) => (rule === undefined ? [] : listRuleProblems(config, rule, [...path, at])))];
  });
}

function listRuleProblems(config: Known, rule: CheckedRule, path: readonly PathPart[]): RouteTrouble[] {
  const { use, when, strategy, gate, shadow } = rule;
  const models = config.models.map(({ name }) => name);
  const found: RouteTrouble[] = [];
  const mustBeModel = (name: string, at: readonly PathPart[], known: readonly string[] = models): void => {
    if (!known.includes(name)) found.push({ path: [...path, ...at], message: sayNoModel(config, name, known) });
  };
  if (gate?.kind === "judge") mustBeModel(gate.model, ["gate", "model"]);
  if (shadow !== undefined) mustBeModel(shadow.model, ["shadow", "model"]);
  if (strategy === "cascade" && gate === undefined) found.push({ path: [...path, "gate"], message: "a cascade needs one." });
  for (const [at, name] of use.entries()) mustBeModel(name, ["use", at], [...models, LAST_RESORT]);
  const wrong = when === undefined ? undefined : findConditionProblem(when, [...models, LAST_RESORT]);
  if (wrong !== undefined) found.push({ path: [...path, "when"], message: wrong.message, offset: wrong.at });
  return found;
}

const sayNoModel = (config: Known, name: string, known: readonly string[]): string =>
  Object.hasOwn(config.routes, name) ? `${JSON.stringify(name)} is a route. A rule uses models.` : noModel(name, known);

/** Why these rules cannot count under this configuration, and where. undefined: they can. */
export function findRouteProblem(config: Known, routes: ApprovedRoutes): { readonly param: string; readonly say: string } | undefined {
  const [first] = listRouteProblems(config, routes);
  if (first === undefined) return undefined;
  const param = renderPath(first.path);
  const at = first.offset === undefined ? "" : `character ${String(first.offset + 1)}: `;
  return { param, say: `${param}: ${at}${first.message}` };
}
