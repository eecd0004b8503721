import { guardText as text } from "#text/guard.ts";
import { usePaged } from "../../api/paged.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { formatAgo, formatCount, formatMoment } from "../../ui/format.ts";
import { Sparkline } from "../../ui/meter.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, ShowMore, type Column } from "../../ui/table.tsx";
import { RedteamReport } from "./redteam-report.tsx";
import type { RedteamLine } from "./types.ts";

const say = text.redteam;

/** Reports of attacks on this server, newest first; one of them opened by `?report=`. */
export function RedteamTab() {
  const [opened, open] = useSearchText("report");
  return opened === "" ? <Runs onOpen={open} /> : <RedteamReport id={opened} onBack={() => open("")} />;
}

const commandOf = (): string => `weir redteam --target ${location.origin} --key env:WEIR_KEY --admin env:WEIR_ADMIN_KEY`;

const COLUMNS: readonly Column<RedteamLine>[] = [
  {
    id: "when",
    label: say.when,
    cell: ({ startedAt }) => (
      <time dateTime={startedAt} title={formatMoment(startedAt)} className="whitespace-nowrap">
        {formatAgo(startedAt)}
      </time>
    ),
  },
  { id: "model", label: say.model, cell: ({ model }) => <span className="foreign">{model}</span> },
  { id: "suites", label: say.suites, cell: ({ suites }) => <span className="text-ink-soft">{suites.join(", ")}</span>, wideOnly: true },
  { id: "target", label: say.target, cell: ({ target }) => <span className="foreign text-ink-soft">{target}</span>, wideOnly: true },
  { id: "probes", label: say.probes, numeric: true, cell: ({ totals }) => formatCount(totals.probes) },
  { id: "failed", label: say.failed, numeric: true, cell: ({ totals }) => formatCount(totals.failed) },
  {
    id: "gates",
    label: say.gates,
    cell: ({ ok, gates }) => <Badge tone={ok ? "good" : "bad"}>{ok ? say.ok : say.broken(gates.filter((gate) => !gate.ok).length)}</Badge>,
  },
];

function Runs({ onOpen }: { onOpen(id: string): void }) {
  const listed = usePaged<RedteamLine>("/admin/v1/redteam/reports", { limit: 50 });
  const { rows } = listed;
  const failed = rows.map(({ totals }) => totals.failed).toReversed();
  return (
    <Card
      title={say.list}
      flush
      actions={
        rows.length > 1 ? (
          <span className="flex items-center gap-2 text-xs text-ink-faint">
            {say.overTime}
            <Sparkline values={failed} label={`${say.overTime}: ${failed.join(", ")}`} />
          </span>
        ) : undefined
      }
    >
      <Loaded of={listed}>
        {() => (
          <DataTable
            label={say.list}
            columns={COLUMNS}
            rows={rows}
            rowKey={({ id }) => id}
            onOpen={({ id }) => onOpen(id)}
            empty={
              <EmptyState title={say.none}>
                <p>{say.noneSay}</p>
                <CodeBlock code={commandOf()} label={say.command} className="mt-3 text-left" />
              </EmptyState>
            }
            footer={
              <ShowMore
                shown={rows.length}
                hasMore={listed.hasNextPage}
                busy={listed.isFetchingNextPage}
                onMore={() => void listed.fetchNextPage()}
              />
            }
          />
        )}
      </Loaded>
    </Card>
  );
}
