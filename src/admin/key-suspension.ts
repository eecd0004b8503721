import type { Change } from "../admit/index.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds, type KeyId, type TenantId } from "../kernel/ids.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { changeSuspension, getKey, type KeyRecord, type SuspendedBy } from "../store/keys.ts";
import { changeBy, type Decisions, diff } from "./changed.ts";
import { toKeyView, type KeyView } from "./key-view.ts";
import { getBySlug } from "./tenants.ts";
import { parseKnownId } from "./known-id.ts";

/** Keys that are known and refused, until somebody lifts that. Every replica follows within two seconds. */
export type KeySuspensions = {
  /** A second time changes nothing, but that the platform's takes the place of the tenant's and the server's. */
  suspend(slug: string, id: string, reason: string, by: Principal): Promise<KeyView>;
  /** Throws `forbidden` where the platform suspended it and a tenant's key asks. */
  resume(slug: string, id: string, by: Principal): Promise<KeyView>;
  /** By the server itself. */
  suspendMisused(key: { readonly tenantId: TenantId; readonly keyId: KeyId }, reason: string): Promise<void>;
};

type Deps = {
  readonly db: Database;
  nowMs(): number;
  changed(change: Change): void;
  /** It was lifted, by this process. */
  resumed(keyId: KeyId): void;
  readonly decisions: Decisions;
};

/** By whom a suspension may be replaced. */
const REPLACEABLE: Readonly<Record<SuspendedBy, readonly (SuspendedBy | null)[]>> = {
  server: [null],
  tenant: [null],
  platform: [null, "server", "tenant"],
};
/** By whom it may be lifted. */
const LIFTABLE = { tenant: ["server", "tenant"], platform: ["server", "tenant", "platform"] } as const;

export function createKeySuspensions({ db, nowMs, changed, resumed, decisions }: Deps): KeySuspensions {
  type Step = { readonly tenantId: TenantId; readonly keyId: KeyId; readonly by: Principal | undefined; readonly action: string };
  const change = async (step: Step, apply: (bound: Database, before: KeyRecord) => Promise<KeyRecord>, reason?: string) => {
    const { tenantId, keyId, by, action } = step;
    const record = await decisions.change(tenantScope(tenantId), async (bound) => {
      const before = await getKey(bound, tenantId, keyId);
      const made = await apply(bound, before);
      const shown = diff(shownOf(before), shownOf(made), decisions.digestText);
      const decision = { ...changeBy(by, action, { category: "security", resource: keyId, changed: shown }), reason };
      return { made, tenantId, decision };
    });
    changed({ kind: "key", tenantId, id: keyId });
    return record;
  };
  const suspend = (step: Omit<Step, "action">, reason: string, by: SuspendedBy, told?: string) =>
    change(
      { ...step, action: "key.suspend" },
      async (bound, before) =>
        REPLACEABLE[by].includes(before.suspension?.by ?? null)
          ? await changeSuspension(bound, step.tenantId, step.keyId, { from: REPLACEABLE[by], to: { atMs: nowMs(), reason, by } })
          : before,
      told,
    );
  const named = async (slug: string, id: string) => ({ keyId: parseKnownId(keyIds, id, "key"), tenantId: (await getBySlug(db, slug)).id });

  return {
    async suspend(slug, id, reason, by) {
      return toKeyView(await suspend({ ...(await named(slug, id)), by }, reason, sideOf(by)));
    },
    async resume(slug, id, by) {
      const at = await named(slug, id);
      const from = LIFTABLE[sideOf(by)];
      const record = await change({ ...at, by, action: "key.resume" }, async (bound, before) => {
        if (before.suspension === undefined) return before;
        if (!from.some((one) => one === before.suspension?.by))
          throw new Fault("forbidden", { say: "The platform suspended this key: only the platform's admin lifts that." });
        return await changeSuspension(bound, at.tenantId, at.keyId, { from, to: undefined });
      });
      resumed(at.keyId);
      return toKeyView(record);
    },
    async suspendMisused({ tenantId, keyId }, reason) {
      await suspend({ tenantId, keyId, by: undefined }, reason, "server", reason);
    },
  };
}

const sideOf = (by: Principal): "tenant" | "platform" => (by.kind === "tenant" ? "tenant" : "platform");

const shownOf = ({ suspension }: KeyRecord) => ({
  suspended: suspension !== undefined,
  suspendedBy: suspension?.by,
  suspendedReason: suspension?.reason,
});
