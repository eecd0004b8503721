import type { BudgetScope } from "../domain/event.ts";
import { Fault } from "../kernel/fault.ts";
import type { Account } from "./budget-account.ts";

/** What one call holds of its budgets. */
export type BudgetHold = {
  /** The budgets that count for the call; for its reservation and its event. */
  readonly budgets: readonly BudgetScope[];
  readonly microUsd: number;
  /** Of the budgets that count, the smallest share that is left; undefined: none counts, or nothing is known of any yet. */
  readonly leftShare: number | undefined;
  /**
   * Raises what is reserved to this much in all. Returns at once where the leases cover it; else a promise. Throws or rejects
   * `budget_spent`, `budget_reserved`, `store_unavailable`, `client_gone`; the hold is then as before.
   */
  raise(microUsd: number, signal?: AbortSignal): void | Promise<void>;
  /** Gives back what the call did not use. Exactly once; only the first time counts. */
  settle(usedMicroUsd: number): void;
};

/** Takes from its accounts one after the other, always in the same order, so that two calls never wait for each other. */
export class Hold implements BudgetHold {
  readonly budgets: readonly BudgetScope[];
  readonly #accounts: readonly Account[];
  readonly #isClosed: () => boolean;
  #microUsd = 0;
  #settled = false;

  constructor(accounts: readonly Account[], isClosed: () => boolean) {
    this.#accounts = accounts;
    this.#isClosed = isClosed;
    this.budgets = accounts.map((account) => account.month.scope);
    for (const account of accounts) account.open();
  }

  get microUsd(): number {
    return this.#microUsd;
  }

  get leftShare(): number | undefined {
    let least: number | undefined;
    for (const { leftShare } of this.#accounts) if (leftShare !== undefined) least = Math.min(least ?? 1, leftShare);
    return least;
  }

  raise(microUsd: number, signal?: AbortSignal): void | Promise<void> {
    const more = microUsd - this.#microUsd;
    if (more <= 0) return undefined;
    if (this.#settled) throw new TypeError("a settled hold is raised");
    if (this.#isClosed()) throw new Fault("draining", { retryAfterMs: 1_000 });
    let at = 0;
    try {
      while (at < this.#accounts.length && this.#accounts[at]?.take(more, this.#microUsd) === true) at++;
    } catch (error) {
      this.#putBack(at, more);
      throw error;
    }
    if (at < this.#accounts.length) return this.#raiseSlowly(more, at, signal);
    this.#microUsd = microUsd;
    return undefined;
  }

  settle(usedMicroUsd: number): void {
    if (this.#settled) return;
    this.#settled = true;
    for (const account of this.#accounts) account.settle(this.#microUsd, usedMicroUsd);
  }

  /** The account at `first` has said that it must be waited for. */
  async #raiseSlowly(more: number, first: number, signal: AbortSignal | undefined): Promise<void> {
    let at = first;
    try {
      for (const account of this.#accounts.slice(first)) {
        if (at === first || !account.take(more, this.#microUsd)) await account.wait(more, this.#microUsd, signal);
        at++;
      }
      if (signal?.aborted === true || this.#settled) throw new Fault("client_gone");
    } catch (error) {
      this.#putBack(at, more);
      throw error;
    }
    this.#microUsd += more;
  }

  #putBack(count: number, microUsd: number): void {
    for (const account of this.#accounts.slice(0, count)) account.putBack(microUsd);
  }
}
