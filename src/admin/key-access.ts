import type { Change } from "../admit/index.ts";
import type { KeyPatch } from "../contract/admin.ts";
import type { Principal, TenantRole } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds } from "../kernel/ids.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { changeKeyAccess, getKey, type KeyAccess } from "../store/keys.ts";
import { changeBy, type Decisions, diff } from "./changed.ts";
import { toKeyView, type KeyView } from "./key-view.ts";
import { parseKnownId } from "./known-id.ts";
import { tenantIdOf } from "./tenants.ts";

type Deps = { readonly db: Database; readonly decisions: Decisions; changed(change: Change): void };

/** Changes what a key's holder may find of the tenant's documents; it counts for the next call. What is left out stays. */
export function patchAccess({ db, decisions, changed }: Deps) {
  return async (maker: Principal, slug: string, id: string, body: KeyPatch): Promise<KeyView> => {
    const keyId = parseKnownId(keyIds, id, "key");
    const tenantId = await tenantIdOf(db, maker, slug);
    const record = await decisions.change(tenantScope(tenantId), async (bound) => {
      const old = await getKey(bound, tenantId, keyId);
      const access = {
        groups: body.groups === undefined ? old.groups : (body.groups ?? undefined),
        clearance: body.clearance === undefined ? old.clearance : (body.clearance ?? undefined),
        jurisdiction: body.jurisdiction === undefined ? old.jurisdiction : (body.jurisdiction ?? undefined),
      };
      refuseIdle(old.role, access);
      const made = await changeKeyAccess(bound, tenantId, keyId, access);
      const [before, after] = [old, access].map((each) => shownAccess(each, decisions.digestText));
      const differs = diff(before ?? {}, after ?? {}, decisions.digestText);
      return { made, tenantId, decision: changeBy(maker, "key.access", { category: "authorisations", resource: keyId, changed: differs }) };
    });
    changed({ kind: "key", tenantId, id: keyId });
    return toKeyView(record);
  };
}

/** Names of groups are the tenant's own words: of them the log has a digest, as of all texts. */
export const shownAccess = ({ groups, clearance, jurisdiction }: KeyAccess, digestText: DigestText) => ({
  groups: groups?.map(digestText),
  clearance,
  jurisdiction,
});
export type DigestText = Decisions["digestText"];

/** It would forbid nothing: who administers the tenant gives the access, and so has it. */
export function refuseIdle(role: TenantRole, { groups, clearance, jurisdiction }: KeyAccess): void {
  const param =
    groups !== undefined ? "groups" : clearance !== undefined ? "clearance" : jurisdiction !== undefined ? "jurisdiction" : undefined;
  if (role === "member" || param === undefined) return;
  throw new Fault("body_invalid", { param, say: `${param}: a tenant-admin sees all of the tenant's documents. Give it to a member.` });
}
