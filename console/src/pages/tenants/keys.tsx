import { Plus } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { tenantsText } from "#text/tenants.ts";
import { usePaged } from "../../api/paged.ts";
import type { Me } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { formatAgo, formatCount, formatDay, formatMoment } from "../../ui/format.ts";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column, type Sort } from "../../ui/table.tsx";
import { CreateKey } from "./create-key.tsx";
import { dollars } from "./form-values.ts";
import { KeyDrawer } from "./key-drawer.tsx";
import { KeyMadeDialog } from "./key-made.tsx";
import { KeyState } from "./key-state.tsx";
import { SearchField } from "./search-field.tsx";
import { tenantPath, type Key, type KeyMade } from "./types.ts";

const text = tenantsText.keys;
function columnsFor(me: Me): readonly Column<Key>[] {
  const name = (row: Key) => (
    <span className="grid min-w-24 gap-0.5 leading-tight">
      <span className="foreign font-medium">{row.name}</span>
      <span className="flex items-center gap-1.5">
        <span className="font-mono text-xs whitespace-nowrap text-ink-faint">{row.prefix}…</span>
        {me.tenant?.keyId === row.id && <Badge tone="accent">{text.thisSession}</Badge>}
      </span>
    </span>
  );
  const used = (row: Key) =>
    row.lastUsedAt === null || row.lastUsedAt === undefined ? (
      <span className="text-ink-faint">{text.never}</span>
    ) : (
      <span title={formatMoment(row.lastUsedAt)}>{formatAgo(row.lastUsedAt)}</span>
    );
  return [
    { id: "name", label: text.columns.name, sortable: true, cell: name },
    { id: "state", label: text.columns.state, cell: (row) => <KeyState state={row.state} /> },
    { id: "role", label: text.columns.role, wideOnly: true, cell: (row) => row.role },
    { id: "team", label: text.columns.team, wideOnly: true, cell: (row) => <span className="foreign">{row.team ?? "—"}</span> },
    { id: "last-used", label: text.columns.used, wideOnly: true, sortable: true, cell: used, className: "whitespace-nowrap" },
    { id: "calls", label: text.columns.calls, numeric: true, wideOnly: true, cell: (row) => formatCount(row.month.calls) },
    { id: "cost", label: text.columns.cost, numeric: true, sortable: true, cell: (row) => dollars(row.month.costUsd) },
    {
      id: "created",
      label: text.columns.created,
      wideOnly: true,
      sortable: true,
      cell: (row) => formatDay(row.createdAt),
      className: "whitespace-nowrap",
    },
  ];
}

/** Keys of a tenant: found, made, opened. */
export function Keys({ slug, me }: { readonly slug: string; readonly me: Me }) {
  const [open, setOpen] = useSearchText("key");
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<KeyMade>();
  const make = (
    <Button kind="primary" onClick={() => setCreating(true)}>
      <Plus className="size-4" aria-hidden />
      {text.new}
    </Button>
  );
  return (
    <>
      <KeyList slug={slug} me={me} make={make} onOpen={setOpen} />
      {creating && (
        <CreateKey
          slug={slug}
          onClose={() => setCreating(false)}
          onMade={(key) => {
            setCreating(false);
            setMade(key);
          }}
        />
      )}
      {open !== "" && <KeyDrawer slug={slug} id={open} isOwn={me.tenant?.keyId === open} onClose={() => setOpen("")} onMade={setMade} />}
      {made !== undefined && <KeyMadeDialog made={made} onClose={() => setMade(undefined)} />}
    </>
  );
}

type ListProps = { readonly slug: string; readonly me: Me; readonly make: ReactNode; onOpen(id: string): void };

function KeyList({ slug, me, make, onOpen }: ListProps) {
  const [search, setSearch] = useSearchText("search");
  const [state, setState] = useSearchText("state");
  const [sorted, setSorted] = useSearchText("sort", "-created");
  const sort: Sort = { column: sorted.replace(/^-/, ""), descending: sorted.startsWith("-") };
  const listed = usePaged<Key>(`${tenantPath(slug)}/keys`, {
    search,
    state,
    sort: sort.column,
    order: sort.descending ? "desc" : "asc",
    limit: 50,
  });
  const columns = useMemo(() => columnsFor(me), [me]);
  const isFiltered = search !== "" || state !== "";
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label={text.search} placeholder={text.searchHint} value={search} onSettled={setSearch} />
        <StateChoice state={state} onChange={setState} />
        <span className="flex-1" />
        {make}
      </div>
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
            onOpen={(row) => onOpen(row.id)}
            empty={
              <EmptyState title={isFiltered ? text.nothingFits : text.emptyTitle} action={isFiltered ? undefined : make}>
                {isFiltered ? text.nothingFitsSay : text.empty}
              </EmptyState>
            }
            footer={<ShowMore {...moreOf(listed)} />}
          />
        )}
      </Card>
    </>
  );
}

function StateChoice({ state, onChange }: { readonly state: string; onChange(state: string): void }) {
  return (
    <Field label={text.state} hideLabel className="w-36">
      {(control) => (
        <Select {...control} value={state} onChange={(event) => onChange(event.target.value)}>
          <option value="">{text.any}</option>
          {Object.entries(text.states).map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
