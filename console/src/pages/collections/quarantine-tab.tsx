import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { quarantineText as text } from "#text/collection-search.ts";
import { del, post } from "../../api/client.ts";
import { usePaged } from "../../api/paged.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { formatPercent } from "../../ui/format.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { ShowMore } from "../../ui/table.tsx";
import { toast } from "../../ui/toast.tsx";
import { storePath, type HeldChunk } from "./types.ts";

type Decision = { readonly chunk: HeldChunk; readonly to: "release" | "delete" };

/** Chunks that no search finds, for somebody to look at. */
export function QuarantineTab({ store }: { readonly store: string }) {
  const client = useQueryClient();
  const path = `${storePath(store)}/quarantine`;
  const list = usePaged<HeldChunk>(path, { limit: 20 });
  const [decision, setDecision] = useState<Decision>();
  const decide = async ({ chunk, to }: Decision) => {
    if (to === "release") await post(`${path}/${chunk.id}/release`);
    else await del(`${path}/${chunk.id}`);
    toast(to === "release" ? text.released : text.deleted);
    for (const key of [path, `${storePath(store)}/files`, storePath(store)]) void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <>
      <p className="max-w-3xl text-sm text-ink-soft">{text.say}</p>
      <Loaded of={list}>
        {() =>
          list.rows.length === 0 ? (
            <Card>
              <EmptyState title={text.empty}>{text.emptySay}</EmptyState>
            </Card>
          ) : (
            <ul className="grid gap-3" aria-label={text.held}>
              {list.rows.map((chunk) => (
                <li key={chunk.id}>
                  <Held store={store} chunk={chunk} onDecide={(to) => setDecision({ chunk, to })} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {list.hasNextPage && (
        <div className="flex items-center gap-3 text-xs text-ink-faint">
          <ShowMore shown={list.rows.length} hasMore busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
        </div>
      )}
      {decision !== undefined && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setDecision(undefined)}
          title={decision.to === "release" ? text.releaseTitle : text.deleteTitle}
          description={decision.to === "release" ? text.releaseSay : text.deleteSay}
          action={decision.to === "release" ? text.release : text.delete}
          danger={decision.to === "delete"}
          onConfirm={() => decide(decision)}
        />
      )}
    </>
  );
}

type HeldProps = { readonly store: string; readonly chunk: HeldChunk; onDecide(to: Decision["to"]): void };
function Held({ store, chunk, onDecide }: HeldProps) {
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="foreign">{chunk.filename}</span>
          {chunk.place !== undefined && <Badge>{chunk.place}</Badge>}
          <Badge tone="warn">{text.reasons[chunk.reason]}</Badge>
          {chunk.injection > 0 && (
            <span className="text-xs font-normal text-ink-faint">{text.score(formatPercent(chunk.injection, 0))}</span>
          )}
        </span>
      }
      actions={
        <>
          <Button size="small" kind="ghost" asChild>
            <Link to="/collections/$store/files/$file" params={{ store, file: chunk.file_id }} search={{ chunk: chunk.id }}>
              {text.inDocument}
            </Link>
          </Button>
          <Button size="small" onClick={() => onDecide("release")}>
            {text.release}
          </Button>
          <Button size="small" kind="danger" onClick={() => onDecide("delete")}>
            {text.delete}
          </Button>
        </>
      }
    >
      {chunk.headings.length > 0 && <p className="foreign mb-1 text-xs text-ink-faint">{chunk.headings.join(" › ")}</p>}
      <p
        dir="auto"
        className="foreign max-h-64 overflow-y-auto text-sm whitespace-pre-wrap"
        tabIndex={0}
        aria-label={chunk.filename}
        role="region"
      >
        {chunk.text}
      </p>
    </Card>
  );
}
