import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { startText as text } from "#text/start.ts";
import { get, post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { toastError } from "../../ui/toast.tsx";
import { DropZone } from "../collections/drop-zone.tsx";
import type { Collection } from "../collections/types.ts";
import { UploadList } from "../collections/upload-list.tsx";
import { addUploads } from "../collections/uploads.ts";
import type { Chosen } from "./question.ts";

const LIST = "/v1/vector_stores";
const NEW = "";
const NAME = "documents";

type StepProps = { readonly number: number; readonly collection: Chosen | undefined; onCollection(chosen: Chosen | undefined): void };

export function DocumentsStep({ number, collection, onCollection }: StepProps) {
  const mayMake = useMay("collections.write");
  const mayUpload = useMay("files.write");
  const mayWrite = mayMake && mayUpload;
  const queries = useQueryClient();
  const list = useQuery({
    queryKey: [LIST, "start"],
    queryFn: ({ signal }) =>
      get<{ readonly data: readonly Collection[] }>(LIST, { limit: 100, sort: "last_active_at", order: "desc" }, signal),
    // While something is on its way, its progress is what people wait for.
    refetchInterval: ({ state }) => (state.data?.data.some((one) => one.file_counts.in_progress > 0) === true ? 1000 : false),
  });
  const collections = list.data?.data ?? [];
  const chosen = collections.find(({ id }) => id === collection?.id);
  const [first] = collections;
  const [wantsNew, setWantsNew] = useState(false);
  useEffect(() => {
    if (collection === undefined && first !== undefined && !wantsNew) onCollection(first);
  }, [collection, first, onCollection, wantsNew]);

  const add = async (files: readonly File[]): Promise<void> => {
    try {
      const store = chosen ?? (await post<Collection>(LIST, { name: NAME }));
      onCollection(store);
      const look = () => void queries.invalidateQueries({ queryKey: [LIST, "start"] });
      addUploads(store.id, files, look);
      look();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Card title={text.step(number, text.documents)}>
      <div className="grid gap-3">
        <p className="text-sm text-ink-soft">{mayWrite ? text.documentsSay : text.mayNot}</p>
        {list.error !== null && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
        <div className="flex min-h-14 flex-wrap items-end gap-x-4 gap-y-2">
          {collections.length > 0 && (
            <SelectField
              label={text.collection}
              value={chosen?.id ?? NEW}
              onChange={(event) => {
                setWantsNew(event.target.value === NEW);
                onCollection(collections.find(({ id }) => id === event.target.value));
              }}
              className="w-64 max-w-full"
            >
              {collections.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {mayWrite && !collections.some(({ name }) => name === NAME) && <option value={NEW}>{text.newCollection}</option>}
            </SelectField>
          )}
          {chosen !== undefined && <StateOf collection={chosen} />}
        </div>
        {mayWrite && <DropZone onFiles={(files) => void add(files)} />}
        {chosen !== undefined && <UploadList store={chosen.id} />}
      </div>
    </Card>
  );
}

function StateOf({ collection: { id, file_counts: counts } }: { readonly collection: Collection }) {
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-4 gap-y-1 pb-1.5 text-sm">
      <StateDot tone={counts.completed > 0 ? "good" : "neutral"}>{text.searchable(counts.completed)}</StateDot>
      {counts.in_progress > 0 && <StateDot tone="accent">{text.indexing(counts.in_progress)}</StateDot>}
      {counts.failed > 0 && <StateDot tone="bad">{text.failed(counts.failed)}</StateDot>}
      <Link to="/collections/$store" params={{ store: id }} className="rounded text-accent underline underline-offset-2">
        {text.openCollection}
      </Link>
    </p>
  );
}
