import { operationsText as text } from "#text/operations.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Facts } from "../../ui/card.tsx";
import { formatAgo, formatBytes, formatCount, formatDuration, formatMoment, formatUsd } from "../../ui/format.ts";
import type { OperationsView } from "./types.ts";

/** What this process stands on, and whether it stands. */
export function Machine({ view }: { readonly view: OperationsView }) {
  const { admission, journal, database, objects, index, leases, process, replicas } = view;
  const kind = text.objectKinds[objects.kind] ?? objects.kind;
  const engine = text.databases[database.engine];
  return (
    <Facts
      facts={[
        [text.inFlight, text.of(formatCount(admission.inFlight), formatCount(admission.inFlightMax))],
        [text.queued, text.of(formatCount(admission.queued), formatCount(admission.queuedMax))],
        [text.journal, <Health key="journal" ok={journal.ok} say={journalWords(journal)} />],
        [
          text.database,
          <Health
            key="database"
            ok={database.ok}
            say={database.ok ? text.databaseOk(engine, formatDuration(database.pingMs ?? 0)) : text.databaseBad(engine)}
          />,
        ],
        [text.objects, <Health key="objects" ok={objects.ok} say={objects.ok ? text.objectsOk(kind) : text.objectsBad(kind)} />],
        [text.index, index.lagSeconds === 0 ? text.indexEven : formatDuration(index.lagSeconds * 1000)],
        [text.leases, text.leasesOf(formatUsd(leases.outstandingMicroUsd), text.processes(leases.processes))],
        [text.memory, formatBytes(process.residentBytes)],
        [
          text.since,
          <time key="since" title={formatMoment(process.startedAt)}>
            {formatAgo(process.startedAt)}
          </time>,
        ],
        [text.replicas, <Replicas key="replicas" of={replicas} />],
      ]}
    />
  );
}

/** Wraps on a telephone, where the words do not fit beside their name. */
const Health = ({ ok, say }: { readonly ok: boolean; readonly say: string }) => (
  <StateDot tone={ok ? "good" : "bad"}>
    <span className="whitespace-normal">{say}</span>
  </StateDot>
);

const journalWords = ({ ok, backlogBytes, backlogSeconds }: OperationsView["journal"]): string =>
  ok ? (backlogBytes === 0 ? text.journalEven : text.journalOk(formatDuration(backlogSeconds * 1000))) : text.journalBad;

const Replicas = ({ of }: { readonly of: OperationsView["replicas"] }) => (
  <ul className="grid gap-0.5">
    {of.map(({ id, self, seenAt }) => (
      <li key={id} className="text-xs">
        <span className="font-mono break-all">{id}</span>{" "}
        <span className="text-ink-faint">{self ? text.self : text.seen(formatAgo(seenAt))}</span>
      </li>
    ))}
  </ul>
);
