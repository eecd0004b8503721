import { NO_PII_FOUND, PII_FOUND } from "../domain/guard-policy.ts";
import type { Models } from "./models.ts";
import { didYouMean } from "./nearest.ts";
import type { Providers } from "./providers.ts";
import type { FileRule } from "./schema.ts";
import type { Source } from "./source.ts";
import type { RuleConfig } from "./types.ts";
import type { PathPart } from "./yaml-file.ts";

type Known = { readonly models: Models; readonly providers: Providers; readonly routes: readonly string[] };

/** No prototype: callers' names are looked up here, and `constructor` is not a route. */
export function nameMap<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const map: Record<string, T> = Object.fromEntries(entries);
  Object.setPrototypeOf(map, null);
  return map;
}

export function readRoutes(source: Source, models: Models, providers: Providers): Readonly<Record<string, readonly RuleConfig[]>> {
  const known: Known = { models, providers, routes: Object.keys(source.value.routes) };
  const routes = Object.entries(source.value.routes).map(([name, rules]): [string, RuleConfig[]] => {
    checkName(name, source);
    const read = rules.map((rule, at) => readRule(rule, ["routes", name, at], source, known));
    warnUnreached(read, ["routes", name], source);
    return [name, read];
  });
  if (!known.routes.includes("auto")) routes.unshift(["auto", [defaultRule(models, providers)]]);
  return nameMap(routes);
}

/** Private models first, then external ones, each in the order written; the router adds `extractive` where documents are asked for. */
function defaultRule(models: Models, providers: Providers): RuleConfig {
  const trustOf = new Map(providers.started.map((provider) => [provider.name, provider.trust]));
  const withTrust = (trust: string): string[] =>
    models.started
      .filter((model) => trustOf.get(model.provider) === trust && model.capabilities.embeddings !== true)
      .map((model) => model.name);
  return { when: undefined, use: [...withTrust("private"), ...withTrust("external")], trust: undefined };
}

function checkName(name: string, source: Source): void {
  const message =
    name === "extractive"
      ? "is a reserved name: the model extractive always exists."
      : `is the name of a model, too: callers could not tell which is meant.`;
  if (name === "extractive" || Object.hasOwn(source.value.models, name))
    source.findings.problems.push({ place: source.placeOf(["routes", name], "key"), message });
}

function readRule(rule: FileRule, path: readonly PathPart[], source: Source, known: Known): RuleConfig {
  const use = [...new Set(rule.use.filter((name, at) => isUsable(name, [...path, "use", at], source, known)))];
  if (rule.when !== undefined && !isEvaluated(rule.when)) {
    const message = appliesAlways(rule)
      ? "this condition is not evaluated by this version. Because the rule narrows trust to private, it applies to every call of the route."
      : "this condition is not evaluated by this version. The rule is skipped.";
    source.findings.warnings.push({ place: source.placeOf([...path, "when"]), message });
  }
  if (rule.trust === "private") warnExternal(use, path, source, known);
  return {
    when: rule.when,
    use: withoutExtractive(use, path, source),
    trust: rule.trust,
    ...(rule.pii === undefined ? {} : { pii: rule.pii }),
  };
}

const isEvaluated = (when: string): boolean => when === PII_FOUND || when === NO_PII_FOUND;

/** While a condition is not evaluated, what it would have kept private stays private, and any other such rule never applies. */
const appliesAlways = ({ when, trust }: Pick<FileRule, "when" | "trust">): boolean =>
  when === undefined || (trust === "private" && !isEvaluated(when));

function warnUnreached(rules: readonly RuleConfig[], path: readonly PathPart[], source: Source): void {
  const first = rules.findIndex(appliesAlways);
  if (first < 0 || first === rules.length - 1) return;
  const place = source.placeOf([...path, first + 1]);
  source.findings.warnings.push({ place, message: "this rule and any after it are not reached: the one before it always applies." });
}

/** The router adds `extractive` last by itself, so a place in the list means nothing. */
function withoutExtractive(use: readonly string[], path: readonly PathPart[], source: Source): string[] {
  const at = use.indexOf("extractive");
  if (at >= 0 && at < use.length - 1) {
    source.findings.warnings.push({
      place: source.placeOf([...path, "use"]),
      message: "extractive is always the last resort, wherever it stands.",
    });
  }
  return use.filter((name) => name !== "extractive");
}

function isUsable(name: string, path: readonly PathPart[], source: Source, known: Known): boolean {
  if (name === "extractive" || known.models.started.some((model) => model.name === name)) return true;
  const { problems } = source.findings;
  const place = source.placeOf(path);
  // A model that is configured but wrong has been named already.
  if (Object.hasOwn(source.value.models, name)) return false;
  if (name === "auto" || known.routes.includes(name)) {
    problems.push({ place, message: `"${name}" is a route. A rule uses models.` });
    return false;
  }
  const models = [...new Set([...Object.keys(source.value.models), ...known.models.started.map((model) => model.name), "extractive"])];
  problems.push({ place, message: `there is no model "${name}".${didYouMean(name, models) || ` Known: ${models.join(", ")}.`}` });
  return false;
}

function warnExternal(use: readonly string[], path: readonly PathPart[], source: Source, known: Known): void {
  const external = use.filter((name) => {
    const provider = known.models.started.find((model) => model.name === name)?.provider;
    return known.providers.started.find((candidate) => candidate.name === provider)?.trust === "external";
  });
  if (external.length === 0) return;
  const message = `the rule narrows trust to private, so ${external.join(", ")} never ${external.length === 1 ? "takes" : "take"} part.`;
  source.findings.warnings.push({ place: source.placeOf([...path, "use"]), message });
}
