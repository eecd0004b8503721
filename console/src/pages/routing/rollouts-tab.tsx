import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { routingText as text } from "#text/routing.ts";
import { usePaged } from "../../api/paged.ts";
import { ownTenant, useMay, useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Badge, StateDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { formatAgo, formatMoment } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column } from "../../ui/table.tsx";
import { ScopeField } from "./scope-field.tsx";
import { StartRollout } from "./start-rollout.tsx";
import { ROLLOUT_TONES, sayChange, type Rollout } from "./types.ts";

const STATES: readonly Rollout["state"][] = ["running", "paused", "finished", "rolled-back"];
/** Shares move by themselves. */
const REFETCH_MS = 5_000;

export function RolloutsTab() {
  const { data: me } = useMe();
  const navigate = useNavigate();
  const mayStart = useMay("rollouts.manage");
  const [starting, setStarting] = useState(false);
  const [scope, setScope] = useSearchText("scope");
  const [state, setState] = useSearchText("rollouts");
  const own = ownTenant(me);
  const tenant = own ?? scope;
  const list = usePaged<Rollout>("/admin/v1/rollouts", { tenant, state, order: "desc", limit: 50 }, { refetchMs: REFETCH_MS });
  return (
    <Card
      flush
      title={text.tabs.rollouts}
      actions={
        mayStart && (
          <Button kind="primary" onClick={() => setStarting(true)}>
            {text.newRollout}
          </Button>
        )
      }
    >
      <div className="grid gap-3 border-b border-line px-4 py-3 sm:grid-cols-3">
        {own === undefined && <ScopeField value={scope} onChange={setScope} />}
        <SelectField label={text.state} value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">{text.anyState}</option>
          {STATES.map((each) => (
            <option key={each} value={each}>
              {text.rolloutStates[each]}
            </option>
          ))}
        </SelectField>
      </div>
      <Loaded of={list}>
        {() => (
          <DataTable
            label={text.tabs.rollouts}
            columns={COLUMNS}
            rows={list.rows}
            rowKey={({ id }) => id}
            onOpen={({ id }) => void navigate({ to: "/routing/rollouts/$id", params: { id }, search: tenant === "" ? {} : { tenant } })}
            empty={<EmptyState title={text.noRollouts}>{text.noRolloutsSay}</EmptyState>}
            footer={<ShowMore {...moreOf(list)} />}
          />
        )}
      </Loaded>
      <StartRollout open={starting} onOpenChange={setStarting} tenant={tenant === "" ? undefined : tenant} />
    </Card>
  );
}

const COLUMNS: readonly Column<Rollout>[] = [
  {
    id: "what",
    label: text.what,
    cell: (rollout) => (
      <span className="flex flex-wrap items-center gap-x-2">
        <Link
          to="/routing/rollouts/$id"
          params={{ id: rollout.id }}
          search={typeof rollout.tenant === "string" ? { tenant: rollout.tenant } : {}}
          className="foreign font-medium text-accent underline-offset-2 hover:underline"
        >
          {sayChange(rollout)}
        </Link>
        <Badge>{text.rolloutKinds[rollout.kind]}</Badge>
      </span>
    ),
  },
  { id: "state", label: text.state, cell: ({ state }) => <StateDot tone={ROLLOUT_TONES[state]}>{text.rolloutStates[state]}</StateDot> },
  {
    id: "share",
    label: text.share,
    className: "min-w-28",
    cell: ({ share, state }) => (
      <span className="flex items-center gap-2">
        <Meter label={text.share} share={share / 100} tone={state === "rolled-back" ? "bad" : "accent"} />
        <span className="w-10 shrink-0 text-right tabular-nums">{share} %</span>
      </span>
    ),
  },
  {
    id: "started",
    label: text.started,
    wideOnly: true,
    cell: ({ createdAt }) => (
      <time dateTime={createdAt} title={formatMoment(createdAt)}>
        {formatAgo(createdAt)}
      </time>
    ),
  },
];
