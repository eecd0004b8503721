import { usageQuery } from "../contract/admin.ts";
import { Fault } from "../kernel/fault.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

export type UsageAsk = {
  /** Slug; undefined: all tenants. */
  readonly tenant: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
};

/** `read` answers in the contract's form, and includes every call that this process has answered. */
export function usage(read: (ask: UsageAsk) => Promise<unknown>): Endpoint {
  return platformEndpoint("GET", "/admin/v1/usage", "usage.read", async ({ query, who }) => {
    const { tenant, from, to, cursor, limit } = readQuery(query, usageQuery);
    const own = who.kind === "tenant" ? who.tenant.slug : tenant;
    return Response.json(await read({ tenant: own, fromMs: momentOf("from", from), toMs: momentOf("to", to), cursor, limit }));
  });
}

/** A date alone is its first moment, UTC. */
export function momentOf(param: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new Fault("body_invalid", { param, say: `${param}: expected a moment such as 2026-11-01T00:00:00Z, or a date.` });
  return ms;
}
