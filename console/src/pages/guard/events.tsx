import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { guardText as text } from "#text/guard.ts";
import { get } from "../../api/client.ts";
import { usePaged } from "../../api/paged.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card, Stat } from "../../ui/card.tsx";
import { Chart, type Series } from "../../ui/chart.tsx";
import { SelectField } from "../../ui/field.tsx";
import { formatAgo, formatCount, formatMoment } from "../../ui/format.ts";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column } from "../../ui/table.tsx";
import { MisusedKeys } from "./misused-keys.tsx";
import { SuspendedKeys } from "./suspended-keys.tsx";
import { Filters, TenantChoice, useTenant } from "./tenant-choice.tsx";
import type { GuardDays, GuardEvent } from "./types.ts";

const say = text.events;
const DAY_MS = 86_400_000;
type Span = { readonly from: string; readonly to: string };

/** Whole days (UTC), today's included. */
function spanOf(days: number): Span {
  const tomorrow = (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS;
  return { from: new Date(tomorrow - days * DAY_MS).toISOString(), to: new Date(tomorrow).toISOString() };
}

const isRule = (rule: string): rule is keyof typeof say.rules => rule in say.rules;
const nameOf = (rule: string): string => (isRule(rule) ? say.rules[rule] : rule);
const OUTCOME_TONES: Readonly<Record<GuardEvent["outcome"], Tone>> = {
  found: "neutral",
  masked: "accent",
  withheld: "warn",
  stopped: "bad",
  refused: "bad",
};

/** What the rules found and did: by day, and call by call. */
export function EventsTab() {
  const tenant = useTenant("all");
  const [range, setRange] = useSearchText("days", "31");
  const [rule, setRule] = useSearchText("rule");
  const span = useMemo(() => spanOf(Number(range) || 31), [range]);
  const filter = { tenant: tenant.slug, ...span };
  const mayResume = useMay("keys.manage");
  return (
    <>
      <Filters>
        <TenantChoice of={tenant} all />
        <SelectField label={say.range} value={range} onChange={(event) => setRange(event.target.value)} className="sm:w-36">
          {Object.entries(say.ranges)
            .toSorted(([one], [other]) => Number(one) - Number(other))
            .map(([days, label]) => (
              <option key={days} value={days}>
                {label}
              </option>
            ))}
        </SelectField>
        <SelectField label={say.rule} value={rule} onChange={(event) => setRule(event.target.value)} className="sm:w-56">
          <option value="">{say.allRules}</option>
          {Object.entries(say.rules).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </SelectField>
      </Filters>
      <Days filter={filter} rule={rule} />
      <Events filter={{ ...filter, rule }} showsTenant={tenant.slug === ""} />
      {mayResume && <MisusedKeys tenant={tenant.slug} />}
      {mayResume && tenant.slug !== "" && <SuspendedKeys slug={tenant.slug} />}
    </>
  );
}

type Filter = Span & { readonly tenant: string };

function Days({ filter, rule }: { readonly filter: Filter; readonly rule: string }) {
  const asked = useQuery({
    queryKey: ["/admin/v1/guard/days", filter],
    queryFn: ({ signal }) => get<GuardDays>("/admin/v1/guard/days", filter, signal),
    placeholderData: (before) => before,
  });
  const { days: all = [] } = asked.data ?? {};
  const days = useMemo(() => all.filter((day) => rule === "" || day.rule === rule), [all, rule]);
  const sum = (outcome: GuardEvent["outcome"]): number =>
    days.filter((day) => day.outcome === outcome).reduce((total, { calls }) => total + calls, 0);
  const figure = (outcome: GuardEvent["outcome"]) => (asked.data === undefined ? "–" : formatCount(sum(outcome)));
  return (
    <>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {(["refused", "stopped", "withheld", "masked"] as const).map((outcome) => (
          <Stat key={outcome} label={say.stats[outcome]} value={figure(outcome)} note={say.statsSay[outcome]} />
        ))}
      </div>
      <Card title={say.perDay}>
        <Loaded of={asked} skeleton={<Skeleton className="h-56 w-full" />}>
          {() => <DayChart filter={filter} days={days} />}
        </Loaded>
      </Card>
    </>
  );
}

function DayChart({ filter, days }: { readonly filter: Span; readonly days: GuardDays["days"] }) {
  const { times, series } = useMemo(() => {
    const first = Date.parse(filter.from);
    const count = Math.round((Date.parse(filter.to) - first) / DAY_MS);
    const names = Array.from({ length: count }, (_, at) => new Date(first + at * DAY_MS).toISOString().slice(0, 10));
    const place = new Map(names.map((name, at) => [name, at]));
    const lines = Object.keys(say.rules).map((rule): Series => {
      const values = names.map(() => 0);
      for (const day of days) {
        const at = day.rule === rule ? place.get(day.day) : undefined;
        if (at !== undefined) values[at] = (values[at] ?? 0) + day.calls;
      }
      return { label: nameOf(rule), values };
    });
    const some = lines.filter(({ values }) => values.some((value) => (value ?? 0) > 0));
    return { times: names.map((name) => Date.parse(name) / 1000), series: some.length === 0 ? lines.slice(0, 1) : some };
  }, [days, filter.from, filter.to]);
  return (
    <Chart label={say.chart} kind="bars" times={times} series={series} format={formatCalls} formatTime={formatDayShort} height={180} />
  );
}

/** There is no half of a call on the axis. */
const formatCalls = (calls: number): string => (Number.isInteger(calls) ? formatCount(calls) : "");
const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const formatDayShort = (seconds: number): string => short.format(new Date(seconds * 1000));

/** What was found, in a few words. */
function What({ event: { types, score, count } }: { readonly event: GuardEvent }) {
  const found = Object.entries(types).map(([type, times]) => (times === 1 ? type : `${type} × ${String(times)}`));
  const words = [...found, ...(score === null ? [] : [say.score(score.toFixed(2))]), ...(count > 1 ? [say.many(count)] : [])];
  return <span className="text-ink-soft">{words.join(", ")}</span>;
}

const COLUMNS: readonly Column<GuardEvent>[] = [
  {
    id: "time",
    label: say.time,
    cell: ({ createdAt }) => (
      <time dateTime={createdAt} title={formatMoment(createdAt)} className="whitespace-nowrap">
        {formatAgo(createdAt)}
      </time>
    ),
  },
  { id: "tenant", label: text.tenant, cell: ({ tenant }) => <span className="foreign">{tenant}</span> },
  { id: "rule", label: say.rule, cell: ({ rule }) => <span className="whitespace-nowrap">{nameOf(rule)}</span> },
  { id: "outcome", label: say.outcome, cell: ({ outcome }) => <Badge tone={OUTCOME_TONES[outcome]}>{say.outcomes[outcome]}</Badge> },
  { id: "what", label: say.what, cell: (event) => <What event={event} />, wideOnly: true, className: "w-full" },
  {
    id: "request",
    label: say.request,
    cell: ({ requestId }) => (
      <Link to="/calls/$requestId" params={{ requestId }} className="font-mono text-xs whitespace-nowrap text-accent hover:underline">
        {requestId}
      </Link>
    ),
    wideOnly: true,
  },
];

function Events({ filter, showsTenant }: { readonly filter: Filter & { readonly rule: string }; readonly showsTenant: boolean }) {
  const listed = usePaged<GuardEvent>("/admin/v1/guard/events", { ...filter, limit: 50 });
  const navigate = useNavigate();
  const [, setTab] = useSearchText("tab");
  return (
    <Card title={say.list} flush>
      <Loaded of={listed}>
        {() => (
          <DataTable
            label={say.list}
            columns={showsTenant ? COLUMNS : COLUMNS.filter(({ id }) => id !== "tenant")}
            rows={listed.rows}
            rowKey={({ requestId, rule, tenant }) => `${tenant} ${requestId} ${rule}`}
            onOpen={({ requestId }) => void navigate({ to: "/calls/$requestId", params: { requestId } })}
            empty={
              <EmptyState title={say.none} action={<Button onClick={() => setTab("try")}>{say.tryOne}</Button>}>
                {say.noneSay}
              </EmptyState>
            }
            footer={<ShowMore {...moreOf(listed)} />}
          />
        )}
      </Loaded>
    </Card>
  );
}
