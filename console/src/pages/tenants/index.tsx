import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { tenantsText as text } from "#text/tenants.ts";
import { usePaged } from "../../api/paged.ts";
import { useCommands } from "../../app/commands.ts";
import { may, useMe, type Me } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { formatCount, formatDay } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column, type Sort } from "../../ui/table.tsx";
import { CreateTenant } from "./create-tenant.tsx";
import { Erasures } from "./erasures.tsx";
import { dollars } from "./form-values.ts";
import { SearchField } from "./search-field.tsx";
import type { TenantListed } from "./types.ts";

/** Somebody of one tenant lands on that one; the platform's people see all. */
export function TenantsPage() {
  const { data: me } = useMe();
  if (me === undefined)
    return (
      <Page title={text.title} lead={text.lead}>
        <SkeletonRows />
      </Page>
    );
  if (!may(me, "tenants.list") && me.tenant !== undefined)
    return <Navigate to="/tenants/$slug" params={{ slug: me.tenant.slug }} replace />;
  return <AllTenants me={me} />;
}

function AllTenants({ me }: { readonly me: Me }) {
  const [creating, setCreating] = useState(false);
  const mayCreate = may(me, "tenants.manage");
  useCommands(useMemo(() => (mayCreate ? [{ id: "tenant-new", label: text.new, run: () => setCreating(true) }] : []), [mayCreate]));
  const make = mayCreate && (
    <Button kind="primary" onClick={() => setCreating(true)}>
      <Plus className="size-4" aria-hidden />
      {text.new}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={make}>
      <TenantTable usage={may(me, "usage.read")} make={make} />
      {may(me, "subjects.manage") && <Erasures />}
      {creating && <CreateTenant onClose={() => setCreating(false)} />}
    </Page>
  );
}

const tenantCell = (row: TenantListed) => (
  <Link to="/tenants/$slug" params={{ slug: row.slug }} className="foreign grid leading-tight hover:underline">
    <span className="font-medium">{row.name}</span>
    <span className="font-mono text-xs text-ink-faint">{row.slug}</span>
  </Link>
);

function BudgetCell({ row }: { readonly row: TenantListed }) {
  if (row.budgetUsd === null || row.budgetUsd === undefined) return <span className="text-xs text-ink-faint">{text.noBudget}</span>;
  const share = row.budgetUsd === 0 ? 1 : (row.month?.costUsd ?? 0) / row.budgetUsd;
  return (
    <span className="flex items-center justify-end gap-2">
      <span className="w-20">
        <Meter label={text.budgetUsed(row.name)} share={share} tone={share >= 1 ? "bad" : share >= 0.8 ? "warn" : "accent"} />
      </span>
      <span className="w-20 text-xs text-ink-soft">{dollars(row.budgetUsd)}</span>
    </span>
  );
}

/** What tenants used is for those who may see usage: without it the columns are not there. */
function columnsFor(usage: boolean): readonly Column<TenantListed>[] {
  const used: readonly Column<TenantListed>[] = [
    {
      id: "calls",
      label: text.columns.calls,
      numeric: true,
      sortable: true,
      wideOnly: true,
      cell: (row) => formatCount(row.month?.calls ?? 0),
    },
    { id: "cost", label: text.columns.cost, numeric: true, sortable: true, cell: (row) => dollars(row.month?.costUsd ?? 0) },
    { id: "budget", label: text.columns.budget, numeric: true, wideOnly: true, cell: (row) => <BudgetCell row={row} /> },
  ];
  return [
    { id: "name", label: text.columns.tenant, sortable: true, cell: tenantCell },
    { id: "tier", label: text.columns.tier, wideOnly: true, cell: (row) => row.tier ?? "—" },
    { id: "region", label: text.columns.region, wideOnly: true, cell: (row) => row.region ?? "—" },
    ...(usage ? used : []),
    {
      id: "created",
      label: text.columns.created,
      sortable: true,
      wideOnly: true,
      cell: (row) => <span className="whitespace-nowrap">{formatDay(row.createdAt)}</span>,
    },
  ];
}

function TenantTable({ usage, make }: { readonly usage: boolean; readonly make: React.ReactNode }) {
  const [search, setSearch] = useSearchText("search");
  const [sorted, setSorted] = useSearchText("sort", "name");
  const navigate = useNavigate();
  const sort: Sort = { column: sorted.replace(/^-/, ""), descending: sorted.startsWith("-") };
  const listed = usePaged<TenantListed>("/admin/v1/tenants", {
    search,
    sort: sort.column,
    order: sort.descending ? "desc" : "asc",
    limit: 50,
  });
  const columns = useMemo(() => columnsFor(usage), [usage]);
  return (
    <>
      <SearchField label={text.searchTenants} placeholder={text.searchHint} value={search} onSettled={setSearch} />
      {listed.error !== null && <ErrorState error={listed.error} onRetry={() => void listed.refetch()} />}
      <Card flush>
        {listed.isPending ? (
          <SkeletonRows />
        ) : (
          <DataTable
            label={text.table}
            columns={columns}
            rows={listed.rows}
            rowKey={(row) => row.id}
            sort={sort}
            onSort={(next) => setSorted(`${next.descending ? "-" : ""}${next.column}`)}
            onOpen={(row) => void navigate({ to: "/tenants/$slug", params: { slug: row.slug } })}
            empty={
              search === "" ? (
                <EmptyState title={text.emptyTitle} action={make}>
                  {text.empty}
                </EmptyState>
              ) : (
                <EmptyState title={text.nothingFits}>{text.nothingFitsSay}</EmptyState>
              )
            }
            footer={<ShowMore {...moreOf(listed)} />}
          />
        )}
      </Card>
    </>
  );
}
