import { Link } from "@tanstack/react-router";
import { routingText as text } from "#text/routing.ts";
import { useMay } from "../../app/me.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, type Column } from "../../ui/table.tsx";
import { Explain } from "./explain.tsx";
import type { EffectiveRoutes } from "./types.ts";
import { useRoutes } from "./words.tsx";

type Rule = EffectiveRoutes["routes"][number]["rules"][number];

/** The rules that count, in the order in which they are asked, and which of them one request would meet. */
export function RoutesTab() {
  const asked = useRoutes();
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="grid min-w-0 gap-4">
        <Loaded of={asked}>{(routes) => <Routes of={routes} />}</Loaded>
      </div>
      <div className="min-w-0">
        <Explain />
      </div>
    </div>
  );
}

function Routes({ of: { policy, routes, models } }: { readonly of: EffectiveRoutes }) {
  const mayWrite = useMay("policies.write");
  const trustOf = new Map(models.map(({ name, trust }) => [name, trust]));
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-ink-soft">
        <span className="min-w-0 flex-1">
          {policy === null ? (
            text.routesFromFile
          ) : (
            <Link to="/routing/policies/$id" params={{ id: policy.id }} className="text-accent underline-offset-2 hover:underline">
              {text.routesFrom(policy.version)}
            </Link>
          )}
        </span>
        {mayWrite && (
          <Button asChild>
            <Link to="/routing/policies/$id" params={{ id: "new" }} search={policy === null ? {} : { from: policy.id }}>
              {text.changeRoutes}
            </Link>
          </Button>
        )}
      </div>
      {routes.length === 0 && (
        <Card>
          <EmptyState title={text.noRoutes}>{text.noRoutesSay}</EmptyState>
        </Card>
      )}
      {routes.map(({ name, rules }) => (
        <Card key={name} title={<span className="foreign">{text.route(name)}</span>} flush>
          <DataTable label={text.route(name)} columns={columnsOf(trustOf)} rows={rules} rowKey={({ rule }) => String(rule)} />
        </Card>
      ))}
    </>
  );
}

const columnsOf = (trustOf: ReadonlyMap<string, string>): readonly Column<Rule>[] => [
  { id: "rule", label: text.rule, className: "w-10 !pr-0 text-ink-faint tabular-nums [td&]:align-top", cell: ({ rule }) => rule },
  {
    id: "when",
    label: text.when,
    className: "[td&]:align-top",
    cell: ({ when, reached }) => (
      <span className={reached ? "" : "text-ink-faint line-through decoration-line-strong"}>
        {when === undefined ? (
          <span className="text-ink-faint">{text.always}</span>
        ) : (
          <code className="foreign font-mono text-xs">{when}</code>
        )}
      </span>
    ),
  },
  {
    id: "use",
    label: text.use,
    className: "[td&]:align-top",
    cell: ({ use, gone, reached, ...rule }) => (
      <span className="flex flex-wrap gap-1">
        {use.map((name) => (
          <Badge key={name} tone={trustOf.get(name) === "external" ? "warn" : "neutral"}>
            {name}
            {trustOf.get(name) === "external" && <span className="font-normal">{text.external}</span>}
          </Badge>
        ))}
        {use.length === 0 && <span className="text-xs text-bad">{text.noModels}</span>}
        {gone.map((name) => (
          <Badge key={name} tone="bad">
            {text.gone(name)}
          </Badge>
        ))}
        {/* On a telephone there is no column for it. */}
        <span className="w-full text-xs text-ink-soft empty:hidden md:hidden">{saySettings(rule)}</span>
        {!reached && <span className="w-full text-xs text-warn">{text.notReached}</span>}
      </span>
    ),
  },
  {
    id: "settings",
    label: text.settings,
    className: "[td&]:align-top [td&]:text-xs [td&]:text-ink-soft",
    wideOnly: true,
    cell: (rule) => saySettings(rule),
  },
  {
    id: "from",
    label: text.from,
    className: "[td&]:align-top",
    wideOnly: true,
    cell: ({ from }) => <Badge tone={from === "approved" ? "accent" : "neutral"}>{text.origin[from]}</Badge>,
  },
];

/** What a rule says beside its condition and its models. */
function saySettings(rule: Partial<Rule>): string {
  const { rule: _rule, when: _when, use: _use, gone: _gone, reached: _reached, from: _from, ...rest } = rule;
  return Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" · ");
}
