import type { BudgetScope } from "../domain/event.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { monthOf, nextMonthMs, type Clock } from "../kernel/clock.ts";
import type { KeyId, TenantId } from "../kernel/ids.ts";
import type { BudgetName } from "../store/budgets.ts";
import { Account, type BudgetTimes, type LeaseSource } from "./budget-account.ts";
import { Hold, type BudgetHold } from "./budget-hold.ts";
import { createRepeat, type After } from "./timer.ts";

export type Budgets = {
  /** Finds the budgets of a call, by the month that it started in. Reserves nothing yet. */
  open(who: TenantPrincipal, startedAtMs: number): BudgetHold;
  start(): void;
  /** The platform's limit from now on; undefined: none. */
  setPlatformLimit(microUsd: number | undefined): void;
  /** Gives back what lies idle or others were refused for. Runs by itself after `start`. */
  sweep(): Promise<void>;
  /**
   * No more reservations; who waits is refused. Resolves when the database is no longer being asked for anything: after that, and
   * after the last event was shipped, the leases can be released.
   */
  close(): Promise<void>;
  readonly accounts: number;
};

export type BudgetDeps = {
  readonly source: LeaseSource & {
    /** Of this process's leases, those that another process was refused for. */
    listWanted(): Promise<readonly BudgetName[]>;
  };
  readonly clock: Clock;
  readonly after: After;
};

export type BudgetOptions = {
  /** Of the whole platform, a month. */
  readonly platformLimitMicroUsd: number | undefined;
  readonly waitMs?: number;
  readonly waitersMax?: number;
};

/** Half a second of a refused process's patience: it waits two seconds in all. */
export const SWEEP_EVERY_MS = 500;
/** Most calls settle within this; longer, and the caller is better told to come back. */
export const BUDGET_WAIT_MS = 2_000;
/** Calls that wait for one budget: each holds a connection and a parsed body. */
export const BUDGET_WAITERS_MAX = 1_000;

const NOTHING: BudgetHold = { budgets: [], microUsd: 0, leftShare: undefined, raise: () => undefined, settle: () => undefined };

export function createBudgets(deps: BudgetDeps, options: BudgetOptions): Budgets {
  const { source } = deps;
  const { waitMs = BUDGET_WAIT_MS, waitersMax = BUDGET_WAITERS_MAX } = options;
  let { platformLimitMicroUsd } = options;
  const book = createAccountBook(deps, { waitMs, waitersMax });
  let closed = false;

  /** Narrowest first: a key without money must not hold up what its tenant has. */
  const accountsOf = (who: TenantPrincipal, startedAtMs: number): readonly Account[] => {
    const { key, tenant } = who;
    const accounts: Account[] = [];
    if (key.budgetMicroUsd !== undefined) accounts.push(book.find("key", [tenant.id, key.id], key.budgetMicroUsd, startedAtMs));
    if (tenant.budgetMicroUsd !== undefined) accounts.push(book.find("tenant", [tenant.id, undefined], tenant.budgetMicroUsd, startedAtMs));
    if (platformLimitMicroUsd !== undefined)
      accounts.push(book.find("platform", [undefined, undefined], platformLimitMicroUsd, startedAtMs));
    return accounts;
  };

  const sweep = async (): Promise<void> => {
    book.sweep();
    if (!book.holdsAny()) return;
    for (const name of await source.listWanted()) book.named(name)?.yieldUp();
  };
  const repeat = createRepeat(deps.after, SWEEP_EVERY_MS, sweep);

  return {
    open(who, startedAtMs) {
      const accounts = accountsOf(who, startedAtMs);
      if (accounts.length === 0) return NOTHING;
      return new Hold(accounts, () => closed);
    },
    start: () => repeat.start(),
    setPlatformLimit(microUsd) {
      platformLimitMicroUsd = microUsd;
    },
    sweep,
    async close() {
      closed = true;
      repeat.stop();
      await Promise.all([...book.all()].map((account) => account.close()));
    },
    get accounts() {
      return book.size;
    },
  };
}

type Owner = readonly [TenantId | undefined, KeyId | undefined];

/** The accounts of this process: one per budget and month, made when first needed, forgotten when long unused. */
function createAccountBook(deps: BudgetDeps, times: BudgetTimes) {
  /** Of the newest month, by the id that owns the budget. */
  const current = new Map<string, Account>();
  /** Of months gone by, by id and month: their calls still settle. */
  const past = new Map<string, Account>();

  const create = (scope: BudgetScope, [tenantId, keyId]: Owner, limit: number, atMs: number): Account => {
    const period = monthOf(atMs);
    const endMs = nextMonthMs(atMs);
    const startMs = Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)) - 1, 1);
    return new Account({ ...deps, times }, { name: { tenantId, keyId, period }, scope, startMs, endMs }, limit);
  };

  const inAnotherMonth = (scope: BudgetScope, owner: Owner, limit: number, atMs: number): Account => {
    const id = idOf(owner);
    const old = current.get(id);
    if (old === undefined || atMs >= old.month.endMs) {
      if (old !== undefined) past.set(`${id} ${old.month.name.period}`, old);
      const made = create(scope, owner, limit, atMs);
      current.set(id, made);
      return made;
    }
    const pastId = `${id} ${monthOf(atMs)}`;
    const found = past.get(pastId) ?? create(scope, owner, limit, atMs);
    past.set(pastId, found);
    return found;
  };

  return {
    find(scope: BudgetScope, owner: Owner, limit: number, atMs: number): Account {
      let account = current.get(idOf(owner));
      if (account === undefined || atMs >= account.month.endMs || atMs < account.month.startMs)
        account = inAnotherMonth(scope, owner, limit, atMs);
      account.setLimit(limit);
      return account;
    },
    named(name: BudgetName): Account | undefined {
      const id = idOf([name.tenantId, name.keyId]);
      const account = current.get(id);
      return account?.month.name.period === name.period ? account : past.get(`${id} ${name.period}`);
    },
    sweep(): void {
      for (const accounts of [current, past]) for (const [id, account] of accounts) if (account.sweep()) accounts.delete(id);
    },
    holdsAny(): boolean {
      for (const account of this.all()) if (account.freeMicroUsd > 0) return true;
      return false;
    },
    *all(): Iterable<Account> {
      yield* current.values();
      yield* past.values();
    },
    get size() {
      return current.size + past.size;
    },
  };
}

const idOf = ([tenantId, keyId]: Owner): string => keyId ?? tenantId ?? "platform";
