import type { BudgetScope } from "../domain/event.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { BudgetName, LeaseAsk, LeaseGrant } from "../store/budgets.ts";
import { createSlice, type Slice } from "./budget-slice.ts";
import type { After } from "./timer.ts";
import { createWaitLine, type WaitLine } from "./wait-line.ts";

/** Where leases come from. Both reject where the database does not answer. */
export type LeaseSource = {
  lease(ask: LeaseAsk): Promise<LeaseGrant>;
  giveBack(budget: BudgetName, microUsd: number): Promise<void>;
};

export type BudgetTimes = {
  /** Longest wait for calls under way to settle. */
  readonly waitMs: number;
  /** Calls that wait for one budget in one process. */
  readonly waitersMax: number;
};

/** One budget in the month that it is for; both ends in epoch milliseconds. */
export type BudgetMonth = { readonly name: BudgetName; readonly scope: BudgetScope; readonly startMs: number; readonly endMs: number };

export type AccountDeps = { readonly source: LeaseSource; readonly clock: Clock; readonly after: After; readonly times: BudgetTimes };

/** Refused by the database: asked again no sooner. Doubled up to the second number. */
const RETRY_MS = 50;
const RETRY_MS_MAX = 250;
/** A spent budget is hammered: what was too much stays too much until the limit or the month changes, and is looked up so often. */
const REFUSAL_MS = 5_000;
const STORE_DOWN_MS = 250;
/** An unused lease is kept so long, so that rare calls need no database. */
export const IDLE_MS = 60_000;
/** What is held beyond so many slices while nobody waits is given back. */
const HOARD_SLICES = 4;
const RETRY_AFTER_MS = 1_000;

/** `heldMicroUsd` is what the same call has reserved already: it will not come back while the call waits for more. */
type Wanted = { readonly microUsd: number; readonly heldMicroUsd: number };
/** Calls that want so much or more in all are refused without asking. */
type Refusal = { readonly fault: Fault; readonly fromMicroUsd: number; readonly untilMs: number };

/**
 * What this process holds of one budget. In the database's view that is free + reserved + what settled calls cost whose events are not
 * shipped yet; the database never grants more than the limit, so whatever fits in here cannot overspend.
 */
export class Account {
  readonly month: BudgetMonth;
  #free = 0;
  #reserved = 0;
  /** Calls that count on it and have not settled. */
  #calls = 0;
  #limit: number;
  /** Not leased to anybody, when the database was last asked. */
  #leftMicroUsd: number | undefined;
  /** Little is left, or others want it: nothing is kept that no call needs. */
  #tight = false;
  /** The database is being asked; one thing at a time, so that what it answers is about what is known here. */
  #asking = false;
  #question: Promise<void> | undefined;
  #closed = false;
  #askedAtMs = 0;
  #usedAtMs: number;
  #refusal: Refusal | undefined;
  #retryMs = RETRY_MS;
  #retryOff: (() => void) | undefined;
  readonly #slice: Slice;
  readonly #line: WaitLine<Wanted>;
  readonly #deps: AccountDeps;

  constructor(deps: AccountDeps, month: BudgetMonth, limitMicroUsd: number) {
    const { clock, times } = deps;
    this.#deps = deps;
    this.month = month;
    this.#limit = limitMicroUsd;
    this.#usedAtMs = clock.monotonicMs();
    this.#slice = createSlice(clock);
    const expired = (): Fault => (this.#isStoreSlow() ? new Fault("store_unavailable") : reservedFault());
    this.#line = createWaitLine(deps, { lengthMax: times.waitersMax, waitMs: times.waitMs, full: reservedFault, expired });
  }

  get freeMicroUsd(): number {
    return this.#free;
  }
  get reservedMicroUsd(): number {
    return this.#reserved;
  }

  /** Share of the budget that is left, 0 to 1, without what other processes hold; undefined before the first lease. */
  get leftShare(): number | undefined {
    if (this.#limit <= 0) return 0;
    if (this.#leftMicroUsd === undefined) return undefined;
    return Math.min(1, Math.max(0, (this.#leftMicroUsd + this.#free + this.#reserved) / this.#limit));
  }

  setLimit(limitMicroUsd: number): void {
    if (limitMicroUsd === this.#limit) return;
    // What was leased under the old limit may be more than a lower one leaves.
    if (limitMicroUsd < this.#limit) this.#tight = true;
    this.#limit = limitMicroUsd;
    this.#refusal = undefined;
    this.#pump();
  }

  /** A call counts on this account until it settles; until then the account is not forgotten. */
  open(): void {
    this.#calls++;
  }

  /**
   * Adds to what a call has reserved. true: done. false: `wait` for it. Throws where it is known that it would be refused.
   */
  take(microUsd: number, heldMicroUsd: number): boolean {
    if (microUsd <= 0) return true;
    if (this.#line.length > 0) return false;
    const refusal = this.#refusalNow();
    if (microUsd <= this.#free) {
      this.#reserve(microUsd);
      if (this.#free * 2 < this.#slice.microUsd && !this.#asking && !this.#tight && !this.#closed && refusal === undefined)
        this.#run(() => this.#askForMore());
      return true;
    }
    if (refusal !== undefined && microUsd + heldMicroUsd >= refusal.fromMicroUsd) throw refusal.fault;
    return false;
  }

  /** Reserves when the lease or a settlement allows; rejects `budget_spent`, `budget_reserved`, `store_unavailable`, `client_gone`. */
  wait(microUsd: number, heldMicroUsd: number, signal: AbortSignal | undefined): Promise<void> {
    // The pause between two questions is for those who wait: the first in a new line asks at once.
    if (this.#line.length === 0) this.#stopRetry();
    const joined = this.#line.join({ microUsd, heldMicroUsd }, signal);
    this.#pump();
    return joined;
  }

  /** A reservation that is not wanted after all. */
  putBack(microUsd: number): void {
    this.#release(microUsd, 0);
  }

  /** The call is over: what was reserved comes back, less what was used. */
  settle(reservedMicroUsd: number, usedMicroUsd: number): void {
    this.#calls--;
    this.#release(reservedMicroUsd, usedMicroUsd);
  }

  /** Another process was refused: what no call needs goes back, until the next grant says that there is enough. */
  yieldUp(): void {
    this.#tight = true;
    if (this.#line.length === 0) this.#pump();
  }

  /** Gives back what was not used for long. true: nothing is left to remember. */
  sweep(): boolean {
    if (this.#line.length > 0 || this.#asking || this.#closed) return false;
    const { clock } = this.#deps;
    const over = clock.nowMs() >= this.month.endMs;
    const idle = over || clock.monotonicMs() - this.#usedAtMs > IDLE_MS;
    const slice = this.#slice.microUsd;
    if (this.#free > 0 && idle) this.#run(() => this.#returnFree(0));
    else if (this.#free > HOARD_SLICES * slice) this.#run(() => this.#returnFree(2 * slice));
    // Less than nothing is a debt to the budget: forgotten, it would be lent again.
    return idle && this.#calls === 0 && this.#reserved === 0 && !this.#asking && (this.#free === 0 || over);
  }

  /** Asks for nothing from now on; resolves when the last question is answered. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopRetry();
    this.#line.refuse(new Fault("draining", { retryAfterMs: RETRY_AFTER_MS }));
    await this.#question;
  }

  #reserve(microUsd: number): void {
    this.#free -= microUsd;
    this.#reserved += microUsd;
    this.#usedAtMs = this.#deps.clock.monotonicMs();
  }

  #release(reservedMicroUsd: number, usedMicroUsd: number): void {
    this.#reserved -= reservedMicroUsd;
    this.#free += reservedMicroUsd - usedMicroUsd;
    if (this.#tight || this.#line.length > 0) this.#pump();
  }

  #refusalNow(): Refusal | undefined {
    const refusal = this.#refusal;
    return refusal !== undefined && this.#deps.clock.monotonicMs() < refusal.untilMs ? refusal : undefined;
  }

  #isStoreSlow(): boolean {
    return this.#asking && this.#deps.clock.monotonicMs() - this.#askedAtMs >= this.#deps.times.waitMs / 2;
  }

  /** Serves who can be served, then sees whether the database has to be asked for more, or given something back. */
  #pump(): void {
    for (let head = this.#line.peek(); head !== undefined && head.microUsd <= this.#free; head = this.#line.peek()) {
      this.#reserve(head.microUsd);
      this.#line.serve();
    }
    if (this.#asking || this.#closed) return;
    if (this.#line.length > 0) {
      if (this.#retryOff === undefined) this.#run(() => this.#askForMore());
    } else if (this.#tight && this.#free > 0) this.#run(() => this.#returnFree(0));
  }

  #run(work: () => Promise<void>): void {
    this.#asking = true;
    this.#askedAtMs = this.#deps.clock.monotonicMs();
    this.#question = work().finally(() => {
      this.#asking = false;
      this.#pump();
    });
  }

  async #askForMore(): Promise<void> {
    const head = this.#line.peek();
    this.#slice.adapt(head?.microUsd ?? 0, this.#limit, this.#tight);
    let waitedFor = 0;
    for (const wanted of this.#line.asks()) waitedFor += wanted.microUsd;
    let grant: LeaseGrant;
    try {
      grant = await this.#deps.source.lease({
        budget: this.month.name,
        limitMicroUsd: this.#limit,
        leastMicroUsd: head === undefined ? 1 : head.microUsd - this.#free,
        wantMicroUsd: Math.max(0, waitedFor - this.#free),
        extraMicroUsd: this.#tight ? 0 : this.#slice.microUsd,
      });
    } catch (error) {
      // Waved through is what a call never is: without the database there is nothing left to spend.
      const fault = error instanceof Fault ? error : new Fault("store_unavailable", {}, { cause: error });
      this.#remember(fault, 0, STORE_DOWN_MS);
      this.#line.refuse(fault);
      return;
    }
    this.#free += grant.grantedMicroUsd;
    this.#leftMicroUsd = grant.leftMicroUsd;
    this.#tight = this.#slice.isTight(grant.leftMicroUsd);
    if (grant.grantedMicroUsd > 0) {
      this.#refusal = undefined;
      this.#retryMs = RETRY_MS;
    } else if (head !== undefined) await this.#refuseOrRetry(grant.leftMicroUsd + grant.othersMicroUsd + this.#free + this.#reserved);
  }

  /** `mostMicroUsd` is what this process could have at best: all that is left, and all that is held anywhere by calls not settled. */
  async #refuseOrRetry(mostMicroUsd: number): Promise<void> {
    const beyond = (wanted: Wanted): boolean => inAll(wanted) > mostMicroUsd;
    let least = Number.POSITIVE_INFINITY;
    for (const wanted of this.#line.asks()) if (beyond(wanted)) least = Math.min(least, inAll(wanted));
    if (least < Number.POSITIVE_INFINITY) {
      const fault = this.#spentFault();
      this.#remember(fault, least, REFUSAL_MS);
      this.#line.refuse(fault, beyond);
    }
    // Two processes that each hold a part of what one call needs would wait for each other: so the parts go back.
    await this.#returnFree(0);
    if (this.#line.length === 0) return;
    this.#retryOff = this.#deps.after(this.#retryMs, () => {
      this.#retryOff = undefined;
      this.#pump();
    });
    this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
  }

  #stopRetry(): void {
    this.#retryOff?.();
    this.#retryOff = undefined;
  }

  #remember(fault: Fault, fromMicroUsd: number, ms: number): void {
    this.#refusal = { fault, fromMicroUsd, untilMs: this.#deps.clock.monotonicMs() + ms };
  }

  async #returnFree(keepMicroUsd: number): Promise<void> {
    const back = this.#free - keepMicroUsd;
    if (back <= 0) return;
    // It is gone from here before it is asked away, and stays gone should the answer be lost: held twice would be worse.
    this.#free -= back;
    if (this.#leftMicroUsd !== undefined) this.#leftMicroUsd += back;
    await this.#deps.source.giveBack(this.month.name, back).catch(() => undefined);
  }

  #spentFault(): Fault {
    const { endMs, scope } = this.month;
    return new Fault("budget_spent", { say: SPENT[scope], retryAfterMs: Math.max(RETRY_AFTER_MS, endMs - this.#deps.clock.nowMs()) });
  }
}

const inAll = (wanted: Wanted): number => wanted.microUsd + wanted.heldMicroUsd;
const reservedFault = (): Fault => new Fault("budget_reserved", { retryAfterMs: RETRY_AFTER_MS });

const SPENT: Readonly<Record<BudgetScope, string>> = {
  platform: "The spending limit of this server is reached for this month.",
  tenant: "The tenant's budget of this month is spent.",
  key: "The key's budget of this month is spent.",
};
