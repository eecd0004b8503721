import type { BudgetScope } from "../domain/event.ts";

/** A call that may run: it holds a place, tokens of its rates, and what it reserves of its budgets. */
export type Admitted = {
  /** A budget counts for this call. */
  readonly budgeted: boolean;
  readonly budgets: readonly BudgetScope[];
  /** Smallest share of them that is left, 0 to 1, as far as this process knows. */
  readonly budgetLeft?: number | undefined;
  /** Raises what is set aside to this much in all; throws `budget_spent` or `budget_reserved`. */
  reserve(microUsd: number): void | Promise<void>;
  /** Gives back place and rest. Called exactly once. */
  settle(used: { readonly microUsd: number; readonly tokens: number }): void;
};
