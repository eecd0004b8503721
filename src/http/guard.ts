import type { z } from "zod";
import * as contract from "../contract/guard.ts";
import type { GuardRule } from "../domain/guard-event.ts";
import type { Principal } from "../domain/principal.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { toWirePage } from "./admin-tenants.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantNamed, type Asked, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

type Span = { /** Slug; undefined: all of them. */ readonly tenant: string | undefined; readonly fromMs: number; readonly toMs: number };
type Days = z.output<typeof contract.guardDays>["days"];

export type GuardDeps = {
  /** Runs the rules of the tenant named. Throws `rate_limited`. */
  tryText(asked: Pick<Asked<Principal>, "who" | "startedAtMs" | "request" | "requestId">, ask: Ask): Promise<contract.GuardTried>;
  /** Throws `not_found`. */
  settings(slug: string): Promise<contract.GuardSettings>;
  events(
    ask: Span & { readonly rule: GuardRule | undefined; readonly cursor: string | undefined; readonly limit: number },
  ): Promise<{ readonly data: readonly unknown[]; readonly nextCursor: string | undefined }>;
  days(span: Span): Promise<readonly Days[number][]>;
  /** How keys were used of late; undefined: of all tenants. */
  keys(slug: string | undefined): Promise<contract.GuardKeys>;
};
type Ask = contract.GuardTry & { readonly tenant: string };

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 31;

/** The rules for content: tried on a text, as they hold for a tenant, and what they did. */
export function guard(deps: GuardDeps): Endpoint[] {
  return [
    noted(
      platformEndpoint("POST", "/admin/v1/guard/try", "guard.try", async (asked) => {
        const body = await readJson(asked.request, contract.guardTry, JSON_BODY_BYTES_MAX);
        return Response.json(await deps.tryText(asked, { ...body, tenant: tenantNamed(asked.who, body.tenant) }));
      }),
      {
        summary: "Try a tenant's rules for content on a text",
        description:
          "What would be found, and what would arrive at own hardware, at an external model, or at the caller. The text is sent nowhere, kept nowhere and counted in no usage; detectors outside of this process are not asked. It takes a request of the caller's rate.",
        body: contract.guardTry,
        answer: contract.guardTried,
        faults: ["not_found", "rate_limited", "busy", "guard_failed"],
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/tenants/:slug/guard", "tenants.read", async (asked) =>
        Response.json(await deps.settings(tenantNamed(asked.who, paramOf(asked, "slug")))),
      ),
      {
        summary: "The rules for content that hold for a tenant",
        description: "Each with where it comes from. They are changed by `PATCH /admin/v1/tenants/{slug}`, or by a policy.",
        answer: contract.guardSettings,
        faults: ["not_found"],
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/guard/events", "usage.read", async (asked) => {
        const { rule, cursor, limit, ...span } = readQuery(asked.query, contract.guardEventsQuery);
        return Response.json(toWirePage(await deps.events({ ...spanOf(asked, span), rule, cursor, limit })));
      }),
      {
        summary: "What the rules for content found and did",
        description: "By call and rule, newest first; counts and permanent words, never content. Kept as long as the call's event.",
        query: contract.guardEventsQuery,
        answer: contract.guardEventsPage,
        faults: ["not_found"],
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/guard/keys", "keys.manage", async ({ query, who }) => {
        const { tenant } = readQuery(query, contract.guardKeysQuery);
        return Response.json(await deps.keys(who.kind === "tenant" ? tenantNamed(who, tenant) : tenant));
      }),
      {
        summary: "Keys that were misused of late, with their scores",
        description:
          "Of this process: each replica keeps scores of its own, and a restart forgets them. Suspended keys are in the listing of keys.",
        query: contract.guardKeysQuery,
        answer: contract.guardKeys,
        faults: ["not_found"],
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/guard/days", "usage.read", async (asked) => {
        const span = spanOf(asked, readQuery(asked.query, contract.guardDaysQuery));
        const days = await deps.days(span);
        return Response.json({ from: new Date(span.fromMs).toISOString(), to: new Date(span.toMs).toISOString(), days });
      }),
      {
        summary: "The same by day, rule and outcome",
        description: "Bounds count by whole hours.",
        query: contract.guardDaysQuery,
        answer: contract.guardDays,
        faults: ["not_found"],
      },
    ),
  ];
}

const spanOf = (
  { who, startedAtMs }: Pick<Asked<Principal>, "who" | "startedAtMs">,
  { tenant, from, to }: z.output<typeof contract.guardDaysQuery>,
): Span => {
  const toMs = to === undefined ? startedAtMs : Date.parse(to);
  const fromMs = from === undefined ? toMs - DAYS_DEFAULT * DAY_MS : Date.parse(from);
  return { tenant: who.kind === "tenant" ? tenantNamed(who, tenant) : tenant, fromMs, toMs };
};
