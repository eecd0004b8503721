import { Link } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { filesText as text } from "#text/collection-files.ts";
import { Badge, StateDot } from "../../ui/badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { formatAgo, formatBytes, formatCount, formatMoment } from "../../ui/format.ts";
import { Menu } from "../../ui/menu.tsx";
import { Meter } from "../../ui/meter.tsx";
import type { Column } from "../../ui/table.tsx";
import { toastError } from "../../ui/toast.tsx";
import { download } from "./download.ts";
import type { Progress } from "./progress.ts";
import type { CollectionFile } from "./types.ts";

type Ask = {
  readonly store: string;
  readonly progress: Progress["files"];
  readonly mayWrite: boolean;
  retry(file: CollectionFile): Promise<void>;
  choose(chosen: { readonly file: CollectionFile; readonly to: "attributes" | "remove" }): void;
};

export const fileColumns = (ask: Ask): readonly Column<CollectionFile>[] => [
  {
    id: "name",
    label: text.column.name,
    sortable: true,
    className: "min-w-40 max-w-xl md:min-w-56",
    cell: (file) => <Name store={ask.store} file={file} />,
  },
  {
    id: "status",
    label: text.column.status,
    className: "md:min-w-40",
    cell: (file) => <Status file={file} progress={ask.progress.get(file.id)} />,
  },
  {
    id: "chunks",
    label: text.column.chunks,
    numeric: true,
    wideOnly: true,
    cell: ({ weir }) => (weir.chunks === undefined ? "" : formatCount(weir.chunks)),
  },
  { id: "size", label: text.column.size, numeric: true, sortable: true, wideOnly: true, cell: ({ weir }) => formatBytes(weir.bytes) },
  {
    id: "added",
    label: text.column.added,
    sortable: true,
    wideOnly: true,
    className: "whitespace-nowrap",
    cell: ({ created_at: at }) => <time title={formatMoment(at)}>{formatAgo(at)}</time>,
  },
  { id: "actions", label: "", className: "w-12", cell: (file) => <Actions file={file} {...ask} /> },
];

function Name({ store, file }: { readonly store: string; readonly file: CollectionFile }) {
  const { weir, status, last_error: error } = file;
  return (
    <div className="min-w-0">
      <Link to="/collections/$store/files/$file" params={{ store, file: file.id }} className="foreign rounded font-medium hover:underline">
        {weir.filename}
      </Link>
      {status === "failed" && error !== null && <p className="foreign mt-0.5 text-xs text-bad">{error.message}</p>}
      {((weir.quarantined ?? 0) > 0 || (weir.flagged ?? 0) > 0) && (
        <span className="mt-0.5 flex flex-wrap gap-1">
          {(weir.quarantined ?? 0) > 0 && (
            <Badge tone="warn" title={text.quarantinedSay}>
              {text.quarantined(weir.quarantined ?? 0)}
            </Badge>
          )}
          {(weir.flagged ?? 0) > 0 && <Badge title={text.flaggedSay}>{text.flagged(weir.flagged ?? 0)}</Badge>}
        </span>
      )}
    </div>
  );
}

const TONES = { completed: "good", failed: "bad", cancelled: "neutral", in_progress: "accent" } as const;

/** What the stream says of it is newer than the list. */
function Status({ file, progress }: { readonly file: CollectionFile; readonly progress: ReturnType<Progress["files"]["get"]> }) {
  const status = file.status === "in_progress" && progress !== undefined ? progress.status : file.status;
  const attempts = progress?.attempts ?? file.weir.attempts ?? 0;
  const { done = 0, total = null } = status === "in_progress" && progress !== undefined ? progress.chunks : {};
  return (
    <div className="grid gap-1">
      <StateDot tone={TONES[status]}>{text.statuses[status]}</StateDot>
      {status === "in_progress" && (
        <span className="grid gap-0.5 text-xs text-ink-soft tabular-nums">
          <Meter label={file.weir.filename} share={total === null || total === 0 ? 0 : done / total} />
          {total === null ? text.waiting : text.chunksDone(formatCount(done), formatCount(total))}
        </span>
      )}
      {attempts > 0 && status !== "completed" && <span className="text-xs text-ink-soft">{text.attempts(attempts)}</span>}
    </div>
  );
}

function Actions({ file, mayWrite, retry, choose }: Ask & { readonly file: CollectionFile }) {
  const isOver = file.status === "failed" || file.status === "cancelled";
  const items = [
    ...(mayWrite && isOver ? [{ id: "retry", label: text.retry, onSelect: () => void retry(file) }] : []),
    ...(mayWrite ? [{ id: "attributes", label: text.attributes, onSelect: () => choose({ file, to: "attributes" }) }] : []),
    { id: "download", label: text.download, onSelect: () => void download(file.id, file.weir.filename).catch(toastError) },
    ...(mayWrite ? [{ id: "remove", label: text.remove, danger: true, onSelect: () => choose({ file, to: "remove" }) }] : []),
  ];
  return (
    <Menu
      trigger={
        <IconButton size="small" label={text.actions(file.weir.filename)}>
          <Ellipsis className="size-4" aria-hidden />
        </IconButton>
      }
      items={items}
    />
  );
}
