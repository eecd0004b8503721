import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { tenantsText } from "#text/tenants.ts";
import { get } from "../../api/client.ts";
import { may, type Me } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Card, Facts, Stat } from "../../ui/card.tsx";
import { formatCompact, formatCount, formatUsd } from "../../ui/format.ts";
import { ErrorState } from "../../ui/states.tsx";
import { dollars } from "./form-values.ts";
import type { Tenant } from "./types.ts";

const text = tenantsText.overview;
type Totals = {
  readonly calls: number;
  readonly refused: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
};

/** The calendar month in which budgets count, UTC. */
const monthStart = (): string => `${new Date().toISOString().slice(0, 7)}-01`;

export function Overview({ tenant, me }: { readonly tenant: Tenant; readonly me: Me }) {
  return (
    <>
      {may(me, "usage.read") && <Month tenant={tenant} />}
      <Card
        title={text.settings}
        actions={
          <>
            {may(me, "usage.read") && (
              <Button asChild size="small" kind="ghost">
                <Link to="/usage" search={{ tenant: tenant.slug }}>
                  {text.usage}
                </Link>
              </Button>
            )}
            {may(me, "audit.read") && (
              <Button asChild size="small" kind="ghost">
                <Link to="/audit" search={{ tenant: tenant.slug }}>
                  {text.audit}
                </Link>
              </Button>
            )}
            <Button asChild size="small" kind="ghost">
              <Link to="/guard" search={{ tenant: tenant.slug, tab: "modes" }}>
                {text.guard}
              </Link>
            </Button>
          </>
        }
      >
        <Facts facts={factsOf(tenant)} />
      </Card>
      {tenant.systemPrompt !== null && tenant.systemPrompt !== undefined && (
        <Card title={text.prompt}>
          <p className="foreign text-sm whitespace-pre-wrap">{tenant.systemPrompt}</p>
        </Card>
      )}
    </>
  );
}

function Month({ tenant }: { readonly tenant: Tenant }) {
  const usage = useQuery({
    queryKey: ["/admin/v1/usage", "month", tenant.slug],
    queryFn: ({ signal }) =>
      get<{ totals: Totals | null }>("/admin/v1/usage", { tenant: tenant.slug, from: monthStart(), limit: 1 }, signal),
  });
  if (usage.error !== null) return <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />;
  const totals = usage.data?.totals ?? undefined;
  const { budgetUsd } = tenant;
  const hasBudget = budgetUsd !== null && budgetUsd !== undefined;
  const isSpent = hasBudget && totals !== undefined && totals.costMicroUsd >= budgetUsd * 1_000_000;
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Stat
        label={text.calls}
        value={totals === undefined ? "…" : formatCount(totals.calls)}
        note={totals === undefined ? "" : text.refused(formatCount(totals.refused))}
      />
      <Stat
        label={text.cost}
        value={totals === undefined ? "…" : formatUsd(totals.costMicroUsd)}
        note={hasBudget ? text.budgetOf(dollars(budgetUsd)) : text.noBudget}
        {...(isSpent ? { tone: "bad" as const } : {})}
      />
      <Stat
        label={text.tokens}
        value={totals === undefined ? "…" : formatCompact(totals.inputTokens + totals.outputTokens)}
        note={totals === undefined ? "" : text.tokensNote(formatCompact(totals.inputTokens), formatCompact(totals.outputTokens))}
      />
    </div>
  );
}

const countOr = (count: number | null | undefined): string => (count === null || count === undefined ? text.none : formatCount(count));

function factsOf(tenant: Tenant): readonly (readonly [string, string])[] {
  const { budgetUsd, models, context } = tenant;
  return [
    [text.id, tenant.id],
    [text.tier, tenant.tier ?? text.none],
    [text.region, tenant.region ?? text.anyRegion],
    [text.models, models === null || models === undefined ? text.allModels : models.join(", ")],
    [text.rpm, countOr(tenant.rpm)],
    [text.tpm, countOr(tenant.tpm)],
    [text.budget, budgetUsd === null || budgetUsd === undefined ? text.none : dollars(budgetUsd)],
    [text.content, tenantsText.contents[tenant.contentPolicy]],
    [text.context, context ?? text.asRule],
  ];
}
