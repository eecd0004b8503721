import type { GuardSettings } from "../contract/guard.ts";
import { GUARD_DEFAULT, type GuardChange, type GuardPolicy } from "../domain/guard-policy.ts";
import type { Database } from "../store/database.ts";
import { policyVersions } from "../store/policies.ts";
import type { Approvals } from "./tenants.ts";
import { getBySlug } from "./tenants.ts";

export type GuardSettingsDeps = {
  readonly db: Database;
  /** Rules for content that everybody has. */
  readonly guard: GuardPolicy;
  readonly approvals: Approvals;
  readonly detectors: GuardSettings["detectors"];
};

/** The rules for content that hold for a tenant, and where each comes from. Throws `not_found`. */
export function createGuardSettings({ db, guard, approvals, detectors }: GuardSettingsDeps): (slug: string) => Promise<GuardSettings> {
  return async (slug) => {
    const tenant = await getBySlug(db, slug);
    const own = tenant.guard ?? {};
    const released = await policyVersions.findProduction(db, tenant.id, "tenant");
    const approved = released === undefined ? undefined : readGuard(released.body);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the default has every setting and no other key
    const names = Object.keys(GUARD_DEFAULT) as (keyof GuardPolicy)[];
    return {
      tenant: tenant.slug,
      settings: names.map((name) => ({
        name,
        value: toShown(own[name] ?? guard[name]),
        from: fromOf(name, { own, approved, guard }),
        inherited: toShown(guard[name]),
      })),
      policy: released?.id ?? null,
      loosening: approvals.policies === "required" ? "approval" : "direct",
      detectors: [...detectors],
    };
  };
}

type Shown = GuardSettings["settings"][number];

function fromOf(
  name: keyof GuardPolicy,
  { own, approved, guard }: { readonly own: GuardChange; readonly approved: GuardChange | undefined; readonly guard: GuardPolicy },
): Shown["from"] {
  if (own[name] !== undefined) return isSame(own[name], approved?.[name]) ? "policy" : "tenant";
  return isSame(guard[name], GUARD_DEFAULT[name]) ? "default" : "configuration";
}

/** Settings are words, switches, lists and small tables. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function toShown(value: GuardPolicy[keyof GuardPolicy]): Shown["value"] {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (isList(value)) return [...value];
  return Object.fromEntries(Object.entries(value).filter(([, mode]) => mode !== undefined));
}
const isList = (value: GuardPolicy["linkHosts"] | GuardPolicy["fields"]): value is GuardPolicy["linkHosts"] => Array.isArray(value);

/** Of a version's body, which was checked when it was made. */
function readGuard(body: string): GuardChange | undefined {
  const value: unknown = JSON.parse(body);
  if (typeof value !== "object" || value === null || !("guard" in value)) return undefined;
  const { guard } = value;
  return typeof guard === "object" && guard !== null ? guard : undefined;
}
