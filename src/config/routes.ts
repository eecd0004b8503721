import { isChat } from "../domain/target.ts";
import { readCondition } from "./condition/condition.ts";
import { checkCascade, checkModel } from "./cascade.ts";
import type { Models } from "./models.ts";
import { didYouMean } from "./nearest.ts";
import type { Providers } from "./providers.ts";
import { isUsable, whyUnknown, type Known } from "./rule-models.ts";
import type { FileRule } from "./schema.ts";
import type { Source } from "./source.ts";
import type { RuleConfig, RuleOrder } from "./types.ts";
import type { PathPart } from "./yaml-file.ts";

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
  if (!known.routes.includes("auto")) routes.unshift(["auto", defaultRules(models, providers, source.value.routingThreshold)]);
  return nameMap(routes);
}

/**
 * Private models first, then external ones, each in the order written; the router adds `extractive` where documents are asked for. With a
 * threshold it is so for that many calls of a tenant and day, and the other way round after them.
 */
function defaultRules(models: Models, providers: Providers, threshold: number | undefined): RuleConfig[] {
  const trustOf = new Map(providers.started.map((provider) => [provider.name, provider.trust]));
  const withTrust = (trust: string): string[] =>
    models.started.filter((model) => trustOf.get(model.provider) === trust && isChat(model.capabilities)).map((model) => model.name);
  const [own, others] = [withTrust("private"), withTrust("external")];
  const ownFirst = { use: [...own, ...others], trust: undefined };
  if (threshold === undefined) return [{ when: undefined, ...ownFirst }];
  return [
    { when: "requestsToday < routingThreshold", ...ownFirst },
    { when: undefined, use: [...others, ...own], trust: undefined },
  ];
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
  if (rule.when !== undefined) checkCondition(rule.when, [...path, "when"], source, known);
  if (rule.trust === "private") warnExternal(use, path, source, known);
  checkOrder(rule, path, source);
  checkCascade(rule, path, source, known);
  if (rule.shadow !== undefined) checkModel(rule.shadow.model, [...path, "shadow", "model"], source, known);
  return {
    ...orderOf(rule),
    when: rule.when,
    use: withoutExtractive(use, path, source),
    trust: rule.trust,
    ...(rule.pii === undefined ? {} : { pii: rule.pii }),
    ...(rule.shadow === undefined ? {} : { shadow: rule.shadow }),
    ...(rule.context === undefined ? {} : { context: rule.context }),
  };
}

/** What of a rule says how its targets are put in order; nothing where nothing is said. */
export function orderOf({ strategy, gate, weights, sticky, explore, warm }: RuleOrder): RuleOrder {
  return Object.fromEntries(Object.entries({ strategy, gate, weights, sticky, explore, warm }).filter(([, value]) => value !== undefined));
}

function checkCondition(when: string, path: readonly PathPart[], source: Source, known: Known): void {
  const { problems } = source.findings;
  const read = readCondition(when);
  if (!read.ok) return void problems.push({ place: source.placeOf(path, "value", read.at), message: read.message });
  for (const { name, at } of read.models) {
    const message = whyUnknown(name, source, known);
    if (message !== undefined) problems.push({ place: source.placeOf(path, "value", at), message });
  }
}

function checkOrder(rule: FileRule, path: readonly PathPart[], source: Source): void {
  for (const name of Object.keys(rule.weights ?? {})) {
    if (rule.use.includes(name)) continue;
    const message = `the rule does not use "${name}".${didYouMean(name, rule.use)}`;
    source.findings.problems.push({ place: source.placeOf([...path, "weights", name], "key"), message });
  }
  const idle = (name: "weights" | "sticky", strategies: readonly string[]): void => {
    if (rule[name] === undefined || strategies.includes(rule.strategy ?? "priority")) return;
    const message = `does nothing without strategy: ${strategies.join(" or ")}.`;
    source.findings.warnings.push({ place: source.placeOf([...path, name], "key"), message });
  };
  idle("weights", ["weighted", "sticky"]);
  idle("sticky", ["sticky"]);
}

function warnUnreached(rules: readonly RuleConfig[], path: readonly PathPart[], source: Source): void {
  const first = rules.findIndex(({ when }) => when === undefined);
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

function warnExternal(use: readonly string[], path: readonly PathPart[], source: Source, known: Known): void {
  const external = use.filter((name) => {
    const provider = known.models.started.find((model) => model.name === name)?.provider;
    return known.providers.started.find((candidate) => candidate.name === provider)?.trust === "external";
  });
  if (external.length === 0) return;
  const message = `the rule narrows trust to private, so ${external.join(", ")} never ${external.length === 1 ? "takes" : "take"} part.`;
  source.findings.warnings.push({ place: source.placeOf([...path, "use"]), message });
}
