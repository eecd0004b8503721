import { atLeast, stricter, type PiiMode, type Standing } from "../domain/guard-policy.ts";
import type { Signals } from "../domain/signals.ts";
import { Fault } from "../kernel/fault.ts";
import type { Claim } from "./eligible.ts";
import { always, applies, outcomeOf, type Outcome, type Rule } from "./rules.ts";

/** Where no rule takes a call there is nothing to choose from. */
const [NO_RULE] = always([]);

export type Chosen = {
  readonly rule: Rule;
  /** No rule took the call. */
  readonly none: boolean;
  /** Rules whose condition could not be told for this call. */
  readonly failed: readonly Rule[];
};

/** The first rule that applies; those after it are not asked. `signals` undefined: no rule has a condition. */
export function choose(rules: readonly Rule[], signals: Signals | undefined): Chosen {
  const failed: Rule[] = [];
  for (const rule of rules) {
    const outcome = outcomeOf(rule, signals);
    if (outcome === "failed") failed.push(rule);
    if (applies(rule, outcome)) return { rule, none: false, failed };
  }
  if (NO_RULE === undefined) throw new TypeError("a rule is missing");
  return { rule: NO_RULE, none: true, failed };
}

/** What every rule comes to for a call, also those that would not be asked. */
export function judgeAll(
  rules: readonly Rule[],
  signals: Signals | undefined,
): readonly { readonly rule: Rule; readonly outcome: Outcome }[] {
  return rules.map((rule) => ({ rule, outcome: outcomeOf(rule, signals) }));
}

/**
 * Why the call may go to own hardware only. Throws `personal_data_blocked` where it may go nowhere, and `guard_failed` where a rule asks about
 * personal data that nobody has looked for.
 */
export function whyKeptIn(content: Standing | undefined, rulePii: PiiMode | undefined): Claim["keptIn"] {
  if (content === undefined) return undefined;
  if (content.looked === false && rulePii !== undefined && atLeast(rulePii, "mask")) throw new Fault("guard_failed");
  const mode = content.personal ? stricter(content.mode, rulePii ?? "off") : "off";
  if (mode === "block") throw new Fault("personal_data_blocked");
  if (mode === "private-only") return "personal-data";
  const { unread } = content;
  return unread !== undefined && atLeast(stricter(unread, rulePii ?? "off"), "mask") ? "unreadable-content" : undefined;
}
