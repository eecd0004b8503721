import type { ReactNode } from "react";
import { routingText as text } from "#text/routing.ts";
import { DataTable, type Column } from "../../ui/table.tsx";
import type { Policy } from "./types.ts";

type Changes = NonNullable<Policy["changes"]>;
type Row = { readonly name: string } & Changes[string];

/** Field by field, what is in production and what would be. */
export const ChangesTable = ({ changes }: { readonly changes: Changes }) => (
  <DataTable
    label={text.changesTab}
    columns={COLUMNS}
    rows={Object.entries(changes).map(([name, change]) => ({ name, ...change }))}
    rowKey={({ name }) => name}
  />
);

/** A list is rules, one a line. */
function show(value: Row["old"]): ReactNode {
  if (value === null) return <span className="whitespace-nowrap text-ink-faint">{text.notSet}</span>;
  if (!Array.isArray(value)) return <span className="font-mono text-xs">{String(value)}</span>;
  return (
    <ol className="grid gap-1">
      {value.map((line, at) => (
        <li key={at} className="font-mono text-xs">
          {line}
        </li>
      ))}
    </ol>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "field",
    label: text.field,
    className: "[td&]:align-top [td&]:font-mono [td&]:text-xs whitespace-nowrap max-md:whitespace-normal",
    cell: ({ name }) => <span className="foreign">{name}</span>,
  },
  { id: "before", label: text.before, className: "[td&]:align-top", cell: ({ old }) => <span className="foreign">{show(old)}</span> },
  { id: "after", label: text.after, className: "[td&]:align-top", cell: ({ new: next }) => <span className="foreign">{show(next)}</span> },
];
