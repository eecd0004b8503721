import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { routingText as text } from "#text/routing.ts";
import { useCommands } from "../../app/commands.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Page } from "../../ui/page.tsx";
import { Tabs, type Tab } from "../../ui/tabs.tsx";
import { PoliciesTab } from "./policies-tab.tsx";
import { RolloutsTab } from "./rollouts-tab.tsx";
import { RoutesTab } from "./routes-tab.tsx";

export function RoutingPage() {
  const mayOperate = useMay("operate");
  const seesPolicies = useMay("policies.read");
  const seesRollouts = useMay("rollouts.read");
  const mayWrite = useMay("policies.write");
  const navigate = useNavigate();
  const [tab, setTab] = useSearchText("tab");
  const commands = useMemo(
    () =>
      mayWrite
        ? [{ id: "new-policy", label: text.newPolicy, run: () => void navigate({ to: "/routing/policies/$id", params: { id: "new" } }) }]
        : [],
    [mayWrite, navigate],
  );
  useCommands(commands);
  const tabs = useMemo((): Tab[] => {
    const all: readonly (Tab & { readonly shown: boolean })[] = [
      { id: "routes", label: text.tabs.routes, content: <RoutesTab />, shown: mayOperate },
      { id: "policies", label: text.tabs.policies, content: <PoliciesTab />, shown: seesPolicies },
      { id: "rollouts", label: text.tabs.rollouts, content: <RolloutsTab />, shown: seesRollouts },
    ];
    return all.filter(({ shown }) => shown);
  }, [mayOperate, seesPolicies, seesRollouts]);
  return (
    <Page title={text.title} lead={text.lead}>
      <Tabs label={text.tabsLabel} tabs={tabs} value={tab} onChange={setTab} />
    </Page>
  );
}
