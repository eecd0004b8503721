import { Fault } from "../../kernel/fault.ts";
import type { TenantId } from "../../kernel/ids.ts";
import type { Jobs } from "../../queue/index.ts";
import { findSource, listRefused, type SourceState } from "../../store/sources.ts";
import type { Connector } from "./connector.ts";
import type { SourceSpec } from "./spec.ts";
import { createSync, type SyncDeps } from "./sync.ts";

/** Refused documents that are told by name. */
const REFUSED_SHOWN = 20;

export type SourcesDeps = SyncDeps & {
  readonly jobs: Pick<Jobs, "send" | "work" | "schedule">;
  readonly findTenant: (slug: string) => Promise<TenantId | undefined>;
  readonly onError: (name: string, error: unknown) => void;
};
export type ConfiguredSource = { readonly spec: SourceSpec; readonly connector: Connector };
export type SourceReport = {
  readonly spec: SourceSpec;
  /** undefined: it has never been looked at, or its tenant is not there. */
  readonly state: SourceState | undefined;
  readonly refused: readonly { readonly key: string; readonly error: string }[];
};

export type Sources = {
  list(): Promise<readonly SourceReport[]>;
  /** Throws `not_found`. */
  get(name: string): Promise<SourceReport>;
  /** It is looked at as soon as there is room. Throws `not_found`, also where its tenant is not there. */
  sync(name: string): Promise<void>;
  /** Those of another configuration from now on. */
  replace(configured: readonly ConfiguredSource[]): void;
  /** Schedules them, and goes on with those that a dead process was looking at. It holds up nothing. */
  start(): void;
};

export function createSources(deps: SourcesDeps, configured: readonly ConfiguredSource[]): Sources {
  const { db, jobs } = deps;
  const sync = createSync(deps);
  let current = new Map(configured.map((one) => [one.spec.name, one]));

  const find = (name: string): ConfiguredSource => {
    const found = current.get(name);
    if (found === undefined) throw new Fault("not_found", { say: "There is no source of that name in the configuration." });
    return found;
  };
  const report = async ({ spec }: ConfiguredSource): Promise<SourceReport> => {
    const tenantId = await deps.findTenant(spec.tenant);
    if (tenantId === undefined) return { spec, state: undefined, refused: [] };
    return { spec, state: await findSource(db, tenantId, spec.name), refused: await listRefused(db, tenantId, spec.name, REFUSED_SHOWN) };
  };

  jobs.work("sync-source", async ({ name }, { signal }) => {
    // It stands in the configuration no more, or its tenant is gone: there is nothing to do.
    const one = current.get(name);
    const tenantId = one === undefined ? undefined : await deps.findTenant(one.spec.tenant);
    if (one !== undefined && tenantId !== undefined) await sync(tenantId, one.spec, one.connector, signal);
  });

  async function schedule(): Promise<void> {
    await jobs.schedule(
      "sync-source",
      [...current.values()].flatMap(({ spec }) =>
        spec.schedule === undefined ? [] : [{ cron: spec.schedule, payload: { name: spec.name } }],
      ),
    );
    for (const one of current.values())
      if ((await report(one)).state?.state === "running") await jobs.send("sync-source", { name: one.spec.name });
  }
  const start = (): void => void schedule().catch((error: unknown) => deps.onError("schedule", error));

  return {
    list: () => Promise.all([...current.values()].map(report)),
    get: async (name) => await report(find(name)),
    async sync(name) {
      const { spec } = find(name);
      if ((await deps.findTenant(spec.tenant)) === undefined)
        throw new Fault("not_found", { say: `The tenant ${spec.tenant} of this source does not exist.` });
      await jobs.send("sync-source", { name });
    },
    replace(next) {
      current = new Map(next.map((one) => [one.spec.name, one]));
      start();
    },
    start,
  };
}
