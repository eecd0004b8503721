import { modelsText as text } from "#text/models.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Card } from "../../ui/card.tsx";
import { formatCount } from "../../ui/format.ts";
import { Loaded } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import { NONE, seenColumns } from "./columns.tsx";
import { NameFilter, Nothing } from "./model-tab.tsx";
import { StateWord, stateOfProvider } from "./state.tsx";
import type { ProviderStatus } from "./types.ts";
import { useProviders } from "./use-status.ts";

const COLUMNS: readonly Column<ProviderStatus>[] = [
  {
    id: "provider",
    label: text.columns.provider,
    className: "min-w-40",
    cell: ({ provider, host }) => (
      <>
        <span className="foreign font-medium">{provider}</span>
        <span className="foreign block text-xs text-ink-faint">{host}</span>
      </>
    ),
  },
  { id: "state", label: text.columns.state, cell: (provider) => <StateWord of={stateOfProvider(provider)} /> },
  ...seenColumns<ProviderStatus>(({ provider }) => provider),
  { id: "inFlight", label: text.columns.inFlight, numeric: true, cell: ({ inFlight }) => formatCount(inFlight) },
  {
    id: "queue",
    label: text.columns.queue,
    numeric: true,
    wideOnly: true,
    cell: ({ queueDepth }) => (queueDepth === null ? NONE : formatCount(queueDepth)),
  },
  { id: "trust", label: text.columns.trust, wideOnly: true, cell: ({ trust }) => text.trusts[trust] },
  { id: "models", label: text.columns.models, numeric: true, wideOnly: true, cell: ({ models }) => formatCount(models.length) },
];

/** The providers, each with how it is doing. */
export function ProviderTab() {
  const providers = useProviders();
  const [name, setName] = useSearchText("name");
  const [, setOpen] = useSearchText("provider");
  return (
    <>
      <NameFilter value={name} onChange={setName} />
      <Card flush>
        <Loaded of={providers}>
          {(all) => (
            <DataTable
              label={text.providerList}
              columns={COLUMNS}
              rows={all.filter(({ provider, host }) => `${provider} ${host}`.toLowerCase().includes(name.toLowerCase()))}
              rowKey={({ provider }) => provider}
              onOpen={({ provider }) => setOpen(provider)}
              empty={<Nothing isEmpty={all.length === 0} />}
            />
          )}
        </Loaded>
      </Card>
    </>
  );
}
