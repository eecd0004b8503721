import { budgetPage, budgetsQuery, type BudgetPage } from "../contract/budgets.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

export type BudgetsRead = (ask: {
  readonly tenant: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
}) => Promise<BudgetPage>;

export function budgets(read: BudgetsRead): Endpoint {
  const endpoint = platformEndpoint("GET", "/admin/v1/budgets", "usage.read", async ({ query, who }) => {
    const { tenant, cursor, limit } = readQuery(query, budgetsQuery);
    return Response.json(await read({ after: cursor, limit, tenant: who.kind === "tenant" ? who.tenant.slug : tenant }));
  });
  return noted(endpoint, {
    summary: "Budgets of this month: spent, held, and how the month is likely to end",
    description:
      "Of tenants and keys that have one. A page may be short, or empty, while there is a next one. A tenant's own key sees its own tenant.",
    query: budgetsQuery,
    answer: budgetPage,
  });
}
