import { usageQuery } from "../contract/usage-series.ts";
import { dollarsToMicro } from "../kernel/money.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { toUsageFilter, type UsageFilterAsk } from "./usage-filter.ts";

export type UsageAsk = UsageFilterAsk & {
  readonly costMinMicroUsd: number | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
};

/** `read` answers in the contract's form, and includes every call that this process has answered. */
export function usage(read: (ask: UsageAsk) => Promise<unknown>): Endpoint {
  return platformEndpoint("GET", "/admin/v1/usage", "usage.read", async ({ query, who }) => {
    const { cursor, limit, costMinUsd, ...filter } = readQuery(query, usageQuery);
    const costMinMicroUsd = costMinUsd === undefined ? undefined : dollarsToMicro(costMinUsd);
    return Response.json(await read({ ...toUsageFilter(filter, who), costMinMicroUsd, cursor, limit }));
  });
}
