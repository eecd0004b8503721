import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { embeddingText as text } from "#text/collections.ts";
import { get, post } from "../../api/client.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { formatCount, formatPercent } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import { toastError } from "../../ui/toast.tsx";
import { useEmbeddingModels } from "./settings-fields.tsx";
import { storePath, type EmbeddingState } from "./types.ts";

type Generation = EmbeddingState["generations"][number];
/** While documents are being embedded. */
const LOOK_MS = 2_000;
const SHARES = [5, 25, 50, 100] as const;
const isUnderWay = ({ role, documents }: Generation): boolean => role === "candidate" && documents.embedded < documents.total;

/** The vectors of the collection, and another model's in their place, step by step. */
export function EmbeddingCard({ store }: { readonly store: string }) {
  const path = `${storePath(store)}/embedding`;
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const asked = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<EmbeddingState>(path, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.generations.some(isUnderWay) === true ? LOOK_MS : false),
  });
  const act = async (body: Readonly<Record<string, unknown>>) => {
    setBusy(true);
    try {
      client.setQueryData([path], await post<EmbeddingState>(path, body));
    } catch (error) {
      toastError(error);
    }
    setBusy(false);
  };
  return (
    <Card title={text.title} flush>
      <Loaded of={asked}>
        {({ generations }) => (
          <>
            <DataTable
              label={text.list}
              columns={COLUMNS}
              rows={generations}
              rowKey={({ generation }) => String(generation)}
              empty={<EmptyState title={text.none}>{text.noneSay}</EmptyState>}
            />
            <Steps generations={generations} busy={busy} act={act} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

const COLUMNS: readonly Column<Generation>[] = [
  { id: "model", label: text.column.model, cell: ({ model }) => <span className="foreign font-medium">{model}</span> },
  {
    id: "role",
    label: text.column.role,
    cell: ({ role, share }) => (
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone={role === "serving" ? "good" : role === "candidate" ? "accent" : "neutral"}>{text.roles[role]}</Badge>
        {role === "candidate" && <span className="text-xs text-ink-soft">{text.share(share)}</span>}
      </span>
    ),
  },
  {
    id: "documents",
    label: text.column.documents,
    className: "min-w-36",
    cell: ({ model, documents: { total, embedded } }) => (
      <span className="grid gap-1 text-xs tabular-nums">
        {text.done(formatCount(embedded), formatCount(total))}
        <Meter label={text.progress(model)} share={total === 0 ? 1 : embedded / total} />
      </span>
    ),
  },
  { id: "index", label: text.column.index, wideOnly: true, cell: ({ index }) => index },
  {
    id: "compared",
    label: text.column.compared,
    wideOnly: true,
    cell: ({ comparison }) => comparison !== null && text.compared(formatPercent(comparison.overlap, 0), comparison.questions),
  },
];

type StepsProps = {
  readonly generations: readonly Generation[];
  readonly busy: boolean;
  act(body: Readonly<Record<string, unknown>>): Promise<void>;
};
function Steps({ generations, busy, act }: StepsProps) {
  const candidate = generations.find(({ role }) => role === "candidate");
  const retired = generations.some(({ role }) => role === "retired");
  return (
    <div className="flex flex-wrap items-end gap-2 border-t border-line px-4 py-3">
      {candidate === undefined ? (
        <Start generations={generations} busy={busy} onStart={(model) => void act({ act: "start", model })} />
      ) : isUnderWay(candidate) ? (
        <p className="text-sm text-ink-soft">{text.waits}</p>
      ) : (
        <>
          <Button busy={busy} title={text.compareSay} onClick={() => void act({ act: "compare" })}>
            {text.compare}
          </Button>
          {SHARES.filter((share) => share > candidate.share).map((share) => (
            <Button key={share} busy={busy} onClick={() => void act({ act: "shift", share })}>
              {text.shift(share)}
            </Button>
          ))}
        </>
      )}
      {(candidate !== undefined || retired) && (
        <Button busy={busy} onClick={() => void act({ act: "rollback" })}>
          {text.rollback}
        </Button>
      )}
      {candidate === undefined && retired && (
        <Button busy={busy} onClick={() => void act({ act: "finish" })}>
          {text.finish}
        </Button>
      )}
    </div>
  );
}

type StartProps = { readonly generations: readonly Generation[]; readonly busy: boolean; onStart(model: string): void };
function Start({ generations, busy, onStart }: StartProps) {
  const serving = generations.find(({ role }) => role === "serving")?.model;
  const models = useEmbeddingModels().filter((name) => name !== serving);
  const [chosen, setChosen] = useState("");
  if (models.length === 0) return <p className="text-sm text-ink-soft">{text.noModels}</p>;
  const model = models.includes(chosen) ? chosen : (models[0] ?? "");
  return (
    <>
      <SelectField label={text.start} value={model} onChange={(event) => setChosen(event.target.value)}>
        {models.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </SelectField>
      <Button busy={busy} onClick={() => onStart(model)}>
        {text.begin}
      </Button>
    </>
  );
}
