import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { sourcesText as text } from "#text/collections.ts";
import { get, post } from "../../api/client.ts";
import { useMe } from "../../app/me.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { formatAgo, formatCount, formatMoment } from "../../ui/format.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import type { Collection, Source } from "./types.ts";

const PATH = "/admin/v1/sources";
/** While one is running. */
const LOOK_MS = 2_000;

/** What feeds the collection, and how its newest run went. */
export function SourcesTab({ collection }: { readonly collection: Collection }) {
  const { data: me } = useMe();
  const slug = me?.tenant?.slug;
  const client = useQueryClient();
  const asked = useQuery({
    queryKey: [PATH],
    queryFn: ({ signal }) => get<{ data: readonly Source[] }>(PATH, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.data.some((source) => source.state === "running") === true ? LOOK_MS : false),
  });
  const sync = async (name: string) => {
    try {
      await post(`${PATH}/${encodeURIComponent(name)}/sync`);
      toast(text.syncing);
    } catch (error) {
      toastError(error);
    }
    void client.invalidateQueries({ queryKey: [PATH] });
  };
  return (
    <Card title={text.title} flush>
      <p className="px-4 pt-3 text-sm text-ink-soft">{text.say}</p>
      <Loaded of={asked}>
        {({ data }) => {
          const own = data.filter((one) => one.tenant === slug && (one.collection === collection.name || one.collection === collection.id));
          return (
            <>
              <DataTable
                label={text.list}
                columns={columnsOf(sync)}
                rows={own}
                rowKey={({ name }) => name}
                rowTone={({ state }) => (state === "failed" ? "bad" : undefined)}
                empty={<None slug={slug ?? ""} collection={collection.name} />}
              />
              {own.flatMap(({ refused }) => refused).length > 0 && <Refused sources={own} />}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

const columnsOf = (sync: (name: string) => Promise<void>): readonly Column<Source>[] => [
  { id: "name", label: text.column.name, cell: ({ name }) => <span className="foreign font-medium">{name}</span> },
  { id: "kind", label: text.column.kind, cell: ({ kind }) => kind },
  {
    id: "state",
    label: text.column.state,
    cell: ({ state, error }) => (
      <div>
        <StateDot tone={TONES[state]}>{text.states[state]}</StateDot>
        {error !== null && <p className="foreign text-xs text-bad">{error}</p>}
      </div>
    ),
  },
  {
    id: "run",
    label: text.column.run,
    cell: ({ finishedAt }) => finishedAt !== null && <time title={formatMoment(finishedAt)}>{formatAgo(finishedAt)}</time>,
  },
  {
    id: "counts",
    label: text.column.counts,
    cell: ({ counts: { seen, added, changed, removed, refused } }) =>
      text.counts(formatCount(seen), formatCount(added + changed + removed), formatCount(refused)),
  },
  { id: "schedule", label: text.column.schedule, cell: ({ schedule }) => schedule ?? text.manual },
  {
    id: "sync",
    label: "",
    cell: ({ name, state }) => (
      <Button size="small" disabled={state === "running"} onClick={() => void sync(name)}>
        <RefreshCw className="size-3.5" aria-hidden />
        {text.sync}
      </Button>
    ),
  },
];
const TONES = { never: "neutral", idle: "good", running: "accent", failed: "bad" } as const;

const Refused = ({ sources }: { readonly sources: readonly Source[] }) => (
  <div className="border-t border-line px-4 py-3">
    <h3 className="text-sm font-semibold">{text.refused}</h3>
    <ul className="mt-1 grid gap-1 text-xs">
      {sources.flatMap(({ name, refused }) =>
        refused.map(({ path, reason }) => (
          <li key={`${name} ${path}`} className="foreign">
            <span className="font-mono">{path}</span> <span className="text-ink-soft">{reason}</span>
          </li>
        )),
      )}
    </ul>
  </div>
);

function None({ slug, collection }: { readonly slug: string; readonly collection: string }) {
  const lines = [
    "sources:",
    "  handbook:",
    "    kind: folder",
    "    path: /srv/handbook",
    `    tenant: ${JSON.stringify(slug)}`,
    `    collection: ${JSON.stringify(collection)}`,
    '    schedule: "*/15 * * * *"',
  ];
  return (
    <div className="grid gap-2 px-4 pb-4">
      <EmptyState title={text.empty}>{text.emptySay}</EmptyState>
      <CodeBlock label={text.snippet} code={lines.join("\n")} />
    </div>
  );
}
