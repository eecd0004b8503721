import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { uiText as text } from "#text/ui.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

export type Column<Row> = {
  readonly id: string;
  readonly label: string;
  /** Of one row. */
  cell(row: Row): ReactNode;
  /** Numbers stand at the right, so that they can be compared. */
  readonly numeric?: boolean;
  /** Left out on a telephone. */
  readonly wideOnly?: boolean;
  readonly sortable?: boolean;
  readonly className?: string;
};
export type Sort = { readonly column: string; readonly descending: boolean };

type TableProps<Row> = {
  /** What the table holds, for whoever does not see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  rowKey(row: Row): string;
  onOpen?(row: Row): void;
  readonly sort?: Sort;
  onSort?(sort: Sort): void;
  readonly empty?: ReactNode;
  /** Shown below: "show more", counts. */
  readonly footer?: ReactNode;
  rowTone?(row: Row): "bad" | "warn" | "chosen" | undefined;
};

const TONES = { bad: "bg-bad-soft", warn: "bg-warn-soft", chosen: "bg-accent-soft" } as const;

export function DataTable<Row>({ label, columns, rows, rowKey, onOpen, sort, onSort, empty, footer, rowTone }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return empty;
  return (
    <div className="min-w-0">
      {/* A wide table scrolls in its own box, never the page. Focusable, so that the keyboard can scroll it. */}
      <div className="overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b border-line text-left text-xs text-ink-faint">
              {columns.map((column) => (
                <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <BodyRow key={rowKey(row)} row={row} columns={columns} onOpen={onOpen} tone={rowTone?.(row)} />
            ))}
          </tbody>
        </table>
      </div>
      {footer !== undefined && (
        <div className="flex flex-wrap items-center gap-3 border-t border-line px-4 py-2 text-xs text-ink-faint">{footer}</div>
      )}
    </div>
  );
}

type HeadingProps<Row> = {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: ((sort: Sort) => void) | undefined;
};
function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  const sorted = sort?.column === column.id ? sort : undefined;
  const looks = classNames(
    "h-8 px-4 font-medium whitespace-nowrap",
    column.numeric === true && "text-right",
    column.wideOnly === true && "max-md:hidden",
    column.className,
  );
  if (column.sortable !== true || onSort === undefined)
    return (
      <th scope="col" className={looks}>
        {column.label}
      </th>
    );
  const next = { column: column.id, descending: sorted === undefined ? column.numeric === true : !sorted.descending };
  return (
    <th scope="col" className={looks} aria-sort={sorted === undefined ? "none" : sorted.descending ? "descending" : "ascending"}>
      <button
        type="button"
        className="inline-flex items-center gap-1 font-medium hover:text-ink"
        title={text.sortBy(column.label)}
        onClick={() => onSort(next)}
      >
        {column.label}
        {sorted !== undefined &&
          (sorted.descending ? <ArrowDown className="size-3" aria-hidden /> : <ArrowUp className="size-3" aria-hidden />)}
      </button>
    </th>
  );
}

type BodyRowProps<Row> = {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly onOpen: ((row: Row) => void) | undefined;
  readonly tone: keyof typeof TONES | undefined;
};
function BodyRow<Row>({ row, columns, onOpen, tone }: BodyRowProps<Row>) {
  // Enter opens a row that has the focus; a click on a link or button inside of it is theirs.
  const opens = onOpen !== undefined && {
    tabIndex: 0,
    onClick: (event: { readonly target: EventTarget }) => {
      if (
        event.target instanceof Element &&
        event.target.closest("a,button,input,select,label") === null &&
        document.getSelection()?.isCollapsed !== false
      )
        onOpen(row);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.target !== event.currentTarget) return;
      // Else the same key presses the button that gets the focus: a drawer's "Close".
      event.preventDefault();
      onOpen(row);
    },
  };
  return (
    <tr
      {...opens}
      className={classNames(
        "border-b border-line last:border-0",
        onOpen !== undefined && "cursor-pointer -outline-offset-2 hover:bg-sunken",
        tone !== undefined && TONES[tone],
      )}
    >
      {columns.map((column) => (
        <td
          key={column.id}
          className={classNames(
            "h-9 px-4 py-1.5",
            column.numeric === true && "text-right tabular-nums whitespace-nowrap",
            column.wideOnly === true && "max-md:hidden",
            column.className,
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

type MoreProps = { readonly shown: number; readonly hasMore: boolean; readonly busy: boolean; onMore(): void };
type PagedList = {
  readonly rows: readonly unknown[];
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
};
/** What the foot is told of a list of `usePaged`. */
export const moreOf = (list: PagedList): MoreProps => ({
  shown: list.rows.length,
  hasMore: list.hasNextPage,
  busy: list.isFetchingNextPage,
  onMore: () => void list.fetchNextPage(),
});

/** The foot of a paged list: how many are shown, and more of them. */
export function ShowMore({ shown, hasMore, busy, onMore }: MoreProps) {
  return (
    <>
      <span className="tabular-nums">{text.rows(shown)}</span>
      {hasMore && (
        <Button size="small" busy={busy} onClick={onMore}>
          {text.more}
        </Button>
      )}
    </>
  );
}
