import { Link } from "@tanstack/react-router";
import { tenantsText } from "#text/tenants.ts";
import { usePaged } from "../../api/paged.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Card } from "../../ui/card.tsx";
import { formatAgo, formatCount, formatMoment } from "../../ui/format.ts";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column } from "../../ui/table.tsx";
import { SearchField } from "./search-field.tsx";
import type { Person } from "./types.ts";

const text = tenantsText.people;

const columnsFor = (slug: string): readonly Column<Person>[] => [
  { id: "person", label: text.columns.person, cell: (row) => <code className="font-mono text-xs break-all">{row.id}</code> },
  { id: "role", label: text.columns.role, cell: (row) => row.role },
  { id: "first", label: text.columns.first, wideOnly: true, cell: (row) => formatMoment(row.firstSeenAt) },
  { id: "last", label: text.columns.last, cell: (row) => <span title={formatMoment(row.lastSeenAt)}>{formatAgo(row.lastSeenAt)}</span> },
  { id: "signIns", label: text.columns.signIns, numeric: true, wideOnly: true, cell: (row) => formatCount(row.signIns) },
  {
    id: "trail",
    label: text.columns.trail,
    wideOnly: true,
    cell: (row) => (
      <Link to="/audit" search={{ tenant: slug, category: "decisions", actor: row.id }} className="text-accent underline">
        {text.trail}
      </Link>
    ),
  },
];

export function PeopleList({ slug }: { readonly slug: string }) {
  const [search, setSearch] = useSearchText("person");
  const listed = usePaged<Person>("/admin/v1/people", { tenant: slug, search, limit: 50 });
  const page = listed.data?.pages[0];
  const since = page !== undefined && "since" in page ? page.since : undefined;
  return (
    <>
      <p className="max-w-3xl text-sm text-ink-soft">{text.lead}</p>
      <SearchField label={text.search} placeholder={text.searchHint} value={search} onSettled={setSearch} />
      {listed.error !== null && <ErrorState error={listed.error} onRetry={() => void listed.refetch()} />}
      <Card flush>
        {listed.isPending ? (
          <SkeletonRows />
        ) : (
          <DataTable
            label={text.table}
            columns={columnsFor(slug)}
            rows={listed.rows}
            rowKey={(row) => row.id}
            empty={
              <EmptyState title={search === "" ? text.emptyTitle : text.nothingFits}>{search === "" ? text.empty : undefined}</EmptyState>
            }
            footer={
              <>
                <ShowMore {...moreOf(listed)} />
                {typeof since === "string" && <span>{text.since(formatMoment(since))}</span>}
              </>
            }
          />
        )}
      </Card>
    </>
  );
}
