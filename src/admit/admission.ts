import type { BudgetScope } from "../domain/event.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { Abuse } from "./abuse.ts";
import type { BudgetHold } from "./budget-hold.ts";
import type { Budgets } from "./budgets.ts";
import type { RateNumbers, Rates, RateVerdict } from "./rates.ts";
import type { Room } from "./room.ts";

export type AdmissionAsk = {
  readonly who: TenantPrincipal;
  readonly startedAtMs: number;
  /** What the call is thought to use at most, input and output; corrected when it settles. */
  readonly tokens: number;
  /** Reserved at once, where it is known already; `reserve` can raise it. */
  readonly microUsd?: number;
  /** The caller's connection. */
  readonly signal?: AbortSignal;
};

/** A call that may run. Whatever becomes of it, `settle` is called; only the first time counts. */
export type Ticket = {
  /** A budget counts for this call. */
  readonly budgeted: boolean;
  /** Which ones; they belong into its reservation and its event. */
  readonly budgets: readonly BudgetScope[];
  /** Smallest share of them that is left, 0 to 1, as far as this process knows. */
  readonly budgetLeft: number | undefined;
  /** For the `x-ratelimit-*` headers. */
  readonly rates: RateNumbers | undefined;
  /** Raises what is set aside to this much in all; throws or rejects `budget_spent`, `budget_reserved`, `store_unavailable`, `client_gone`. */
  reserve(microUsd: number): void | Promise<void>;
  settle(used: { readonly microUsd: number; readonly tokens: number }): void;
};

export type Admission = {
  /** How the key was used of late, then rates, room and budget. Nothing waits: a ticket at once; else a promise. Refusals are Faults, and leave nothing behind. */
  admit(ask: AdmissionAsk): Ticket | Promise<Ticket>;
  /** The rate numbers as they stand, for refusals and for routes that admit nothing. */
  rates(who: TenantPrincipal): RateNumbers | undefined;
};

type Passed = Extract<RateVerdict, { passed: true }>;

export type AdmissionDeps = {
  readonly rates: Rates;
  readonly room: Room;
  readonly budgets: Budgets;
  /** undefined: nobody counts how keys are used. */
  readonly abuse?: Pick<Abuse, "check"> | undefined;
};

export function createAdmission({ rates, room, budgets, abuse }: AdmissionDeps): Admission {
  const createTicket = (ask: AdmissionAsk, verdict: Passed, hold: BudgetHold): Ticket => {
    let settled = false;
    return {
      budgeted: hold.budgets.length > 0,
      budgets: hold.budgets,
      get budgetLeft() {
        return hold.leftShare;
      },
      rates: verdict.numbers,
      reserve: (microUsd) => hold.raise(microUsd, ask.signal),
      settle(used) {
        if (settled) return;
        settled = true;
        hold.settle(used.microUsd);
        verdict.correct(used.tokens);
        room.leave();
      },
    };
  };

  const afterRates = (ask: AdmissionAsk, verdict: RateVerdict): Ticket | Promise<Ticket> => {
    if (!verdict.passed) throw new Fault("rate_limited", { retryAfterMs: verdict.retryAfterMs });
    let entering: void | Promise<void>;
    try {
      entering = room.enter(ask.signal);
    } catch (error) {
      verdict.correct(0);
      throw error;
    }
    return entering === undefined ? afterRoom(ask, verdict) : waitForRoom(ask, verdict, entering);
  };

  const waitForRoom = async (ask: AdmissionAsk, verdict: Passed, entering: Promise<void>): Promise<Ticket> => {
    try {
      await entering;
    } catch (error) {
      verdict.correct(0);
      throw error;
    }
    return await afterRoom(ask, verdict);
  };

  const afterRoom = (ask: AdmissionAsk, verdict: Passed): Ticket | Promise<Ticket> => {
    const ticket = createTicket(ask, verdict, budgets.open(ask.who, ask.startedAtMs));
    let reserving: void | Promise<void>;
    try {
      if (ask.signal?.aborted === true) throw new Fault("client_gone");
      reserving = ask.microUsd === undefined ? undefined : ticket.reserve(ask.microUsd);
    } catch (error) {
      ticket.settle(UNUSED);
      throw error;
    }
    return reserving === undefined ? ticket : waitForBudget(ticket, reserving);
  };

  return {
    admit(ask) {
      abuse?.check(ask.who.key.id);
      const verdict = rates.take(ask.who, ask.tokens);
      if (verdict instanceof Promise) return verdict.then((answered) => afterRates(ask, answered));
      return afterRates(ask, verdict);
    },
    rates: (who) => rates.look(who),
  };
}

const UNUSED = { microUsd: 0, tokens: 0 };

async function waitForBudget(ticket: Ticket, reserving: Promise<void>): Promise<Ticket> {
  try {
    await reserving;
    return ticket;
  } catch (error) {
    ticket.settle(UNUSED);
    throw error;
  }
}
