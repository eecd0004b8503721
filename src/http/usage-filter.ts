import type { z } from "zod";
import type { usageQuery } from "../contract/usage-series.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";

/** Which usage is asked for. Words are exact; '' is what has none. */
export type UsageFilterAsk = {
  /** Slug; undefined: all tenants. */
  readonly tenant: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly words: {
    readonly team?: string | undefined;
    readonly key?: string | undefined;
    readonly feature?: string | undefined;
    readonly model?: string | undefined;
    readonly provider?: string | undefined;
    readonly outcome?: string | undefined;
  };
};

type FilterQuery = Omit<z.output<typeof usageQuery>, "cursor" | "limit" | "costMinUsd">;

/** A tenant's own people see their tenant, whatever they name. */
export function toUsageFilter(query: FilterQuery, who: Principal): UsageFilterAsk {
  const { tenant, from, to, team, key, feature, model, provider, outcome } = query;
  const own = who.kind === "tenant" ? who.tenant.slug : tenant;
  return { tenant: own, fromMs: momentOf("from", from), toMs: momentOf("to", to), words: { team, key, feature, model, provider, outcome } };
}

/** A date alone is its first moment, UTC. */
export function momentOf(param: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new Fault("body_invalid", { param, say: `${param}: expected a moment such as 2026-11-01T00:00:00Z, or a date.` });
  return ms;
}
