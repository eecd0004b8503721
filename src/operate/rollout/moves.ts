import type { RolloutState } from "../../domain/rollout-words.ts";
import { principalIdOf, type Principal } from "../../domain/principal.ts";
import { Fault } from "../../kernel/fault.ts";
import { rolloutIds, type RolloutId, type TenantId } from "../../kernel/ids.ts";
import type { Changed } from "../../record/index.ts";
import { shareOf } from "../../route/index.ts";
import { type Database, OPERATOR } from "../../store/database.ts";
import {
  BY_SERVER,
  insertRollout,
  lockRollout,
  moveRollout,
  takeLead,
  type HistoryFigure,
  type RolloutAct,
  type RolloutRecord,
} from "../../store/rollouts.ts";
import { SETTLE_MS, type RolloutDeps } from "./spec.ts";

export type RolloutDraft = Pick<RolloutRecord, "change" | "unit" | "steps" | "gates">;
type At = { readonly ownerId: TenantId; readonly id: RolloutId };
/** What the gates decided, of the rollout as it was looked at. */
export type Decided = {
  readonly act: "promote" | "rollback" | "pause";
  readonly reason: string;
  readonly compared: readonly HistoryFigure[];
};

export type RolloutMoves = {
  start(who: Principal, ownerId: TenantId, draft: RolloutDraft): Promise<RolloutRecord>;
  /** By hand. Throws `not_found`, and `conflict` where it is in no state for this. */
  move(who: Principal, at: At, act: "promote" | "rollback" | "pause" | "resume", reason: string): Promise<RolloutRecord>;
  /** By the gates. undefined: another process decides, or the rollout is not any more as it was looked at. */
  decide(seen: RolloutRecord, decided: Decided): Promise<RolloutRecord | undefined>;
};

type Move = {
  readonly who: Principal | undefined;
  readonly act: RolloutAct;
  readonly reason: string;
  readonly compared: readonly HistoryFigure[];
  /** The row before: locked, or made. */
  before(bound: Database): Promise<RolloutRecord>;
};

/** Somebody else was first. Thrown inside the transaction, which then leaves nothing. */
class NotNow extends Error {}

/** Every change of a rollout: the row, its history and the entry in the log in one transaction. */
export function createRolloutMoves(deps: RolloutDeps): RolloutMoves {
  const { clock, decisions, versions, log } = deps;
  const write = async ({ who, act, reason, compared, before }: Move): Promise<RolloutRecord> => {
    const nowMs = clock.nowMs();
    const by = who === undefined ? BY_SERVER : principalIdOf(who);
    const { made, told } = await decisions.change(OPERATOR, async (bound) => {
      const old = await before(bound);
      const next = act === "start" ? old : after(old, act, nowMs);
      const word: RolloutAct = act === "promote" && next.state === "finished" ? "finish" : act;
      const share = targetShare(next);
      await moveRollout(bound, next, { atMs: nowMs, act: word, share, by, reason, compared });
      // Who began it is who answers for it: by then a second person has had the whole time to stop it.
      const release = { db: bound, tenantId: next.ownerId, nowMs, by: next.createdBy };
      const released = word === "finish" ? await versions.release(release, next.change) : undefined;
      const changed: Changed = {
        state: { old: act === "start" ? null : old.state, new: next.state },
        share: { old: act === "start" ? null : targetShare(old), new: share },
        ...released,
      };
      const decision = { category: "configuration", action: `rollout.${word}`, outcome: "granted", actor: by, role: who?.role } as const;
      return { made: { made: next, told: word }, tenantId: next.ownerId, decision: { ...decision, reason, resource: next.id, changed } };
    });
    deps.moved(told);
    log.info("a rollout has moved", { rollout: made.id, act: told, share: targetShare(made), reason });
    if (told === "finish") await versions.released(made);
    return made;
  };

  return {
    async start(who, ownerId, draft) {
      const subject = await versions.checkStart(who, ownerId, draft.change);
      const nowMs = clock.nowMs();
      const rollout: RolloutRecord = {
        ...draft,
        id: rolloutIds.make(nowMs),
        ownerId,
        tenantId: undefined,
        step: 0,
        state: "running",
        stepAtMs: nowMs + SETTLE_MS,
        createdAtMs: nowMs,
        createdBy: principalIdOf(who),
      };
      const before = async (bound: Database): Promise<RolloutRecord> => {
        await insertRollout(bound, rollout, subject);
        return await lockRollout(bound, ownerId, rollout.id);
      };
      return await write({ who, act: "start", reason: "by hand", compared: [], before });
    },
    move: (who, { ownerId, id }, act, reason) =>
      write({ who, act, reason, compared: [], before: (bound) => lockRollout(bound, ownerId, id) }),
    async decide(seen, { act, reason, compared }) {
      const before = async (bound: Database): Promise<RolloutRecord> => {
        if (!(await takeLead(bound))) throw new NotNow();
        const now = await lockRollout(bound, seen.ownerId, seen.id);
        if (now.state !== "running" || now.step !== seen.step || now.stepAtMs !== seen.stepAtMs) throw new NotNow();
        return now;
      };
      try {
        return await write({ who: undefined, act, reason, compared, before });
      } catch (error) {
        if (error instanceof NotNow) return undefined;
        throw error;
      }
    },
  };
}

/** Of the step that it is at, or about to be. */
const targetShare = (rollout: RolloutRecord): number => shareOf(rollout, Number.MAX_SAFE_INTEGER);

const FROM: Readonly<Record<"promote" | "pause" | "resume", readonly RolloutState[]>> = {
  promote: ["running", "paused"],
  pause: ["running"],
  resume: ["paused"],
};

/** Throws `conflict` where it is in no state for this. */
export const checkAct = (rollout: RolloutRecord, act: "promote" | "rollback" | "pause" | "resume"): void => void after(rollout, act, 0);

function after(rollout: RolloutRecord, act: Exclude<RolloutAct, "start">, nowMs: number): RolloutRecord {
  if (act === "rollback") {
    const version = rollout.state === "finished" && rollout.change.kind !== "model";
    if (version)
      throw new Fault("conflict", { say: "It is in production. Take the version before it there: POST …/promote and …/approve." });
    if (rollout.state === "rolled-back") throw new Fault("conflict", { say: "It is rolled back." });
    return { ...rollout, state: "rolled-back", stepAtMs: nowMs };
  }
  if (act === "finish" || !FROM[act].includes(rollout.state))
    throw new Fault("conflict", { say: `The rollout is ${rollout.state}, so it can not do that.` });
  if (act === "pause") return { ...rollout, state: "paused" };
  if (act === "resume") return { ...rollout, state: "running" };
  if (rollout.step === rollout.steps.length - 1) return { ...rollout, state: "finished", stepAtMs: nowMs };
  return { ...rollout, state: "running", step: rollout.step + 1, stepAtMs: nowMs + SETTLE_MS };
}
