import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { routingText as text } from "#text/routing.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { Tabs, type Tab } from "../../ui/tabs.tsx";
import { ChangesTable } from "./changes-table.tsx";
import { Compare } from "./compare.tsx";
import { Explain } from "./explain.tsx";
import { TwoPeople } from "./two-people.tsx";
import { POLICY_TONES, stateOf, type Policy } from "./types.ts";
import { writeText } from "./yaml.ts";

/** One version: what it says, what it would change, how it differs from another, and who takes it where. */
export function PolicyView({ policy, tenant }: { readonly policy: Policy; readonly tenant: string | undefined }) {
  const { id, kind, version, body, changes } = policy;
  const mayWrite = useMay("policies.write");
  const mayOperate = useMay("operate");
  const [tab, setTab] = useSearchText("tab", "changes");
  const code = useMemo(() => writeText(body, "yaml"), [body]);
  const state = stateOf(policy);
  const tabs: readonly Tab[] = [
    {
      id: "changes",
      label: text.changesTab,
      content: (
        <Card flush>
          {changes === undefined || Object.keys(changes).length === 0 ? (
            <EmptyState title={text.againstProduction} />
          ) : (
            <ChangesTable changes={changes} />
          )}
        </Card>
      ),
    },
    { id: "body", label: text.body, content: <CodeBlock code={code} label={text.bodyNow} className="[&_pre]:max-h-[70vh]" /> },
    { id: "compare", label: text.compareTab, content: <Compare policy={policy} tenant={tenant} /> },
    ...(kind === "routes" && mayOperate ? [{ id: "try", label: text.tryTab, content: <Explain routes={body.routes} /> }] : []),
  ];
  return (
    <Page
      title={text.policyTitle(text.kinds[kind], version)}
      lead={
        <span className="inline-flex flex-wrap items-center gap-x-4 gap-y-1">
          <StateDot tone={POLICY_TONES[state]}>{text.states[state]}</StateDot>
          <span className="foreign">{text.policyOf(tenant ?? text.platform)}</span>
          <Link
            to="/routing"
            search={{ tab: "policies", ...(tenant === undefined ? {} : { scope: tenant }) }}
            className="text-accent underline-offset-2 hover:underline"
          >
            {text.backToRouting}
          </Link>
        </span>
      }
      actions={
        mayWrite && (
          <Button asChild>
            <Link to="/routing/policies/$id" params={{ id: "new" }} search={{ from: id, ...(tenant === undefined ? {} : { tenant }) }}>
              {text.deriveVersion}
            </Link>
          </Button>
        )
      }
    >
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 max-xl:order-2">
          <Tabs label={text.policyTitle(text.kinds[kind], version)} tabs={tabs} value={tab} onChange={setTab} />
        </div>
        <TwoPeople policy={policy} tenant={tenant} />
      </div>
    </Page>
  );
}
