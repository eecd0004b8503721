import type { Budgets } from "../admit/index.ts";
import type { CallHead } from "../domain/chat.ts";

/** What a call that is made for another one may spend: of the caller's budgets. Its place and its rates are those of the call that it is made for. */
export function admitBeside(
  budgets: Pick<Budgets, "open">,
  { who, startedAtMs }: Pick<CallHead, "who" | "startedAtMs">,
  signal: AbortSignal,
) {
  const hold = budgets.open(who, startedAtMs);
  return {
    budgeted: hold.budgets.length > 0,
    budgets: hold.budgets,
    reserve: (microUsd: number) => hold.raise(microUsd, signal),
    settle: ({ microUsd }: { readonly microUsd: number }) => hold.settle(microUsd),
  };
}
