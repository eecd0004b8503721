import { useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { filesText as text } from "#text/collection-files.ts";
import { post } from "../../api/client.ts";
import { usePaged } from "../../api/paged.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { formatDuration } from "../../ui/format.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Sort } from "../../ui/table.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { AttributesDrawer } from "./attributes-drawer.tsx";
import { DropZone } from "./drop-zone.tsx";
import { fileColumns } from "./file-columns.tsx";
import { useProgress, type Progress } from "./progress.ts";
import { RemoveDialog } from "./remove-dialog.tsx";
import { SearchBox } from "./search-box.tsx";
import { filePath, storePath, type CollectionFile } from "./types.ts";
import { UploadList } from "./upload-list.tsx";
import { addUploads } from "./uploads.ts";

const SORTS = { name: "filename", size: "bytes", added: "created_at" } as const;
const PAGE = 50;
/** While the live stream is away. */
const LOOK_MS = 5_000;

/** The documents of a collection: how each fares, and everything that can be done with it. */
export function FilesTab({ store }: { readonly store: string }) {
  const client = useQueryClient();
  const mayWrite = useMay("collections.write");
  const mayUpload = useMay("files.write") && mayWrite;
  const progress = useProgress(store);
  const [chosen, setChosen] = useState<{ readonly file: CollectionFile; readonly to: "attributes" | "remove" }>();
  const { filters, query, sort, setSort } = useFilters();
  const list = usePaged<CollectionFile>(`${storePath(store)}/files`, query, progress.live ? {} : { refetchMs: LOOK_MS });
  const anew = () => {
    void client.invalidateQueries({ queryKey: [`${storePath(store)}/files`] });
    void client.invalidateQueries({ queryKey: [storePath(store)] });
    void client.invalidateQueries({ queryKey: ["/v1/vector_stores"] });
  };
  const failed = list.rows.filter(({ status }) => status === "failed");
  const retry = async (files: readonly CollectionFile[]) => {
    try {
      for (const file of files) await post(`${filePath(store, file.id)}/retry`);
      toast(text.retried(files.length));
    } catch (error) {
      toastError(error);
    }
    anew();
  };
  const acts = { retry: (file: CollectionFile) => retry([file]), choose: setChosen, mayWrite };
  return (
    <>
      {mayUpload && <DropZone onFiles={(files) => addUploads(store, files, anew)} />}
      <UploadList store={store} />
      <div className="flex flex-wrap items-end gap-3">
        <FilterFields filters={filters} />
        {mayWrite && failed.length > 1 && (
          <Button onClick={() => void retry(failed)}>
            <RotateCcw className="size-3.5" aria-hidden />
            {text.retryAll}
          </Button>
        )}
        <span className="flex-1" />
        <Live progress={progress} />
      </div>
      <Card flush>
        <Loaded of={list}>
          {() => (
            <DataTable
              label={text.list}
              columns={fileColumns({ store, progress: progress.files, ...acts })}
              rows={list.rows}
              rowKey={({ id }) => id}
              sort={sort}
              onSort={setSort}
              empty={<Nothing filtered={filters.name !== "" || filters.status !== "all"} onClear={filters.clear} />}
              footer={<ShowMore {...moreOf(list)} />}
            />
          )}
        </Loaded>
      </Card>
      {chosen?.to === "attributes" && (
        <AttributesDrawer store={store} file={chosen.file} onClose={() => setChosen(undefined)} onSaved={anew} />
      )}
      {chosen?.to === "remove" && <RemoveDialog store={store} file={chosen.file} onClose={() => setChosen(undefined)} onRemoved={anew} />}
    </>
  );
}

const STATUSES = ["all", "completed", "in_progress", "failed", "cancelled"] as const;
const FilterFields = ({ filters }: { readonly filters: ReturnType<typeof useFilters>["filters"] }) => (
  <>
    <SearchBox label={text.searchLabel} value={filters.name} onChange={filters.setName} />
    <SelectField label={text.status} hideLabel value={filters.status} onChange={(event) => filters.setStatus(event.target.value)}>
      {STATUSES.map((one) => (
        <option key={one} value={one}>
          {text.statuses[one]}
        </option>
      ))}
    </SelectField>
  </>
);

/** In the address, so that a view can be shared. */
function useFilters() {
  const [name, setName] = useSearchText("name");
  const [status, setStatus] = useSearchText("status", "all");
  const [sortText, setSortText] = useSearchText("sort", "-added");
  const column = sortText.replace(/^-/, "");
  const by: keyof typeof SORTS = column === "name" || column === "size" ? column : "added";
  const sort = { column: by, descending: sortText.startsWith("-") };
  return {
    filters: {
      name,
      setName,
      status,
      setStatus,
      clear() {
        setName("");
        setStatus("all");
      },
    },
    sort,
    setSort: (next: Sort) => setSortText(`${next.descending ? "-" : ""}${next.column}`),
    query: {
      limit: PAGE,
      sort: SORTS[by],
      order: sort.descending ? "desc" : "asc",
      name: name === "" ? undefined : name,
      filter: status === "all" ? undefined : status,
    },
  };
}

function Live({ progress: { live, lagSeconds } }: { readonly progress: Progress }) {
  return (
    <span role="status" className="flex min-h-8 items-center gap-3 text-xs text-ink-soft" title={live ? text.liveSay : text.away}>
      {lagSeconds > 1 && <span className="tabular-nums">{text.lag(formatDuration(lagSeconds * 1000))}</span>}
      <StateDot tone={live ? "good" : "neutral"}>{text.live}</StateDot>
    </span>
  );
}

const Nothing = ({ filtered, onClear }: { readonly filtered: boolean; onClear(): void }) =>
  filtered ? (
    <EmptyState title={text.nothing} action={<Button onClick={onClear}>{text.clear}</Button>}>
      {text.nothingSay}
    </EmptyState>
  ) : (
    <EmptyState title={text.empty}>{text.emptySay}</EmptyState>
  );
