import { useNavigate } from "@tanstack/react-router";
import { Download, ShieldCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { auditText as text } from "#text/audit.ts";
import { usePaged } from "../../api/paged.ts";
import { useCommands } from "../../app/commands.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Select } from "../../ui/field.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { DataTable, ShowMore } from "../../ui/table.tsx";
import { toastError } from "../../ui/toast.tsx";
import { CALL_COLUMNS, DECISION_COLUMNS } from "./columns.tsx";
import { EntryDrawer } from "./entry-drawer.tsx";
import { chainOf, type Row } from "./entry-types.ts";
import { exportChain } from "./export-chain.ts";
import { FilterBar, useFilters, type Filters } from "./filters.tsx";
import { PLATFORM, useChain } from "./use-chain.ts";
import { VerifyDialog } from "./verify-dialog.tsx";

export function AuditPage() {
  const chain = useChain();
  const { filters: asked, set } = useFilters();
  const [seq, setSeq] = useSearchText("entry");
  const [verifying, setVerifying] = useState(false);
  const navigate = useNavigate();
  const tenant = chain.chosen === PLATFORM ? undefined : chain.chosen;
  // What belongs to no tenant are decisions only.
  const filters = tenant === undefined && asked.category === "calls" ? { ...asked, category: "decisions" } : asked;
  useCommands(useMemo(() => [{ id: "audit-verify", label: text.verify, run: () => setVerifying(true) }], []));
  const clear = () => {
    void navigate({
      to: ".",
      replace: true,
      search: (before: Record<string, unknown>) => ({ tenant: before["tenant"], category: before["category"] }),
    });
  };
  return (
    <Page title={text.title} lead={text.lead} actions={<Actions chain={chain} tenant={tenant} onVerify={() => setVerifying(true)} />}>
      <FilterBar filters={filters} set={set} onClear={clear} />
      {chain.chosen === "" ? (
        <Card flush>
          <SkeletonRows rows={10} />
        </Card>
      ) : (
        <Entries tenant={tenant} filters={filters} onOpen={(row) => setSeq(String(row.seq))} />
      )}
      {/^\d+$/.test(seq) && (
        <EntryDrawer
          tenant={tenant}
          chain={chainOf(filters.category)}
          seq={Number(seq)}
          onSeq={(next) => setSeq(next === undefined ? "" : String(next))}
        />
      )}
      {verifying && chain.chosen !== "" && (
        <VerifyDialog
          tenant={tenant}
          onClose={() => setVerifying(false)}
          onOpenEntry={(of, at) => {
            setVerifying(false);
            void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, category: of, entry: String(at) }) });
          }}
        />
      )}
    </Page>
  );
}

function Actions({
  chain,
  tenant,
  onVerify,
}: {
  readonly chain: ReturnType<typeof useChain>;
  readonly tenant: string | undefined;
  onVerify(): void;
}) {
  const download = (of: "calls" | "decisions") => void exportChain(tenant, of).catch(toastError);
  return (
    <>
      {chain.own === undefined && (
        <Select
          aria-label={text.tenant}
          value={chain.chosen}
          onChange={(event) => chain.choose(event.target.value)}
          className="!w-44 max-w-full"
        >
          <option value={PLATFORM}>{text.platform}</option>
          {chain.slugs.map((slug) => (
            <option key={slug} value={slug}>
              {slug}
            </option>
          ))}
        </Select>
      )}
      <Menu
        header={text.exportHint}
        trigger={
          <Button>
            <Download className="size-4" aria-hidden />
            {text.export}
          </Button>
        }
        items={[
          ...(tenant === undefined ? [] : [{ id: "calls", label: text.exportCalls, onSelect: () => download("calls") }]),
          { id: "decisions", label: text.exportDecisions, onSelect: () => download("decisions") },
        ]}
      />
      <Button kind="primary" onClick={onVerify}>
        <ShieldCheck className="size-4" aria-hidden />
        {text.verify}
      </Button>
    </>
  );
}

/** A date is a whole day, UTC: `to` includes it. */
const nextDay = (date: string): string | undefined =>
  date === "" || Number.isNaN(Date.parse(date)) ? undefined : new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);

function Entries({ tenant, filters, onOpen }: { readonly tenant: string | undefined; readonly filters: Filters; onOpen(row: Row): void }) {
  const { from, to, ...rest } = filters;
  const listed = usePaged<Row>("/admin/v1/audit", {
    tenant,
    ...rest,
    from: from === "" ? undefined : from,
    to: nextDay(to),
    order: "desc",
    limit: 50,
  });
  if (listed.error !== null) return <ErrorState error={listed.error} onRetry={() => void listed.refetch()} />;
  if (listed.isPending)
    return (
      <Card flush>
        <SkeletonRows rows={10} />
      </Card>
    );
  const isFiltered = [from, to, rest.actor, rest.action, rest.outcome, rest.requestId].some((one) => one !== "");
  const more = () => void listed.fetchNextPage();
  return (
    <Card flush>
      <DataTable
        label={text.table}
        columns={filters.category === "calls" ? CALL_COLUMNS : DECISION_COLUMNS}
        rows={listed.rows}
        rowKey={(row) => `${row.seq}-${row.hash}`}
        onOpen={onOpen}
        empty={
          listed.hasNextPage ? (
            <EmptyState
              title={text.emptyTitle}
              action={
                <Button onClick={more} busy={listed.isFetchingNextPage}>
                  {text.lookFurther}
                </Button>
              }
            >
              {text.emptySoFar}
            </EmptyState>
          ) : (
            <EmptyState title={isFiltered ? text.emptyTitle : text.noneYet}>{isFiltered ? text.empty : text.noneYetSay}</EmptyState>
          )
        }
        footer={<ShowMore shown={listed.rows.length} hasMore={listed.hasNextPage} busy={listed.isFetchingNextPage} onMore={more} />}
      />
    </Card>
  );
}
