import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Download } from "lucide-react";
import { documentText as text } from "#text/collection-search.ts";
import { filesText } from "#text/collection-files.ts";
import { get } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { formatBytes, formatCount } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { EmptyState, Loaded, Skeleton, SkeletonRows } from "../../ui/states.tsx";
import { toastError } from "../../ui/toast.tsx";
import { DocumentView } from "./document-view.tsx";
import { download } from "./download.ts";
import { filePath, type CollectionFile } from "./types.ts";

/** While it is being indexed. */
const LOOK_MS = 1_500;

/** A document as it was indexed: its text, chunk by chunk. */
export function DocumentPage() {
  const { store, file } = useParams({ from: "/collections/$store/files/$file" });
  const mayRead = useMay("files.read");
  const asked = useQuery({
    queryKey: [filePath(store, file)],
    queryFn: ({ signal }) => get<CollectionFile>(filePath(store, file), undefined, signal),
    refetchInterval: ({ state }) => (state.data?.status === "in_progress" ? LOOK_MS : false),
  });
  const { data } = asked;
  return (
    <Page
      full
      title={data?.weir.filename ?? text.title}
      lead={data === undefined ? <Skeleton className="h-4 w-64" /> : <Lead file={data} />}
      actions={
        <>
          <Button kind="ghost" asChild>
            <Link to="/collections/$store" params={{ store }}>
              <ArrowLeft className="size-4" aria-hidden />
              {text.back}
            </Link>
          </Button>
          {mayRead && data !== undefined && (
            <Button onClick={() => void download(file, data.weir.filename).catch(toastError)}>
              <Download className="size-4" aria-hidden />
              {filesText.download}
            </Button>
          )}
        </>
      }
    >
      <Loaded of={asked} skeleton={<SkeletonRows rows={12} />}>
        {(found) => <Content store={store} file={found} />}
      </Loaded>
    </Page>
  );
}

function Lead({ file: { weir, attributes } }: { readonly file: CollectionFile }) {
  const shown = Object.entries(attributes ?? {});
  return (
    <span className="flex min-h-5 flex-wrap items-center gap-x-3 gap-y-1">
      {weir.chunks !== undefined && <span className="tabular-nums">{text.chunks(formatCount(weir.chunks))}</span>}
      <span className="tabular-nums">{formatBytes(weir.bytes)}</span>
      {(weir.quarantined ?? 0) > 0 && <Badge tone="warn">{filesText.quarantined(weir.quarantined ?? 0)}</Badge>}
      {(weir.flagged ?? 0) > 0 && <Badge>{filesText.flagged(weir.flagged ?? 0)}</Badge>}
      {shown.map(([name, value]) => (
        <Badge key={name} className="foreign max-w-64 truncate">
          {`${name}: ${String(value)}`}
        </Badge>
      ))}
    </span>
  );
}

function Content({ store, file }: { readonly store: string; readonly file: CollectionFile }) {
  const [chunk] = useSearchText("chunk");
  const [start] = useSearchText("start");
  const [end] = useSearchText("end");
  if (file.weir.chunks === undefined || file.status === "in_progress")
    return (
      <EmptyState title={text.notIndexed}>
        {file.last_error === null ? text.notIndexedSay : <span className="foreign">{`${text.failedSay} ${file.last_error.message}`}</span>}
      </EmptyState>
    );
  const place = { chunk: chunk === "" ? undefined : chunk, start: toNumber(start), end: toNumber(end) };
  return <DocumentView store={store} file={file.id} total={file.weir.chunks} place={place} />;
}

const toNumber = (raw: string): number | undefined => (/^\d{1,10}$/.test(raw) ? Number(raw) : undefined);
