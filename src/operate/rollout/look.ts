import { Fault } from "../../kernel/fault.ts";
import type { RolloutId } from "../../kernel/ids.ts";
import {
  figuresOf,
  judge,
  listStandings,
  windowOf,
  type CountedStep,
  type Standing,
  type StepFigures,
  type Verdict,
} from "../../route/index.ts";
import { listCounts, listInForce, saveCounts, type RolloutRecord } from "../../store/rollouts.ts";
import type { CountBook } from "./book.ts";
import type { RolloutMoves } from "./moves.ts";
import type { RolloutDeps } from "./spec.ts";

export type LookDeps = Pick<RolloutDeps, "db" | "clock" | "log" | "processId"> & {
  readonly book: CountBook;
  readonly moves: Pick<RolloutMoves, "decide">;
  /** Loads what a version holds, before calls may go by it. */
  prepare(inForce: readonly RolloutRecord[]): Promise<void>;
};

export type StandingNow = {
  readonly verdict: Verdict;
  readonly gates: readonly Standing[];
  /** That are compared at this step. */
  readonly calls: { readonly candidate: number; readonly baseline: number };
  /** Of every step so far. */
  readonly figures: readonly StepFigures[];
};

export type RolloutLook = {
  readonly inForce: readonly RolloutRecord[];
  /** How it stands now, over all processes, with what that was told from. */
  judgeNow(rollout: RolloutRecord): Promise<StandingNow>;
  /** Writes what was counted, reads what is in force, and moves what the gates say is to be moved. */
  once(): Promise<void>;
  /** With the database away nobody can be asked, and what this process sees itself is enough to go back here. */
  alone(): void;
};

/** Every process looks. They agree because counts and decisions are in the database, and one at a time may decide. */
export function createRolloutLook(deps: LookDeps): RolloutLook {
  const { db, clock, book } = deps;
  let inForce: readonly RolloutRecord[] = [];
  /** Decided by this process alone, while the database was away; told as soon as it is back. */
  const stopped = new Map<RolloutId, Verdict>();

  const judgeBy = (rollout: RolloutRecord, rows: readonly CountedStep[]): Verdict => {
    const { candidate, baseline } = windowOf(rows, rollout.step, rollout.gates.callsMin);
    return judge(candidate, baseline, rollout.gates, clock.nowMs() - rollout.stepAtMs);
  };
  const judgeNow = async (rollout: RolloutRecord): Promise<StandingNow> => {
    const rows = await listCounts(db, rollout.ownerId, rollout.id);
    const { candidate, baseline } = windowOf(rows, rollout.step, rollout.gates.callsMin);
    return {
      verdict: judgeBy(rollout, rows),
      gates: listStandings(candidate, baseline, rollout.gates),
      calls: { candidate: candidate.calls, baseline: baseline.calls },
      figures: figuresOf(rows),
    };
  };
  const read = async (): Promise<readonly RolloutRecord[]> => {
    const rows = await listInForce(db);
    for (const id of stopped.keys()) if (!rows.some((row) => row.id === id && isOpen(row))) stopped.delete(id);
    await deps.prepare(rows);
    inForce = rows.filter(({ id }) => !stopped.has(id));
    book.follow(rows.filter(isOpen));
    return rows;
  };
  const judgeAlone = (): void => {
    for (const rollout of inForce.filter(isDue(clock.nowMs()))) {
      const verdict = judgeBy(rollout, book.linesOf(rollout.id));
      if (verdict.act !== "rollback") continue;
      stopped.set(rollout.id, verdict);
      deps.log.warn("a rollout was stopped by this process alone", { rollout: rollout.id, reason: verdict.reason });
    }
    inForce = inForce.filter(({ id }) => !stopped.has(id));
  };

  return {
    get inForce() {
      return inForce;
    },
    judgeNow,
    alone: judgeAlone,
    async once() {
      try {
        const { rows, written } = book.take();
        await saveCounts(db, deps.processId, rows);
        written();
        let moved = false;
        for (const rollout of (await read()).filter(isDue(clock.nowMs()))) {
          const verdict = stopped.get(rollout.id) ?? (await judgeNow(rollout)).verdict;
          if (await carryOut(deps.moves, rollout, verdict)) moved = true;
        }
        if (moved) await read();
      } catch (error) {
        judgeAlone();
        throw error;
      }
    },
  };
}

/** True: this process moved it. */
async function carryOut(moves: Pick<RolloutMoves, "decide">, rollout: RolloutRecord, verdict: Verdict): Promise<boolean> {
  if (verdict.act === "hold") return false;
  const { act, reason, compared } = verdict;
  try {
    return (await moves.decide(rollout, { act, reason, compared })) !== undefined;
  } catch (error) {
    // What was to be released cannot be: somebody must look.
    if (!(error instanceof Fault) || error.code !== "conflict") throw error;
    return (await moves.decide(rollout, { act: "pause", reason: "release-refused", compared })) !== undefined;
  }
}

const isOpen = ({ state }: RolloutRecord): boolean => state === "running" || state === "paused";
/** Its step counts, and nobody has stopped it. */
const isDue =
  (nowMs: number) =>
  ({ state, stepAtMs }: RolloutRecord): boolean =>
    state === "running" && stepAtMs <= nowMs;
