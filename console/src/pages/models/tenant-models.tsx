import { useQuery } from "@tanstack/react-query";
import { modelsText as text } from "#text/models.ts";
import type { modelList } from "../../../../src/contract/answer-call.ts";
import { get } from "../../api/client.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Card } from "../../ui/card.tsx";
import { formatCount } from "../../ui/format.ts";
import { Loaded } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import { NONE, priceOf } from "./columns.tsx";
import { NameFilter, Nothing } from "./model-tab.tsx";

type Listed = (typeof modelList)["_output"]["data"][number];

const COLUMNS: readonly Column<Listed>[] = [
  {
    id: "model",
    label: text.columns.model,
    className: "min-w-32",
    cell: ({ id, weir }) => (
      <>
        <span className="foreign font-medium">{id}</span>
        <span className="block text-xs text-ink-faint">{text.kinds[weir?.kind ?? "model"]}</span>
      </>
    ),
  },
  { id: "provider", label: text.columns.provider, cell: ({ owned_by }) => <span className="foreign">{owned_by}</span> },
  { id: "trust", label: text.columns.trust, cell: ({ weir }) => (weir?.trust === undefined ? NONE : text.trusts[weir.trust]) },
  {
    id: "context",
    label: text.columns.context,
    numeric: true,
    wideOnly: true,
    cell: ({ weir }) => (weir?.contextTokens === undefined ? NONE : formatCount(weir.contextTokens)),
  },
  {
    id: "price",
    label: text.columns.price,
    numeric: true,
    wideOnly: true,
    cell: ({ weir }) => (weir?.price === undefined ? NONE : priceOf({ price: { ...weir.price, source: "" } })),
  },
];

/** What a key may use, for those who run nothing. */
export function TenantModels() {
  const [name, setName] = useSearchText("name");
  const models = useQuery({
    queryKey: ["/v1/models"],
    queryFn: async ({ signal }) => (await get<{ readonly data: readonly Listed[] }>("/v1/models", undefined, signal)).data,
  });
  return (
    <>
      <NameFilter value={name} onChange={setName} />
      <Card flush>
        <Loaded of={models}>
          {(all) => (
            <DataTable
              label={text.list}
              columns={COLUMNS}
              rows={all.filter(({ id }) => id.toLowerCase().includes(name.toLowerCase()))}
              rowKey={({ id }) => id}
              empty={<Nothing isEmpty={all.length === 0} />}
            />
          )}
        </Loaded>
      </Card>
    </>
  );
}
