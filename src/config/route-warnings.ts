import type { Trust } from "../domain/target.ts";
import { readCondition } from "./condition/condition.ts";
import { didYouMean } from "./nearest.ts";
import type { CheckedRule, RouteTrouble, RulesToCheck } from "./route-check.ts";
import type { PathPart } from "./yaml-file.ts";

/** What is known of a model before it is asked. */
export type KnownModel = {
  readonly name: string;
  readonly provider: string;
  readonly trust: Trust;
  readonly region: string | undefined;
  /** Its price is known, here or in the price book, or it is private and free. */
  readonly priced: boolean;
  readonly chats: boolean;
};

/** What these rules may do, and probably should not. None of it keeps them from counting. */
export function listRouteWarnings(models: readonly KnownModel[], routes: RulesToCheck): RouteTrouble[] {
  return Object.entries(routes).flatMap(([route, rules]) => [
    ...rules.flatMap((rule, at) => (rule === undefined ? [] : listRuleWarnings(models, rule, ["routes", route, at]))),
    ...listUnreached(rules, ["routes", route]),
  ]);
}

function listUnreached(rules: readonly (CheckedRule | undefined)[], path: readonly PathPart[]): RouteTrouble[] {
  const first = rules.findIndex((rule) => rule !== undefined && rule.when === undefined);
  if (first < 0) return [];
  return rules.slice(first + 1).map((_, after) => ({
    path: [...path, first + 1 + after],
    message: `is never reached: rule ${String(first + 1)} of this route takes every call.`,
  }));
}

function listRuleWarnings(models: readonly KnownModel[], rule: CheckedRule, path: readonly PathPart[]): RouteTrouble[] {
  const { use, trust, strategy = "priority" } = rule;
  const used = use.flatMap((name, at) => {
    const model = models.find((each) => each.name === name);
    return model === undefined ? [] : [{ model, at }];
  });
  const found: RouteTrouble[] = used.flatMap(({ model, at }) =>
    warnModel(model, trust).map((message) => ({ path: [...path, "use", at], message })),
  );
  for (const name of Object.keys(rule.weights ?? {}))
    if (!use.includes(name))
      found.push({ path: [...path, "weights", name], message: `the rule does not use ${JSON.stringify(name)}.${didYouMean(name, use)}` });
  const idle = (name: "weights" | "sticky" | "gate", strategies: readonly string[]): void => {
    if (rule[name] !== undefined && !strategies.includes(strategy))
      found.push({ path: [...path, name], message: `does nothing without strategy: ${strategies.join(" or ")}.` });
  };
  idle("weights", ["weighted", "sticky"]);
  idle("sticky", ["sticky"]);
  idle("gate", ["cascade"]);
  if (strategy === "cascade" && used.length < 2)
    found.push({ path: [...path, "use"], message: "a cascade of one model has nobody to ask next: its answer is always given." });
  const outside = used.filter(({ model }) => model.trust === "external").map(({ model }) => model.name);
  if (takesPersonalData(rule) && outside.length > 0)
    found.push({
      path: [...path, "when"],
      message: `takes calls with personal data to ${outside.join(", ")}, outside this organisation. \`trust: private\` keeps them in; \`pii: mask\` sends pseudonyms.`,
    });
  return found;
}

function warnModel(model: KnownModel, trust: Trust | undefined): string[] {
  if (!model.chats) return ["makes embeddings or rankings and does not chat."];
  if (trust === "private" && model.trust === "external")
    return ["is external, and the rule keeps calls on private models: it never takes part."];
  return model.priced ? [] : ["has no known price, so calls that a budget counts for never go there."];
}

/** It asks for calls in which something was found, and says nothing of what is to become of that. */
function takesPersonalData({ when, trust, pii }: CheckedRule): boolean {
  if (when === undefined || trust === "private" || (pii !== undefined && pii !== "off" && pii !== "detect")) return false;
  const read = readCondition(when);
  const asks = read.ok && (read.asks.has("pii.found") || read.asks.has("pii.types"));
  return asks && !/!\s*\(?\s*(?:pii\.|"\w+"\s+in\s+pii\.)|pii\.found\s*==\s*false/.test(when);
}
