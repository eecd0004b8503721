import { Link, useNavigate } from "@tanstack/react-router";
import { routingText as text } from "#text/routing.ts";
import { usePaged } from "../../api/paged.ts";
import { ownTenant, useMay, useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { formatAgo, formatMoment } from "../../ui/format.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column } from "../../ui/table.tsx";
import { ScopeField } from "./scope-field.tsx";
import { POLICY_TONES, stateOf, type Policy, type PolicyState } from "./types.ts";
import { Who } from "./who.tsx";

const STATES: readonly PolicyState[] = ["requested", "staging", "production", "retired"];

/** Versions of a tenant's policies, or of the platform's own, the newest first. */
export function PoliciesTab() {
  const { data: me } = useMe();
  const navigate = useNavigate();
  const mayWrite = useMay("policies.write");
  const [scope, setScope] = useSearchText("scope");
  const [kind, setKind] = useSearchText("kind");
  const [state, setState] = useSearchText("state");
  const own = ownTenant(me);
  const tenant = own ?? scope;
  const list = usePaged<Policy>("/admin/v1/policies", { tenant, kind, state, order: "desc", limit: 50 });
  const search = tenant === "" ? {} : { tenant };
  return (
    <Card
      flush
      title={text.tabs.policies}
      actions={
        mayWrite && (
          <Button kind="primary" asChild>
            <Link to="/routing/policies/$id" params={{ id: "new" }} search={search}>
              {text.newPolicy}
            </Link>
          </Button>
        )
      }
    >
      <div className="grid gap-3 border-b border-line px-4 py-3 sm:grid-cols-3">
        {own === undefined && <ScopeField value={scope} onChange={setScope} />}
        <SelectField label={text.kind} value={kind} onChange={(event) => setKind(event.target.value)}>
          <option value="">{text.anyKind}</option>
          <option value="routes">{text.kinds.routes}</option>
          <option value="tenant">{text.kinds.tenant}</option>
        </SelectField>
        <SelectField label={text.state} value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">{text.anyState}</option>
          {STATES.map((each) => (
            <option key={each} value={each}>
              {text.states[each]}
            </option>
          ))}
        </SelectField>
      </div>
      <Loaded of={list}>
        {() => (
          <DataTable
            label={text.tabs.policies}
            columns={COLUMNS}
            rows={list.rows}
            rowKey={({ id }) => id}
            onOpen={({ id }) => void navigate({ to: "/routing/policies/$id", params: { id }, search })}
            empty={<EmptyState title={text.noPolicies}>{text.noPoliciesSay}</EmptyState>}
            footer={<ShowMore {...moreOf(list)} />}
          />
        )}
      </Loaded>
    </Card>
  );
}

const COLUMNS: readonly Column<Policy>[] = [
  {
    id: "version",
    label: text.version,
    cell: ({ id, kind, version, tenant }) => (
      <Link
        to="/routing/policies/$id"
        params={{ id }}
        search={typeof tenant === "string" ? { tenant } : {}}
        className="font-medium text-accent underline-offset-2 hover:underline"
      >
        {text.policyTitle(text.kinds[kind], version)}
      </Link>
    ),
  },
  {
    id: "state",
    label: text.state,
    cell: (policy) => <StateDot tone={POLICY_TONES[stateOf(policy)]}>{text.states[stateOf(policy)]}</StateDot>,
  },
  {
    id: "author",
    label: text.author,
    wideOnly: true,
    cell: ({ author }) => <Who id={author} />,
  },
  {
    id: "written",
    label: text.written,
    cell: ({ createdAt }) => (
      <time dateTime={createdAt} title={formatMoment(createdAt)}>
        {formatAgo(createdAt)}
      </time>
    ),
  },
];
