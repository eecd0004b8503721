import { GROUPS_MAX, isAccessName } from "../domain/access.ts";
import type { KeyProfile, PlatformRole, Role, TenantRole } from "../domain/principal.ts";
import { CLASSIFICATIONS } from "../domain/reader.ts";

/** Names of the claims that say what the holder may find of the tenant's documents. */
export type AccessClaims = { readonly groups: string; readonly clearance: string; readonly jurisdiction: string };

/** What one issuer's tokens mean here. */
export type ClaimRules = {
  /** Names of claims, or paths with dots. */
  readonly claims: { readonly tenant: string; readonly role: string; readonly team: string; readonly region: string } & AccessClaims;
  /** The issuer's word for a role → the role. A word that is missing means nothing. */
  readonly roles: Readonly<Record<string, Role>>;
  /** The only tenants that may be named; undefined: any, and none. */
  readonly tenants?: readonly string[] | undefined;
  readonly ownDocumentsOnly: boolean;
};

type KeyAccess = Pick<KeyProfile, "groups" | "clearance" | "jurisdiction">;

/** Who a token is, as far as the token says. */
export type TokenHolder = {
  readonly issuer: string;
  readonly subject: string;
  readonly team: string | undefined;
  readonly region: string | undefined;
} & (
  | ({ readonly tenant: string; readonly role: TenantRole; readonly ownDocumentsOnly: boolean } & KeyAccess)
  | { readonly tenant: undefined; readonly role: PlatformRole }
);

/** Why a genuine token is of no use here; a sentence for its holder. */
export type ClaimProblem = { readonly say: string };

/** Strongest first. */
const PLATFORM: readonly PlatformRole[] = ["admin", "engineer", "prompter", "viewer"];
const TENANT: readonly TenantRole[] = ["tenant-admin", "member"];
/** The admin API's own bounds. */
const LABEL_CHARS_MAX = 200;
const SUBJECT_CHARS_MAX = 1024;
const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const problem = (say: string): ClaimProblem => ({ say });

/**
 * The claims of a token whose signature, issuer, audience and times are right. A claim that is there and cannot be read refuses the
 * token: a restriction must not be lost by a slip of the issuer's.
 */
export function readClaims(payload: Readonly<Record<string, unknown>>, rules: ClaimRules): TokenHolder | ClaimProblem {
  const { iss, sub } = payload;
  if (typeof iss !== "string" || typeof sub !== "string" || sub === "" || sub.length > SUBJECT_CHARS_MAX)
    return problem("The token names no holder (sub).");
  const team = labelOf(payload, rules.claims.team);
  const region = labelOf(payload, rules.claims.region);
  if (team === null || region === null) return problem(`The token's ${team === null ? "team" : "region"} is not a short text.`);
  const who = { issuer: iss, subject: sub, team, region };
  const tenant = findClaim(payload, rules.claims.tenant);
  const roles = rolesOf(findClaim(payload, rules.claims.role), rules.roles);
  if (tenant === undefined) {
    const role = PLATFORM.find((one) => roles.has(one));
    if (rules.tenants !== undefined) return problem("The token names no tenant, and its issuer may speak for tenants only.");
    return role === undefined ? problem("The token names no tenant, and no role of the platform.") : { ...who, tenant, role };
  }
  if (typeof tenant !== "string" || !SLUG.test(tenant)) return problem("The token's tenant is not a slug.");
  if (rules.tenants?.includes(tenant) === false) return problem("The token's issuer may not speak for that tenant.");
  const role = TENANT.find((one) => roles.has(one));
  if (role === undefined) return problem("The token names no role in its tenant.");
  return { ...who, tenant, role, ownDocumentsOnly: rules.ownDocumentsOnly && role === "member", ...accessOf(payload, rules.claims) };
}

/**
 * What may be found. These give and do not take away, so what cannot be read gives nothing, and refuses no token: of a clearance that is no word of
 * ours the lowest remains. Groups are a list of names, or one text with commas.
 */
function accessOf(payload: Readonly<Record<string, unknown>>, claims: AccessClaims): KeyAccess {
  const groups = findClaim(payload, claims.groups);
  const listed: readonly unknown[] =
    typeof groups === "string" ? groups.split(",").map((name) => name.trim()) : Array.isArray(groups) ? groups : [];
  const names = [...new Set(listed.filter((name): name is string => typeof name === "string" && isAccessName(name)))].slice(0, GROUPS_MAX);
  const word = findClaim(payload, claims.clearance);
  const clearance = word === undefined ? undefined : (CLASSIFICATIONS.find((one) => one === word) ?? CLASSIFICATIONS[0]);
  const jurisdiction = findClaim(payload, claims.jurisdiction);
  return {
    ...(names.length === 0 ? {} : { groups: names }),
    ...(clearance === undefined ? {} : { clearance }),
    ...(typeof jurisdiction === "string" && isAccessName(jurisdiction) ? { jurisdiction } : {}),
  };
}

/** undefined: not there; null: there, and no label. */
function labelOf(payload: Readonly<Record<string, unknown>>, path: string): string | undefined | null {
  const value = findClaim(payload, path);
  if (value === undefined) return undefined;
  return typeof value === "string" && value !== "" && value.length <= LABEL_CHARS_MAX ? value : null;
}

function rolesOf(claim: unknown, meaning: Readonly<Record<string, Role>>): ReadonlySet<Role> {
  const words: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const known = words.flatMap((word) => (typeof word === "string" && Object.hasOwn(meaning, word) ? [meaning[word]] : []));
  return new Set(known.filter((role) => role !== undefined));
}

/** The claim of this very name goes before the path: names may hold dots. null is as if it were not there. */
function findClaim(payload: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path] ?? undefined;
  let at: unknown = payload;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = new Map<string, unknown>(Object.entries(at)).get(part);
  }
  return at ?? undefined;
}
