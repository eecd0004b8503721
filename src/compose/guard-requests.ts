import { createGuardSettings, createRedteamReports, getBySlug, type RedteamReports } from "../admin/index.ts";
import type { Abuse } from "../admit/index.ts";
import type { Config } from "../config/index.ts";
import type { GuardTried } from "../contract/guard.ts";
import type { Principal, TenantPrincipal, TenantProfile } from "../domain/principal.ts";
import type { TextTrial } from "../guard/index.ts";
import type { GuardDeps } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";
import { getTenant } from "../store/tenants.ts";
import { admitTrial } from "./admission.ts";
import { toPrincipal } from "./generate.ts";
import type { Parts } from "./parts.ts";

type Deps = {
  readonly config: Pick<Config, "guard" | "approvals">;
  readonly db: Database;
  readonly clock: Clock;
  readonly parts: Pick<Parts, "guard" | "record" | "admission" | "decisions" | "misuse">;
};

export type GuardRequests = { readonly guard: GuardDeps; readonly redteam: RedteamReports };

/** The platform's people have no rates of their own. A text is tried while somebody writes it: two a second, all of them together. */
const PLATFORM_TRIES_A_MINUTE = 120;

/** What is asked about the rules for content, under this configuration. */
export function composeGuardRequests({ config, db, clock, parts }: Deps): GuardRequests {
  const { record, decisions } = parts;
  const { detectors, opinions, policy } = config.guard;
  const asked = [...detectors, ...opinions].map(({ kind, onFailure }) => ({ name: kind, kind, onFailure }));
  const idOf = async (slug: string | undefined) => (slug === undefined ? undefined : (await getBySlug(db, slug)).id);
  const notAsked = asked.map(({ name }) => name);
  return {
    guard: {
      tryText: createTry({
        trial: parts.guard.trialOf(config),
        admit: admitTrial(parts.admission.admission),
        notAsked,
        find: (slug) => getBySlug(db, slug),
      }),
      settings: createGuardSettings({ db, guard: policy, approvals: config.approvals, detectors: asked }),
      events: async ({ tenant, ...ask }) => record.readGuardEvents({ ...ask, tenantId: await idOf(tenant) }),
      keys: createKeys(db, parts.misuse.abuse, idOf),
      days: async ({ tenant, ...ask }) => record.readGuardDays({ ...ask, tenantId: await idOf(tenant) }),
    },
    redteam: createRedteamReports({ db, nowMs: clock.nowMs, decisions }),
  };
}

/** A page of people: who has more keys above a threshold has another problem. */
const KEYS_MAX = 100;

/** A tenant that has gone since keeps its id. */
async function slugOf(db: Database, id: TenantId): Promise<string> {
  try {
    return (await getTenant(db, id)).slug;
  } catch (error) {
    if (error instanceof Fault && error.code === "not_found") return id;
    throw error;
  }
}

/** Scores with the slugs of their tenants; of a tenant that is gone, its id. */
function createKeys(
  db: Database,
  abuse: Pick<Abuse, "list" | "policy">,
  idOf: (slug: string | undefined) => Promise<TenantId | undefined>,
): GuardDeps["keys"] {
  return async (slug) => {
    const { mode, throttleAbove, suspendAbove } = abuse.policy;
    const found = abuse.list(await idOf(slug), KEYS_MAX);
    const slugs = new Map<TenantId, string>();
    for (const { tenantId } of found) if (!slugs.has(tenantId)) slugs.set(tenantId, slug ?? (await slugOf(db, tenantId)));
    return {
      mode,
      throttleAbove,
      suspendAbove,
      data: found.map(({ tenantId, keyId, score, level }) => ({
        tenant: slugs.get(tenantId) ?? tenantId,
        key: keyId,
        score: Math.round(score * 10) / 10,
        level: level ?? null,
      })),
    };
  };
}

type TryDeps = {
  readonly trial: TextTrial;
  readonly admit: ReturnType<typeof admitTrial>;
  readonly notAsked: readonly string[];
  /** Throws `not_found`. */
  find(slug: string): Promise<TenantProfile>;
};

/** Takes a place and a request of the caller's rate, and gives the place back; nothing is written. */
function createTry({ trial, admit, notAsked, find }: TryDeps): GuardDeps["tryText"] {
  return async ({ who, requestId, startedAtMs, request }, { tenant: slug, text, direction, place }) => {
    const principal = who.kind === "tenant" ? who : toPrincipal(await find(slug));
    const { admitted } = await admit({ requestId, who: ratedBy(who, principal), feature: undefined, startedAtMs }, request.signal);
    try {
      const tried = direction === "in" ? await trial.incoming(principal, text, place) : trial.outgoing(principal, text);
      return toWire(tried, { tenant: principal.tenant.slug, direction, place, notAsked });
    } finally {
      admitted.settle({ microUsd: 0, tokens: 0 });
    }
  };
}

/** Somebody of the platform takes nothing of the tenant's own rates. */
function ratedBy(who: Principal, { tenant, key, ...rest }: TenantPrincipal): TenantPrincipal {
  if (who.kind === "tenant") return who;
  return { ...rest, tenant: { ...tenant, rpm: undefined, tpm: undefined }, key: { ...key, rpm: PLATFORM_TRIES_A_MINUTE } };
}

function toWire(
  { mode, findings, injection, rules, outcomes }: Awaited<ReturnType<TextTrial["incoming"]>>,
  { notAsked, ...about }: Pick<GuardTried, "tenant" | "direction" | "place"> & { readonly notAsked: readonly string[] },
): GuardTried {
  return {
    ...about,
    mode: mode ?? null,
    findings: findings.map((finding) => ({ ...finding })),
    injection: injection === undefined ? null : { ...injection, saw: [...injection.saw] },
    rules: rules.map((rule) => ({ ...rule })),
    outcomes: outcomes.map(({ code, text, ...rest }) => ({ ...rest, code: code ?? null, text: text ?? null })),
    notAsked: [...notAsked],
  };
}
