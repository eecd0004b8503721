import type { ProcessId } from "../kernel/ids.ts";
import { FAULTS, type FaultCode } from "../kernel/fault.ts";
import type { Database } from "../store/database.ts";
import {
  deleteObjectiveCounts,
  leaveProcesses,
  saveObjectiveCounts,
  SLOT_MS,
  sumObjectiveCounts,
  type ObjectiveCounts,
  type ObjectiveSlot,
} from "../store/objective-counts.ts";

/** What the service promises: shares from 0 to 1. */
export type ObjectiveTargets = { readonly availability: number; readonly firstPartMs: number; readonly firstPartShare: number };

export type Objective = {
  readonly name: "availability" | "first-part";
  readonly target: number;
  readonly withinMs: number | undefined;
  readonly days: number;
  readonly total: number;
  readonly bad: number;
  /** undefined: nothing was counted. */
  readonly attained: number | undefined;
  /** Of the error budget: 1 untouched, 0 used up, below 0 overdrawn. */
  readonly budgetLeft: number | undefined;
  /** How many times as fast as the window allows the budget is used. */
  readonly burn: { readonly hour: number | undefined; readonly sixHours: number | undefined };
};

export type Objectives = {
  /** A call ended. `code` where it failed or was refused. */
  count(call: {
    readonly outcome: "finished" | "failed" | "aborted" | "refused";
    readonly code?: string | undefined;
    readonly firstPartMs?: number | undefined;
  }): void;
  /** Over all processes; what this one counted included. */
  read(): Promise<readonly Objective[]>;
  /** Writes what was counted. */
  save(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
};

type Deps = {
  readonly db: Database;
  nowMs(): number;
  readonly processId: ProcessId;
  targets(): ObjectiveTargets;
  onError(error: unknown): void;
};

const DAYS = 30;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A process that is killed loses what it counted in this time; the ledger loses nothing. */
const SAVE_EVERY_MS = 15_000;
/** With the database away for longer than this, the oldest counts are given up. */
const WAITING_SLOTS_MAX = 300;
/** The rules for content at their work: the answer was not to be given. */
const RULED: ReadonlySet<string> = new Set(["canary_leaked", "output_blocked"]);

/** A failure or refusal that callers may hold against the service: theirs, and what a rule or a limit was made to refuse, are none. */
export function isOurs(code: string | undefined): boolean {
  if (code === undefined || RULED.has(code)) return false;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked up, not trusted
  const row = Object.hasOwn(FAULTS, code) ? FAULTS[code as FaultCode] : undefined;
  return row !== undefined && row.blame !== "caller";
}

/** Counts in slots of five minutes, written for all processes to be added up. */
export function createObjectives({ db, nowMs, processId, targets, onError }: Deps): Objectives {
  let waiting: Counting[] = [];
  let lastDeletedMs = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const slotNow = (): Counting => {
    const fromMs = Math.floor(nowMs() / SLOT_MS) * SLOT_MS;
    let slot = waiting.at(-1);
    if (slot?.fromMs !== fromMs) {
      slot = { fromMs, good: 0, bad: 0, fast: 0, slow: 0 };
      waiting = [...waiting, slot].slice(-WAITING_SLOTS_MAX);
    }
    return slot;
  };
  const save = async (): Promise<void> => {
    const current = slotNow();
    const saved = waiting.map((slot) => ({ ...slot }));
    await saveObjectiveCounts(db, processId, saved, nowMs());
    // What is past is written for good; the slot under way is written again.
    waiting = waiting.filter((slot) => slot === current || !saved.some(({ fromMs }) => fromMs === slot.fromMs));
    if (nowMs() - lastDeletedMs < DAY_MS) return;
    lastDeletedMs = nowMs();
    await deleteObjectiveCounts(db, nowMs() - (DAYS + 1) * DAY_MS);
  };
  return {
    count({ outcome, code, firstPartMs }) {
      const slot = slotNow();
      if (outcome === "finished") {
        slot.good++;
        if (firstPartMs !== undefined) slot[firstPartMs <= targets().firstPartMs ? "fast" : "slow"]++;
      } else if (outcome !== "aborted" && isOurs(code)) slot.bad++;
    },
    async read() {
      await save();
      const now = nowMs();
      const none = { good: 0, bad: 0, fast: 0, slow: 0 };
      const [month = none, sixHours = none, hour = none] = await sumObjectiveCounts(db, [
        now - DAYS * DAY_MS,
        now - 6 * HOUR_MS,
        now - HOUR_MS,
      ]);
      return toObjectives(targets(), { month, sixHours, hour });
    },
    save,
    start() {
      void save().catch(onError);
      timer = setInterval(() => void save().catch(onError), SAVE_EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await save().catch(onError);
      await leaveProcesses(db, processId, nowMs() - HOUR_MS).catch(onError);
    },
  };
}

type Counting = { -readonly [Field in keyof ObjectiveSlot]: ObjectiveSlot[Field] };
type Windows = { readonly month: ObjectiveCounts; readonly sixHours: ObjectiveCounts; readonly hour: ObjectiveCounts };

function toObjectives({ availability, firstPartMs, firstPartShare }: ObjectiveTargets, windows: Windows): readonly Objective[] {
  return [
    { name: "availability", withinMs: undefined, ...toFigures(availability, windows, answered) },
    { name: "first-part", withinMs: firstPartMs, ...toFigures(firstPartShare, windows, begun) },
  ];
}

type Share = { readonly total: number; readonly bad: number };

const answered = ({ good, bad }: ObjectiveCounts): Share => ({ total: good + bad, bad });
const begun = ({ fast, slow }: ObjectiveCounts): Share => ({ total: fast + slow, bad: slow });

/** Google's SRE workbook, "Alerting on SLOs": the budget is 1 − target; the burn rate is the share of bad calls over it. */
function toFigures(target: number, windows: Windows, of: (counts: ObjectiveCounts) => Share): Omit<Objective, "name" | "withinMs"> {
  const { total, bad } = of(windows.month);
  const burn = ({ total: all, bad: lost }: Share): number | undefined => (all === 0 ? undefined : lost / all / (1 - target));
  const used = burn({ total, bad });
  return {
    target,
    days: DAYS,
    total,
    bad,
    attained: total === 0 ? undefined : 1 - bad / total,
    budgetLeft: used === undefined ? undefined : 1 - used,
    burn: { hour: burn(of(windows.hour)), sixHours: burn(of(windows.sixHours)) },
  };
}
