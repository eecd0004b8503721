import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { usageText as text } from "#text/usage.ts";
import { get } from "../../api/client.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { formatCompact, formatCount, formatDuration, formatMoment, formatUsd } from "../../ui/format.ts";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { DataTable, ShowMore, type Column } from "../../ui/table.tsx";
import { nameOf } from "./format.ts";
import { queryOf, type UsageState } from "./state.ts";
import type { CallRow } from "./types.ts";

type Page = { readonly data: readonly CallRow[]; readonly nextCursor?: string | null };
const PAGE = "50";
const OUTCOMES = ["finished", "failed", "aborted", "refused"] as const;
/** Asked for when typing rests. */
const REST_MS = 400;

/** Every call of the span that the filters fit, newest first. */
export function CallsTab({ state, keys }: { readonly state: UsageState; readonly keys: ReadonlyMap<string, string> }) {
  const { view, span } = state;
  const navigate = useNavigate();
  const costMin = /^\d+(\.\d+)?$/.test(view.costMin) ? { costMinUsd: view.costMin } : {};
  const query = queryOf(view, span, { limit: PAGE, ...costMin });
  const asked = useInfiniteQuery({
    queryKey: ["/admin/v1/usage", query],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      get<Page>(`/admin/v1/usage?${query}${pageParam === "" ? "" : `&cursor=${encodeURIComponent(pageParam)}`}`, undefined, signal),
    getNextPageParam: (page: Page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: state.isKnown,
  });
  const rows = asked.data?.pages.flatMap((page) => page.data) ?? [];
  const open = ({ requestId }: CallRow) => void navigate({ to: "/calls/$requestId", params: { requestId } });
  return (
    <>
      <CallFilters state={state} />
      <Card flush>
        {asked.error !== null && rows.length === 0 ? (
          <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
        ) : asked.isPending ? (
          <SkeletonRows rows={12} />
        ) : (
          <DataTable
            label={text.call.label}
            columns={columnsOf(view.filters.tenant === undefined && state.own === undefined, keys)}
            rows={rows}
            rowKey={(row) => row.requestId}
            onOpen={open}
            empty={<EmptyState title={text.emptyTitle}>{text.empty}</EmptyState>}
            footer={
              <ShowMore
                shown={rows.length}
                hasMore={asked.hasNextPage}
                busy={asked.isFetchingNextPage}
                onMore={() => void asked.fetchNextPage()}
              />
            }
          />
        )}
      </Card>
    </>
  );
}

function CallFilters({ state: { view, change } }: { readonly state: UsageState }) {
  const [typed, setTyped] = useState(view.costMin);
  useEffect(() => setTyped(view.costMin), [view.costMin]);
  useEffect(() => {
    if (typed === view.costMin) return undefined;
    const timer = setTimeout(() => change({ costMin: typed.trim() }), REST_MS);
    return () => clearTimeout(timer);
  }, [change, typed, view.costMin]);
  return (
    <div className="flex flex-wrap gap-2">
      <SelectField
        label={text.outcomeFilter}
        value={view.filters.outcome ?? ""}
        className="w-36"
        onChange={({ target: { value } }) => {
          const { outcome: _before, ...rest } = view.filters;
          change({ filters: value === "" ? rest : { ...rest, outcome: value } });
        }}
      >
        <option value="">{text.any}</option>
        {OUTCOMES.map((outcome) => (
          <option key={outcome} value={outcome}>
            {outcome}
          </option>
        ))}
      </SelectField>
      <InputField
        label={text.costMin}
        inputMode="decimal"
        value={typed}
        placeholder="0.05"
        className="w-36"
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}

const TONES: Readonly<Record<CallRow["outcome"], Tone>> = { finished: "good", failed: "bad", aborted: "neutral", refused: "warn" };

const quiet = (value: string | null) => (
  <span className={value === null ? "text-ink-faint" : "foreign block max-w-36 truncate"} title={value ?? undefined}>
    {value ?? "–"}
  </span>
);

function columnsOf(withTenant: boolean, keys: ReadonlyMap<string, string>): readonly Column<CallRow>[] {
  return [
    {
      id: "time",
      label: text.call.time,
      className: "whitespace-nowrap",
      cell: ({ requestId, createdAt }) => (
        <Link to="/calls/$requestId" params={{ requestId }} className="hover:text-accent" title={requestId}>
          <time dateTime={createdAt}>{formatMoment(createdAt)}</time>
        </Link>
      ),
    },
    ...(withTenant ? [{ id: "tenant", label: text.call.tenant, wideOnly: true, cell: ({ tenant }: CallRow) => quiet(tenant) }] : []),
    {
      id: "key",
      label: text.call.key,
      wideOnly: true,
      className: "max-w-44",
      cell: ({ key }) => (
        <span className="foreign block truncate" title={key}>
          {nameOf("key", key, keys)}
        </span>
      ),
    },
    { id: "feature", label: text.call.feature, wideOnly: true, cell: ({ feature }) => quiet(feature) },
    { id: "model", label: text.call.model, cell: ({ model, modelAsked }) => quiet(model ?? modelAsked) },
    {
      id: "outcome",
      label: text.call.outcome,
      cell: ({ outcome, code, count }) => (
        <Badge tone={TONES[outcome]} title={code ?? outcome}>
          {outcome === "refused" && count > 1 ? text.call.refusals(formatCount(count)) : outcome}
        </Badge>
      ),
    },
    {
      id: "tokens",
      label: text.call.tokens,
      numeric: true,
      wideOnly: true,
      cell: ({ inputTokens, outputTokens }) => `${formatCompact(inputTokens)} / ${formatCompact(outputTokens)}`,
    },
    { id: "cost", label: text.call.cost, numeric: true, cell: ({ costMicroUsd }) => formatUsd(costMicroUsd) },
    {
      id: "latency",
      label: text.call.latency,
      numeric: true,
      wideOnly: true,
      cell: ({ latencyMs }) => (latencyMs === null ? "–" : formatDuration(latencyMs)),
    },
  ];
}
