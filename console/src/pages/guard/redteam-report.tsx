import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { guardText as text } from "#text/guard.ts";
import { get } from "../../api/client.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card, Facts, Stat } from "../../ui/card.tsx";
import { formatCount, formatDuration, formatMoment, formatPercent } from "../../ui/format.ts";
import { Loaded } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import type { RedteamRead } from "./types.ts";

const say = text.redteam;
type Family = RedteamRead["families"][number];
type Gate = RedteamRead["gates"][number];
type Failed = RedteamRead["failed"][number];

/** One run: its gates, its families beside those of the run before, and what failed. */
export function RedteamReport({ id, onBack }: { readonly id: string; onBack(): void }) {
  const path = `/admin/v1/redteam/reports/${encodeURIComponent(id)}`;
  const read = useQuery({ queryKey: [path], queryFn: ({ signal }) => get<RedteamRead>(path, undefined, signal) });
  return (
    <>
      <div>
        <Button size="small" onClick={onBack}>
          <ArrowLeft className="size-3.5" aria-hidden />
          {say.back}
        </Button>
      </div>
      <Loaded of={read}>{(report) => <Report report={report} />}</Loaded>
    </>
  );
}

function Report({ report }: { readonly report: RedteamRead }) {
  const { totals, previous, startedAt, target, model, judge, version, seed, durationMs, latency, suites, notes } = report;
  const before = previous?.totals;
  const note = (now: number, then: number | undefined): string | undefined =>
    then === undefined ? undefined : `${say.before}: ${formatCount(then)}${now === then ? "" : ` (${signed(now - then)})`}`;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat label={say.probes} value={formatCount(totals.probes)} note={note(totals.probes, before?.probes)} />
        <Stat
          label={say.failed}
          value={formatCount(totals.failed)}
          {...(totals.failed > 0 ? { tone: "bad" as const } : { tone: "good" as const })}
          note={note(totals.failed, before?.failed)}
        />
        <Stat label={say.blocked} value={formatCount(totals.blocked)} note={note(totals.blocked, before?.blocked)} />
        <Stat label={say.inconclusive} value={formatCount(totals.inconclusive)} note={note(totals.inconclusive, before?.inconclusive)} />
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2 [&>*]:min-w-0">
        <Card title={say.run(formatMoment(startedAt))}>
          <Facts
            facts={[
              [say.target, target],
              [say.model, model],
              [say.suites, suites.join(", ")],
              [say.facts.judge, judge ?? say.noJudge],
              [say.facts.took, formatDuration(durationMs)],
              [say.facts.latency, formatDuration(latency.p50Ms)],
              [say.facts.version, version],
              [say.facts.seed, String(seed)],
              ...(notes.length === 0 ? [] : [[say.notes, notes.join(" ")] as const]),
            ]}
          />
        </Card>
        <Card title={say.gates} flush>
          <DataTable label={say.gates} columns={GATES} rows={report.gates} rowKey={({ name }) => name} />
        </Card>
      </div>
      <Families report={report} />
      <Misses report={report} />
    </>
  );
}

const signed = (change: number): string => (change > 0 ? `+${formatCount(change)}` : `−${formatCount(-change)}`);
const figure = (value: number, isRate: boolean): string => (isRate ? formatPercent(value) : formatCount(value));

const GATES: readonly Column<Gate>[] = [
  { id: "gate", label: say.gate, cell: ({ name }) => <code className="text-xs">{name}</code> },
  { id: "found", label: say.found, numeric: true, cell: ({ value, isRate }) => figure(value, isRate) },
  {
    id: "allowed",
    label: say.allowed,
    numeric: true,
    cell: ({ name, limit, isRate }) => `${name.startsWith("block") ? "≥" : "≤"} ${figure(limit, isRate)}`,
  },
  { id: "of", label: say.of, numeric: true, cell: ({ counted }) => formatCount(counted), wideOnly: true },
  { id: "ok", label: "", cell: ({ ok }) => <Badge tone={ok ? "good" : "bad"}>{ok ? say.holds : say.isBroken}</Badge> },
];

const shareOf = ({ count, total }: Family["blockRate"]): number | undefined => (total === 0 ? undefined : count / total);
const keyOf = ({ suite, family, kind }: Pick<Family, "suite" | "family" | "kind">): string => `${suite}\n${family}\n${kind}`;

function Families({ report: { families, previous } }: { readonly report: RedteamRead }) {
  const before = new Map((previous?.families ?? []).map((row) => [keyOf(row), row]));
  const columns: readonly Column<Family>[] = [
    {
      id: "family",
      label: say.family,
      cell: ({ suite, family, kind }) => (
        <span className="foreign">
          <span className="text-ink-faint">{suite}</span> {family}
          {kind === "control" && <span className="text-ink-faint"> ({say.ordinary})</span>}
        </span>
      ),
    },
    { id: "probes", label: say.probes, numeric: true, cell: ({ probes }) => formatCount(probes) },
    {
      id: "failed",
      label: say.failed,
      numeric: true,
      cell: ({ failed }) => <span className={failed > 0 ? "font-medium text-bad" : ""}>{formatCount(failed)}</span>,
    },
    {
      id: "rate",
      label: say.blockRate,
      numeric: true,
      cell: ({ blockRate }) => {
        const share = shareOf(blockRate);
        return share === undefined ? (
          "–"
        ) : (
          <span title={`${formatPercent(blockRate.low)} – ${formatPercent(blockRate.high)}`}>{formatPercent(share)}</span>
        );
      },
    },
    {
      id: "before",
      label: say.before,
      numeric: true,
      wideOnly: true,
      cell: (row) => {
        const was = before.get(keyOf(row));
        const share = was === undefined ? undefined : shareOf(was.blockRate);
        return share === undefined ? "–" : formatPercent(share);
      },
    },
    { id: "change", label: say.change, numeric: true, cell: (row) => <Change now={row} before={before.get(keyOf(row))} /> },
  ];
  return (
    <Card title={say.families} flush>
      <p className="border-b border-line px-4 py-2 text-xs text-ink-faint">
        {previous === null ? say.noBefore : say.against(formatMoment(previous.startedAt))}
      </p>
      <DataTable label={say.families} columns={columns} rows={families} rowKey={keyOf} />
    </Card>
  );
}

/** In percent points; that of an attack is better the higher it is, that of ordinary requests the lower. */
function Change({ now, before }: { readonly now: Family; readonly before: Family | undefined }) {
  const [share, was] = [shareOf(now.blockRate), before === undefined ? undefined : shareOf(before.blockRate)];
  if (share === undefined || was === undefined) return <>–</>;
  const points = Math.round((share - was) * 1000) / 10;
  if (points === 0) return <span className="text-ink-faint">0</span>;
  const isBetter = points > 0 === (now.kind === "attack");
  return <span className={isBetter ? "text-good" : "text-bad"}>{`${points > 0 ? "+" : "−"}${String(Math.abs(points))}`}</span>;
}

const SEVERITIES: Readonly<Record<Failed["severity"], Tone>> = { critical: "bad", high: "bad", medium: "warn", low: "neutral" };

function Misses({ report: { failed, previous } }: { readonly report: RedteamRead }) {
  const before = previous === null ? undefined : new Set(previous.failed);
  const columns: readonly Column<Failed>[] = [
    {
      id: "probe",
      label: say.probe,
      cell: ({ id }) => (
        <span className="foreign font-mono text-xs">
          {id} {before?.has(id) === false && <Badge tone="warn">{say.isNew}</Badge>}
        </span>
      ),
    },
    { id: "severity", label: say.severity, cell: ({ severity }) => <Badge tone={SEVERITIES[severity]}>{severity}</Badge> },
    { id: "why", label: say.why, cell: ({ why }) => <span className="foreign">{why}</span>, className: "w-full" },
  ];
  return (
    <Card title={say.misses} flush>
      {failed.length === 0 ? (
        <p className="px-4 py-3 text-sm text-ink-soft">{say.missesNone}</p>
      ) : (
        <DataTable label={say.misses} columns={columns} rows={failed} rowKey={({ id }) => id} />
      )}
    </Card>
  );
}
