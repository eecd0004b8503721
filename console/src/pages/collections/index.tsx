import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { collectionsText as text } from "#text/collections.ts";
import { usePaged } from "../../api/paged.ts";
import { useCommands } from "../../app/commands.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge, StateDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { formatAgo, formatBytes, formatCount, formatDay, formatMoment } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column, type Sort } from "../../ui/table.tsx";
import { CreateDialog } from "./create-dialog.tsx";
import { SearchBox } from "./search-box.tsx";
import type { Collection } from "./types.ts";

/** Columns of the table as the API sorts by them. */
const SORTS = { name: "name", used: "last_active_at", created: "created_at" } as const;
type SortColumn = keyof typeof SORTS;
const PAGE = 50;

export function CollectionsPage() {
  const mayWrite = useMay("collections.write");
  const [creating, setCreating] = useState(false);
  const [name, setName] = useSearchText("name");
  const [sortText, setSortText] = useSearchText("sort", "-created");
  const sort = toSort(sortText);
  const query = { limit: PAGE, sort: SORTS[sort.column], order: sort.descending ? "desc" : "asc", name: name === "" ? undefined : name };
  const list = usePaged<Collection>("/v1/vector_stores", query);
  useCommands(
    useMemo(() => (mayWrite ? [{ id: "collections.create", label: text.create, run: () => setCreating(true) }] : []), [mayWrite]),
  );
  const create = mayWrite && (
    <Button kind="primary" onClick={() => setCreating(true)}>
      <Plus className="size-4" aria-hidden />
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={create}>
      <SearchBox label={text.searchLabel} value={name} onChange={setName} />
      <Card flush>
        <Loaded of={list}>
          {() => (
            <DataTable
              label={text.list}
              columns={COLUMNS}
              rows={list.rows}
              rowKey={({ id }) => id}
              sort={sort}
              onSort={({ column, descending }) => setSortText(`${descending ? "-" : ""}${column}`)}
              empty={<Nothing searched={name !== ""} onClear={() => setName("")} action={create} />}
              footer={<ShowMore {...moreOf(list)} />}
            />
          )}
        </Loaded>
      </Card>
      <CreateDialog open={creating} onOpenChange={setCreating} />
    </Page>
  );
}

type NothingProps = { readonly searched: boolean; onClear(): void; readonly action: React.ReactNode };
const Nothing = ({ searched, onClear, action }: NothingProps) =>
  searched ? (
    <EmptyState title={text.nothing} action={<Button onClick={onClear}>{text.clearSearch}</Button>}>
      {text.nothingSay}
    </EmptyState>
  ) : (
    <EmptyState title={text.empty} action={action}>
      {text.emptySay}
    </EmptyState>
  );

/** "-name" is by name, from the last to the first. */
function toSort(raw: string): Sort & { readonly column: SortColumn } {
  const column = raw.replace(/^-/, "");
  return { column: column === "name" || column === "used" ? column : "created", descending: raw.startsWith("-") };
}

const COLUMNS: readonly Column<Collection>[] = [
  {
    id: "name",
    label: text.column.name,
    sortable: true,
    className: "min-w-48",
    cell: (one) => (
      <div className="min-w-0">
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/collections/$store" params={{ store: one.id }} className="foreign rounded font-medium hover:underline">
            {one.name}
          </Link>
          {one.weir?.access !== undefined && <Badge title={text.restrictedSay}>{text.restricted}</Badge>}
          {one.weir?.trust === "private" && <Badge title={text.privateSay}>{text.private}</Badge>}
        </span>
        {one.description !== undefined && <p className="foreign line-clamp-1 text-xs text-ink-faint">{one.description}</p>}
      </div>
    ),
  },
  { id: "state", label: text.column.state, cell: (one) => <StateOf collection={one} /> },
  { id: "documents", label: text.column.documents, numeric: true, cell: (one) => formatCount(one.file_counts.completed) },
  { id: "size", label: text.column.size, numeric: true, wideOnly: true, cell: (one) => formatBytes(one.usage_bytes) },
  {
    id: "used",
    label: text.column.used,
    sortable: true,
    wideOnly: true,
    className: "whitespace-nowrap",
    cell: ({ last_active_at: at }) => at !== null && <time title={formatMoment(at)}>{formatAgo(at)}</time>,
  },
  {
    id: "created",
    label: text.column.created,
    sortable: true,
    wideOnly: true,
    className: "whitespace-nowrap",
    cell: ({ created_at: at }) => <time title={formatMoment(at)}>{formatDay(at)}</time>,
  },
];

function StateOf({ collection: { status, file_counts: counts } }: { readonly collection: Collection }) {
  if (counts.in_progress > 0) return <StateDot tone="accent">{text.onTheWay(counts.in_progress)}</StateDot>;
  if (counts.failed > 0) return <StateDot tone="bad">{text.failed(counts.failed)}</StateDot>;
  return <StateDot tone={status === "expired" ? "warn" : "good"}>{text.states[status]}</StateDot>;
}
