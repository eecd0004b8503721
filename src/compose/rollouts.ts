import { getBySlug, PLATFORM } from "../admin/index.ts";
import { POLICY_BODIES } from "../contract/policy.ts";
import type { ApprovedRoutes } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { requestIds, type PolicyId, type ProcessId, type PromptId } from "../kernel/ids.ts";
import {
  createRolloutController,
  createRolloutMoves,
  createRolloutRequests,
  type RolloutController,
  type RolloutRequests,
} from "../operate/index.ts";
import type { RecordParts } from "../record/index.ts";
import { policyVersions } from "../store/policies.ts";
import { promptVersions } from "../store/prompts.ts";
import type { RolloutRecord } from "../store/rollouts.ts";
import { describeError, type Log } from "../telemetry/index.ts";
import { createCallRollouts, type CallRollouts } from "./call-rollouts.ts";
import { checkMove, createRolledVersions, type VersionsDeps } from "./rollout-versions.ts";

export type RolloutParts = {
  readonly calls: CallRollouts;
  /** What the admin API asks. */
  readonly requests: RolloutRequests;
  /** Rules of a version that is going out; undefined: they could not be loaded. */
  routesOf(version: PolicyId): ApprovedRoutes | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
};

type Deps = Omit<VersionsDeps, "nowMs"> & {
  readonly clock: Clock;
  readonly log: Log;
  readonly processId: ProcessId;
  readonly explain: RecordParts["explain"];
  /** Told of each move. */
  moved(act: string): void;
};

/** Changes that go out to a growing share of calls: who decides, what it does with calls, and who may ask. */
export function composeRollouts(deps: Deps): RolloutParts {
  const { db, clock, log } = deps;
  const { nowMs } = clock;
  const loaded = createLoaded(deps);
  const versions = createRolledVersions({ ...deps, nowMs });
  const parts = { ...deps, versions, prepare: loaded.prepare };
  const moves = createRolloutMoves(parts);
  const controller: RolloutController = createRolloutController(parts, moves);
  return {
    calls: createCallRollouts({
      controller,
      nowMs,
      promptOf: (version) => loaded.prompts.get(version),
      hasRoutes: (version) => loaded.routes.has(version),
    }),
    requests: createRolloutRequests({
      db,
      nowMs,
      moves,
      controller,
      checkMove,
      tenantIdOf: async (slug) => (await getBySlug(db, slug)).id,
      async findMark(tenantId, requestId) {
        const event = requestIds.is(requestId) ? (await deps.explain(tenantId, requestId)).event : undefined;
        return event?.type === "call" ? event.rollout : undefined;
      },
    }),
    routesOf: (version) => loaded.routes.get(version),
    start: controller.start,
    stop: () => controller.stop().catch((error: unknown) => log.warn("rollouts ended badly", describeError(error))),
  };
}

/** What versions hold: they never change, so each is read once. */
function createLoaded({ db, log }: Pick<Deps, "db" | "log">) {
  const prompts = new Map<PromptId, string>();
  const routes = new Map<PolicyId, ApprovedRoutes>();
  const load = async ({ change, ownerId }: RolloutRecord): Promise<void> => {
    if (change.kind === "prompt" && !prompts.has(change.version))
      prompts.set(change.version, (await promptVersions.get(db, ownerId, change.version)).body);
    if (change.kind === "policy" && !routes.has(change.version)) {
      const { body } = await policyVersions.get(db, PLATFORM, change.version);
      routes.set(change.version, POLICY_BODIES.routes.parse(JSON.parse(body)).routes);
    }
  };
  return {
    prompts,
    routes,
    async prepare(inForce: readonly RolloutRecord[]): Promise<void> {
      for (const rollout of inForce)
        await load(rollout).catch((error: unknown) =>
          log.error("a rollout does nothing, because its version could not be loaded", { rollout: rollout.id, ...describeError(error) }),
        );
    },
  };
}
