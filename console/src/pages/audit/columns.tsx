import { auditText as text } from "#text/audit.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { formatCount, formatMoment, formatUsd } from "../../ui/format.ts";
import type { Column } from "../../ui/table.tsx";
import { isDecision, type Row } from "./entry-types.ts";

const TONES: Readonly<Record<string, Tone>> = {
  finished: "good",
  granted: "good",
  failed: "bad",
  denied: "bad",
  refused: "warn",
  aborted: "warn",
};
export const OutcomeBadge = ({ outcome }: { readonly outcome: string }) => <Badge tone={TONES[outcome] ?? "neutral"}>{outcome}</Badge>;

const mono = (value: string | null | undefined) => <span className="foreign font-mono text-xs whitespace-nowrap">{value ?? "—"}</span>;
const SEQ: Column<Row> = {
  id: "seq",
  wideOnly: true,
  label: text.columns.seq,
  numeric: true,
  cell: (row) => formatCount(row.seq),
  className: "w-16",
};
const WHEN: Column<Row> = {
  id: "when",
  label: text.columns.when,
  cell: (row) => <span className="whitespace-nowrap">{formatMoment(row.createdAt)}</span>,
};
const OUTCOME: Column<Row> = { id: "outcome", label: text.columns.outcome, cell: (row) => <OutcomeBadge outcome={row.outcome} /> };

export const CALL_COLUMNS: readonly Column<Row>[] = [
  SEQ,
  WHEN,
  OUTCOME,
  {
    id: "model",
    label: text.columns.model,
    cell: (row) => (isDecision(row) ? null : mono(row.outcome === "refused" ? text.refusals(row.count) : row.model)),
  },
  { id: "key", label: text.columns.key, wideOnly: true, cell: (row) => (isDecision(row) ? null : mono(row.key)) },
  {
    id: "tokens",
    label: text.columns.tokens,
    numeric: true,
    wideOnly: true,
    cell: (row) => (isDecision(row) ? null : `${formatCount(row.inputTokens)} + ${formatCount(row.outputTokens)}`),
  },
  {
    id: "cost",
    label: text.columns.cost,
    numeric: true,
    wideOnly: true,
    cell: (row) => (isDecision(row) ? null : formatUsd(row.costMicroUsd)),
  },
];

export const DECISION_COLUMNS: readonly Column<Row>[] = [
  SEQ,
  WHEN,
  { id: "action", label: text.columns.action, cell: (row) => (isDecision(row) ? mono(row.action) : null) },
  {
    id: "outcome",
    label: text.columns.outcome,
    cell: (row) => (
      <span className="whitespace-nowrap">
        <OutcomeBadge outcome={row.outcome} />
        {row.count > 1 && <span className="ml-1.5 text-xs text-ink-faint tabular-nums">{text.times(formatCount(row.count))}</span>}
      </span>
    ),
  },
  {
    id: "category",
    label: text.columns.category,
    wideOnly: true,
    cell: (row) => (isDecision(row) ? <span className="whitespace-nowrap">{text.categories[row.category]}</span> : null),
  },
  { id: "actor", label: text.columns.actor, wideOnly: true, cell: (row) => (isDecision(row) ? mono(row.actor) : null) },
];
