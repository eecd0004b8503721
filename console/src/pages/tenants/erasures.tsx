import { tenantsText as text } from "#text/tenants.ts";
import { usePaged } from "../../api/paged.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { formatMoment } from "../../ui/format.ts";
import { DataTable, moreOf, ShowMore, type Column } from "../../ui/table.tsx";
import type { Erasure } from "./types.ts";

const TONES = { waiting: "neutral", running: "warn", done: "good" } as const;
const COLUMNS: readonly Column<Erasure>[] = [
  { id: "job", label: text.erasures.columns.job, cell: (row) => <code className="font-mono text-xs">{row.jobId}</code> },
  { id: "what", label: text.erasures.columns.what, cell: (row) => row.what },
  { id: "state", label: text.erasures.columns.state, cell: (row) => <StateDot tone={TONES[row.state]}>{row.state}</StateDot> },
  { id: "asked", label: text.erasures.columns.asked, wideOnly: true, cell: (row) => formatMoment(row.askedAt) },
  {
    id: "finished",
    label: text.erasures.columns.finished,
    wideOnly: true,
    cell: (row) => (row.finishedAt === null || row.finishedAt === undefined ? "—" : formatMoment(row.finishedAt)),
  },
];

/** Jobs that erased tenants and end users, once there are any. */
export function Erasures() {
  const listed = usePaged<Erasure>("/admin/v1/erasures", { limit: 10 });
  if (listed.rows.length === 0) return null;
  return (
    <Card title={text.erasures.title} flush>
      <DataTable
        label={text.erasures.table}
        columns={COLUMNS}
        rows={listed.rows}
        rowKey={(row) => row.jobId}
        footer={<ShowMore {...moreOf(listed)} />}
      />
    </Card>
  );
}
