import { principalIdOf, type Principal } from "../domain/principal.ts";
import type { Changed, Decision, DecisionLog, Shown } from "../record/index.ts";

/** What the administration needs of the log of decisions. */
export type Decisions = Pick<DecisionLog, "change" | "digestText">;

/** Fields that hold what people wrote: a name may be a person's, a prompt is content. */
const TEXTS: ReadonlySet<string> = new Set(["name", "systemPrompt", "suspendedReason"]);

/** undefined and null are the same: not set. */
type Fields = Readonly<Record<string, Shown | undefined>>;

/** Each field that differs, before and after. */
export function diff(before: Fields, after: Fields, digestText: (text: string) => string): Changed {
  const show = (name: string, value: Shown | undefined): Shown =>
    typeof value === "string" && TEXTS.has(name) ? digestText(value) : (value ?? null);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names
      .map((name) => [name, { old: show(name, before[name]), new: show(name, after[name]) }] as const)
      .filter(([, { old, new: now }]) => JSON.stringify(old) !== JSON.stringify(now)),
  );
}

/** An entry for a change that was made. undefined: the server itself made it. */
export const changeBy = (
  who: Principal | undefined,
  action: string,
  rest: Pick<Decision, "resource" | "changed"> & { readonly category?: Decision["category"] },
): Decision => ({
  category: "configuration",
  action,
  outcome: "granted",
  actor: who === undefined ? "server" : principalIdOf(who),
  role: who?.role,
  ...rest,
});
