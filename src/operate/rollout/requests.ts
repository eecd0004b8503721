import type { RolloutMark } from "../../domain/rollout.ts";
import type { RolloutCreate } from "../../contract/rollout.ts";
import type { Principal } from "../../domain/principal.ts";
import { toIso } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { policyIds, promptIds, rolloutIds, type RolloutId, type TenantId } from "../../kernel/ids.ts";
import { shareOf } from "../../route/index.ts";
import type { Database } from "../../store/database.ts";
import { PLATFORM_CHAIN } from "../../store/decisions.ts";
import { getRollout, listMoves, listRollouts, type RolloutAsk, type RolloutRecord } from "../../store/rollouts.ts";
import type { RolloutController } from "./controller.ts";
import { checkAct, type RolloutDraft, type RolloutMoves } from "./moves.ts";

type Ask = RolloutAsk;
type Act = Parameters<RolloutMoves["move"]>[2];

/** What the admin API asks of rollouts. `slug` undefined: the platform's own. */
export type RolloutRequests = {
  start(who: Principal, slug: string | undefined, draft: RolloutCreate): Promise<RolloutView>;
  list(slug: string | undefined, ask: Ask): Promise<{ readonly data: readonly RolloutView[]; readonly nextCursor: string | undefined }>;
  /** Throws `not_found`, as the others do. */
  get(who: Principal, slug: string | undefined, id: string): Promise<RolloutDetail>;
  move(who: Principal, slug: string | undefined, id: string, act: Act, reason: string | undefined): Promise<RolloutView>;
  /** How many of the scores count: those of calls that took part in it, one of each. */
  score(slug: string | undefined, id: string, scores: readonly { readonly requestId: string; readonly score: number }[]): Promise<number>;
};

export type RolloutView = Record<string, unknown> & { readonly id: string };
export type RolloutDetail = RolloutView & {
  readonly now: Record<string, unknown> | undefined;
  /** By act: undefined where `who` may do it now, else why not. */
  readonly may: Readonly<Record<Act, RolloutAllowed>>;
  readonly history: readonly Record<string, unknown>[];
};

type Deps = {
  readonly db: Database;
  nowMs(): number;
  readonly moves: RolloutMoves;
  readonly controller: RolloutController;
  /** Throws `not_found`. */
  tenantIdOf(slug: string): Promise<TenantId>;
  /** Throws where `who` may not move a rollout of this. */
  checkMove(who: Principal, change: RolloutRecord["change"]): void;
  /** What the call's event says of the rollout that it took part in. */
  findMark(tenantId: TenantId | undefined, requestId: string): Promise<RolloutMark | undefined>;
};

export function createRolloutRequests(deps: Deps): RolloutRequests {
  const { db, nowMs, moves, controller } = deps;
  const ownerOf = async (slug: string | undefined): Promise<TenantId> =>
    slug === undefined ? PLATFORM_CHAIN : await deps.tenantIdOf(slug);
  const view = (slug: string | undefined, rollout: RolloutRecord): RolloutView => toView(slug, rollout, nowMs());
  /** What one process knows already, the others will by their next look. */
  const look = async (): Promise<void> => await controller.look().catch(() => undefined);
  return {
    async start(who, slug, draft) {
      const made = await moves.start(who, await ownerOf(slug), toDraft(draft));
      await look();
      return view(slug, made);
    },
    async list(slug, ask) {
      const { data, nextCursor } = await listRollouts(db, await ownerOf(slug), ask);
      return { data: data.map((each) => view(slug, each)), nextCursor };
    },
    async get(who, slug, id) {
      const rollout = await getRollout(db, await ownerOf(slug), parseId(id));
      const open = rollout.state === "running" || rollout.state === "paused";
      const { verdict, gates, calls, figures } = await controller.judgeNow(rollout);
      const history = await listMoves(db, rollout.ownerId, rollout.id);
      return {
        ...view(slug, rollout),
        now: open ? { ...verdict, gates, calls } : undefined,
        figures: figures.map(({ step, ...both }) => ({ share: rollout.steps[step] ?? 100, ...both })),
        may: toMay(rollout, () => deps.checkMove(who, rollout.change)),
        history: history.map(({ atMs, ...rest }) => ({ at: toIso(atMs), ...rest })),
      };
    },
    async move(who, slug, id, act, reason = "by hand") {
      const at = { ownerId: await ownerOf(slug), id: parseId(id) };
      deps.checkMove(who, (await getRollout(db, at.ownerId, at.id)).change);
      const moved = await moves.move(who, at, act, reason);
      await look();
      return view(slug, moved);
    },
    async score(slug, id, scores) {
      const { ownerId, id: rolloutId, tenantId } = await getRollout(db, await ownerOf(slug), parseId(id));
      let taken = 0;
      for (const { requestId, score } of scores) {
        const mark = await deps.findMark(ownerId === PLATFORM_CHAIN ? undefined : tenantId, requestId);
        if (mark?.id === rolloutId && controller.score(mark, requestId, score)) taken++;
      }
      return taken;
    },
  };
}

type RolloutAllowed = { readonly allowed: boolean; readonly reason?: "permission" | "state"; readonly say?: string };

/** What somebody may do with it now: as the doing itself would say. */
function toMay(rollout: RolloutRecord, checkPermission: () => void): RolloutDetail["may"] {
  const of = (act: Act): RolloutAllowed =>
    refusalOf("permission", checkPermission) ?? refusalOf("state", () => checkAct(rollout, act)) ?? { allowed: true };
  return { promote: of("promote"), rollback: of("rollback"), pause: of("pause"), resume: of("resume") };
}

function refusalOf(reason: "permission" | "state", check: () => void): RolloutAllowed | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { allowed: false, reason, say: error.message };
  }
}

function parseId(raw: string): RolloutId {
  if (rolloutIds.is(raw)) return raw;
  throw new Fault("not_found", { say: "The rollout does not exist." });
}

function toDraft(draft: RolloutCreate): RolloutDraft {
  const { unit, steps, gates } = draft;
  const { failuresAbove, latencyRatio, costRatio, scoreBelow, ...least } = gates;
  return {
    change: toChange(draft),
    unit,
    steps,
    gates: {
      ...least,
      failuresAbove: orUnasked(failuresAbove),
      latencyRatio: orUnasked(latencyRatio),
      costRatio: orUnasked(costRatio),
      scoreBelow: orUnasked(scoreBelow),
    },
  };
}

const orUnasked = (limit: number | null): number | undefined => limit ?? undefined;

function toChange(draft: RolloutCreate): RolloutDraft["change"] {
  if (draft.kind === "model") return { kind: "model", model: draft.model, to: draft.to };
  const { version } = draft;
  if (draft.kind === "prompt" && promptIds.is(version)) return { kind: "prompt", version };
  if (draft.kind === "policy" && policyIds.is(version)) return { kind: "policy", version };
  throw new Fault("not_found", { say: "The version does not exist.", param: "version" });
}

function toView(tenant: string | undefined, rollout: RolloutRecord, nowMs: number): RolloutView {
  const { id, change, unit, steps, gates, state, stepAtMs, createdAtMs, createdBy } = rollout;
  return {
    id,
    tenant,
    ...change,
    unit,
    steps,
    gates,
    state,
    share: shareOf(rollout, nowMs),
    since: toIso(stepAtMs),
    createdAt: toIso(createdAtMs),
    createdBy,
  };
}
