import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, MessageSquare } from "lucide-react";
import type { ReactNode } from "react";
import { collectionsText as text } from "#text/collections.ts";
import { get } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { formatBytes, formatCount } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { Loaded, Skeleton, SkeletonRows } from "../../ui/states.tsx";
import { Tabs, type Tab } from "../../ui/tabs.tsx";
import { AccessTab } from "./access-tab.tsx";
import { FilesTab } from "./files-tab.tsx";
import { QuarantineTab } from "./quarantine-tab.tsx";
import { SearchTab } from "./search-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { SourcesTab } from "./sources-tab.tsx";
import { storePath, type Collection } from "./types.ts";

/** One collection: its files, what is found in it, and everything that can be set. */
export function CollectionPage() {
  const { store } = useParams({ from: "/collections/$store" });
  const asked = useQuery({
    queryKey: [storePath(store)],
    queryFn: ({ signal }) => get<Collection>(storePath(store), undefined, signal),
  });
  const { data } = asked;
  return (
    <Page
      title={data?.name ?? text.title}
      lead={data === undefined ? <Skeleton className="h-4 w-64" /> : <Lead collection={data} />}
      actions={
        <>
          <Button kind="ghost" asChild>
            <Link to="/collections">
              <ArrowLeft className="size-4" aria-hidden />
              {text.back}
            </Link>
          </Button>
          {data !== undefined && (
            <Button asChild>
              <Link to="/playground" search={{ collection: data.id }}>
                <MessageSquare className="size-4" aria-hidden />
                {text.askIt}
              </Link>
            </Button>
          )}
        </>
      }
    >
      <Loaded of={asked} skeleton={<SkeletonRows rows={8} />}>
        {(collection) => <Parts collection={collection} />}
      </Loaded>
    </Page>
  );
}

function Lead({ collection }: { readonly collection: Collection }) {
  const { description, file_counts: counts, usage_bytes: bytes, weir, id } = collection;
  return (
    <>
      {description !== undefined && <span className="foreign block">{description}</span>}
      <span className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <span className="tabular-nums">{text.documents(formatCount(counts.completed))}</span>
        <span className="tabular-nums">{formatBytes(bytes)}</span>
        {counts.failed > 0 && <Badge tone="bad">{text.failed(counts.failed)}</Badge>}
        {weir?.access !== undefined && <Badge title={text.restrictedSay}>{text.restricted}</Badge>}
        {weir?.trust === "private" && <Badge title={text.privateSay}>{text.private}</Badge>}
        <CopyButton value={id} label={text.copyId} />
      </span>
    </>
  );
}

const part = (id: keyof typeof text.tab, content: ReactNode): Tab => ({ id, label: text.tab[id], content });

function Parts({ collection }: { readonly collection: Collection }) {
  const [tab, setTab] = useSearchText("tab", "files");
  const [mayReview, mayOperate] = [useMay("quarantine.review"), useMay("operate")];
  const tabs = [
    part("files", <FilesTab store={collection.id} />),
    part("search", <SearchTab collection={collection} />),
    ...(mayReview ? [part("quarantine", <QuarantineTab store={collection.id} />)] : []),
    ...(mayOperate ? [part("sources", <SourcesTab collection={collection} />)] : []),
    part("access", <AccessTab key={JSON.stringify(collection.weir?.access)} collection={collection} />),
    part("settings", <SettingsTab key={JSON.stringify(collection.weir)} collection={collection} />),
  ];
  return <Tabs label={text.tabs} tabs={tabs} value={tab} onChange={setTab} />;
}
