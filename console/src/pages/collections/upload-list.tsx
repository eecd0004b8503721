import { RotateCcw, X } from "lucide-react";
import { uploadsText as text } from "#text/collection-files.ts";
import { IconButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { formatBytes } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import { dropUpload, retryUpload, useUploads, type Upload } from "./uploads.ts";

/** What is on its way from this browser, and what did not get there. */
export function UploadList({ store }: { readonly store: string }) {
  const uploads = useUploads(store);
  if (uploads.length === 0) return null;
  return (
    <Card title={text.title} flush>
      <ul className="max-h-72 divide-y divide-line overflow-y-auto">
        {uploads.map((upload) => (
          <Line key={upload.id} upload={upload} />
        ))}
      </ul>
    </Card>
  );
}

function Line({ upload }: { readonly upload: Upload }) {
  const { id, name, bytes, state, sent, failure, isRefused } = upload;
  return (
    <li className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5 text-sm">
      <span className="foreign min-w-0 flex-1 basis-40 truncate">{name}</span>
      <span className="text-xs text-ink-faint tabular-nums">{formatBytes(bytes)}</span>
      {failure === undefined ? (
        <span className="flex w-48 items-center gap-2">
          <Meter label={text.progress(name)} share={sent} />
          <span className="shrink-0 text-xs text-ink-soft tabular-nums">
            {state === "waiting" ? text.waiting : state === "indexing" ? text.indexing : text.sending(Math.round(sent * 100))}
          </span>
        </span>
      ) : (
        <span role="alert" className="foreign min-w-0 basis-48 text-xs text-bad">
          {failure}
        </span>
      )}
      <span className="flex">
        {state === "failed" && !isRefused && (
          <IconButton size="small" label={text.retry} onClick={() => retryUpload(id)}>
            <RotateCcw className="size-3.5" aria-hidden />
          </IconButton>
        )}
        <IconButton size="small" label={state === "failed" ? text.dismiss(name) : text.stop(name)} onClick={() => dropUpload(id)}>
          <X className="size-3.5" aria-hidden />
        </IconButton>
      </span>
    </li>
  );
}
