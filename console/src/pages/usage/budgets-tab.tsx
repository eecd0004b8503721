import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { usageText as text } from "#text/usage.ts";
import { usePaged } from "../../api/paged.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { formatCount, formatMoment, formatUsd } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { ShowMore } from "../../ui/table.tsx";
import { BudgetDialog } from "./budget-dialog.tsx";
import { formatUtcDay, nameOf } from "./format.ts";
import type { UsageState } from "./state.ts";
import type { Budget } from "./types.ts";

type Props = { readonly state: UsageState; readonly keys: ReadonlyMap<string, string> };

/** The budgets of this month. A tenant's: its own and those of its keys; else each tenant's. */
export function BudgetsTab({ state, keys }: Props) {
  const tenant = state.own ?? state.view.filters.tenant;
  const [edited, setEdited] = useState<{ readonly tenant: string; readonly limitMicroUsd: number | undefined }>();
  const mayEdit = useMay("tenants.manage");
  const paged = usePaged<Budget>("/admin/v1/budgets", { tenant }, { enabled: state.isKnown });
  const { rows } = paged;
  const [first] = rows;
  const edit = mayEdit ? (budget: Budget) => setEdited({ tenant: budget.tenant ?? "", limitMicroUsd: budget.limitMicroUsd }) : undefined;
  return (
    <>
      <Card flush title={tenant === undefined ? text.budgets.all : text.budgets.ofTenant(tenant)}>
        {paged.error !== null && rows.length === 0 ? (
          <ErrorState error={paged.error} onRetry={() => void paged.refetch()} />
        ) : paged.isPending ? (
          <SkeletonRows rows={6} />
        ) : rows.length === 0 && !paged.hasNextPage ? (
          <NoBudgets
            tenant={tenant}
            onSet={mayEdit && tenant !== undefined ? () => setEdited({ tenant, limitMicroUsd: undefined }) : undefined}
          />
        ) : (
          <>
            <p className="border-b border-line px-4 py-2 text-xs text-ink-faint">
              {first === undefined ? "" : text.budgets.lead(formatUtcDay(first.renewsAt))} {text.budgets.forecastMark}
            </p>
            <ul aria-label={text.budgets.label}>
              {rows.map((budget) => (
                <BudgetRow
                  key={`${budget.scope} ${budget.tenant ?? ""} ${budget.key ?? ""}`}
                  budget={budget}
                  keys={keys}
                  onEdit={edit}
                  state={state}
                />
              ))}
            </ul>
            <div className="flex items-center gap-3 border-t border-line px-4 py-2 text-xs text-ink-faint">
              <ShowMore
                shown={rows.length}
                hasMore={paged.hasNextPage}
                busy={paged.isFetchingNextPage}
                onMore={() => void paged.fetchNextPage()}
              />
            </div>
          </>
        )}
      </Card>
      {edited !== undefined && <BudgetDialog {...edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

type RowProps = Props & { readonly budget: Budget; readonly onEdit: ((budget: Budget) => void) | undefined };
function BudgetRow({ budget, keys, onEdit, state }: RowProps) {
  const { forecast, limitMicroUsd, spentMicroUsd, scope, tenant } = budget;
  const name = scope === "platform" ? text.budgets.platform : (budget.name ?? budget.key ?? tenant ?? "");
  const share = limitMicroUsd === 0 ? 1 : spentMicroUsd / limitMicroUsd;
  const likely = forecast.method === "none" || limitMicroUsd === 0 ? undefined : forecast.microUsd / limitMicroUsd;
  const tone = share >= 1 || budget.refused.length > 0 ? "bad" : (likely ?? 0) > 1 || share > 0.8 ? "warn" : "accent";
  return (
    <li className="grid gap-x-6 gap-y-2 border-b border-line px-4 py-3 last:border-0 md:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_auto]">
      <div className="min-w-0">
        {scope === "tenant" && state.own === undefined && state.view.filters.tenant === undefined ? (
          <button
            type="button"
            className="foreign block max-w-full truncate text-left text-sm font-semibold hover:text-accent"
            onClick={() => state.change({ filters: { ...state.view.filters, tenant: tenant ?? "" } })}
          >
            {name}
          </button>
        ) : (
          <p className="foreign truncate text-sm font-semibold">{name}</p>
        )}
        <p className="foreign truncate text-xs text-ink-faint">
          {scope === "key" ? `${text.budgets.key} ${budget.key ?? ""}` : (tenant ?? "")}
        </p>
      </div>
      <div className="grid min-w-0 gap-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm tabular-nums">
          <span className="font-medium">{text.budgets.spent(formatUsd(spentMicroUsd), formatUsd(limitMicroUsd))}</span>
          {budget.leasedMicroUsd > 0 && (
            <span className="text-xs text-ink-faint">{text.budgets.held(formatUsd(budget.leasedMicroUsd))}</span>
          )}
        </div>
        <Meter
          label={text.budgets.meter(name, formatUsd(spentMicroUsd), formatUsd(limitMicroUsd))}
          share={share}
          tone={tone}
          {...(likely === undefined ? {} : { mark: likely })}
        />
        <ForecastLines budget={budget} />
        <Refused of={budget.refused} keys={keys} />
      </div>
      <div className="flex items-start justify-end">
        {scope === "tenant" && onEdit !== undefined && (
          <Button size="small" onClick={() => onEdit(budget)}>
            {text.budgets.edit}
          </Button>
        )}
        {scope === "key" && tenant !== null && (
          <Button size="small" asChild>
            <Link to="/tenants/$slug" params={{ slug: tenant }} search={{ tab: "keys" }}>
              {text.budgets.keys}
            </Link>
          </Button>
        )}
      </div>
    </li>
  );
}

/** Whose calls a spent budget refused, the most first; a long list can be opened. */
const REFUSED_MAX = 3;
function Refused({ of, keys }: { readonly of: Budget["refused"]; readonly keys: ReadonlyMap<string, string> }) {
  const line = (one: Budget["refused"][number]) => (
    <p key={one.key} className="foreign text-xs text-bad">
      {text.budgets.refused(formatCount(one.count), nameOf("key", one.key, keys), formatMoment(one.lastAt))}
    </p>
  );
  const rest = of.slice(REFUSED_MAX);
  return (
    <>
      {of.slice(0, REFUSED_MAX).map(line)}
      {rest.length > 0 && (
        <details className="text-xs text-bad">
          <summary>
            {text.budgets.moreRefused(formatCount(rest.length), formatCount(rest.reduce((sum, { count }) => sum + count, 0)))}
          </summary>
          {rest.map(line)}
        </details>
      )}
    </>
  );
}

function ForecastLines({ budget: { forecast, spentMicroUsd, limitMicroUsd, renewsAt } }: { readonly budget: Budget }) {
  if (spentMicroUsd >= limitMicroUsd) return <p className="text-xs font-medium text-bad">{text.budgets.spentUp(formatMoment(renewsAt))}</p>;
  if (forecast.method === "none") return <p className="text-xs text-ink-faint">{text.budgets.tooLittle}</p>;
  const { microUsd, lowMicroUsd, highMicroUsd, reachesLimitAt, method, days } = forecast;
  return (
    <p className="text-xs text-ink-soft tabular-nums" title={text.budgets.methods[method](days)}>
      {text.budgets.forecast(formatUsd(microUsd), formatUsd(lowMicroUsd), formatUsd(highMicroUsd))} ·{" "}
      <span className={reachesLimitAt === null ? "text-good" : "font-medium text-warn"}>
        {reachesLimitAt === null ? text.budgets.within : text.budgets.reaches(formatUtcDay(reachesLimitAt))}
      </span>
    </p>
  );
}

function NoBudgets({ tenant, onSet }: { readonly tenant: string | undefined; readonly onSet: (() => void) | undefined }) {
  const action =
    onSet === undefined ? (
      <Button asChild>
        <Link to="/tenants">{text.budgets.toTenants}</Link>
      </Button>
    ) : (
      <Button kind="primary" onClick={onSet}>
        {text.budgets.set}
      </Button>
    );
  return (
    <EmptyState title={text.budgets.emptyTitle} action={action}>
      {tenant === undefined ? text.budgets.empty : text.budgets.emptyTenant}
    </EmptyState>
  );
}
