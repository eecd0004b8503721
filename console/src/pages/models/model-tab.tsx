import { useMemo } from "react";
import { modelsText as text } from "#text/models.ts";
import { useCommands } from "../../app/commands.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Card } from "../../ui/card.tsx";
import { InputField } from "../../ui/field.tsx";
import { formatCount } from "../../ui/format.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import { priceOf, seenColumns } from "./columns.tsx";
import { ModelDrawer } from "./drawers.tsx";
import { StateWord, stateOfModel } from "./state.tsx";
import type { ModelStatus } from "./types.ts";
import { useModels } from "./use-status.ts";

const COLUMNS: readonly Column<ModelStatus>[] = [
  {
    id: "model",
    label: text.columns.model,
    className: "min-w-32",
    cell: ({ model, provider, use }) => (
      <>
        <span className="foreign font-medium">{model}</span>
        <span className="foreign block text-xs text-ink-faint">{use === "chat" ? provider : `${provider} · ${text.uses[use]}`}</span>
      </>
    ),
  },
  { id: "state", label: text.columns.state, cell: (model) => <StateWord of={stateOfModel(model)} /> },
  ...seenColumns<ModelStatus>(({ model }) => model),
  { id: "inFlight", label: text.columns.inFlight, numeric: true, cell: ({ inFlight }) => formatCount(inFlight) },
  { id: "trust", label: text.columns.trust, wideOnly: true, cell: ({ trust }) => text.trusts[trust] },
  { id: "price", label: text.columns.price, numeric: true, wideOnly: true, cell: priceOf },
];

/** The models, each with how it is doing; one is opened beside the list. */
export function ModelTab() {
  const models = useModels();
  const [name, setName] = useSearchText("name");
  const [open, setOpen] = useSearchText("model");
  const [, setProvider] = useSearchText("provider");
  const opened = models.data?.find(({ model }) => model === open);
  useCommands(
    useMemo(
      () =>
        (models.data ?? []).map(({ model }) => ({ id: `models.${model}`, label: text.palette.model(model), run: () => setOpen(model) })),
      [models.data, setOpen],
    ),
  );
  return (
    <>
      <NameFilter value={name} onChange={setName} />
      <Card flush>
        <Loaded of={models}>
          {(all) => (
            <DataTable
              label={text.list}
              columns={COLUMNS}
              rows={all.filter(({ model, provider }) => `${model} ${provider}`.toLowerCase().includes(name.toLowerCase()))}
              rowKey={({ model }) => model}
              onOpen={({ model }) => setOpen(model)}
              empty={<Nothing isEmpty={all.length === 0} />}
            />
          )}
        </Loaded>
      </Card>
      {opened !== undefined && <ModelDrawer model={opened} onClose={() => setOpen("")} onProvider={setProvider} />}
    </>
  );
}

export const NameFilter = ({ value, onChange }: { readonly value: string; onChange(value: string): void }) => (
  <InputField
    label={text.filter}
    hideLabel
    type="search"
    placeholder={text.filter}
    value={value}
    onChange={(event) => onChange(event.target.value)}
    className="max-w-xs"
  />
);

export const Nothing = ({ isEmpty }: { readonly isEmpty: boolean }) =>
  isEmpty ? (
    <EmptyState title={text.none}>{text.noneSay}</EmptyState>
  ) : (
    <EmptyState title={text.nothingFound}>{text.nothingFoundSay}</EmptyState>
  );
