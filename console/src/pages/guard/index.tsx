import { guardText as text } from "#text/guard.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Page } from "../../ui/page.tsx";
import { Tabs, type Tab } from "../../ui/tabs.tsx";
import { EventsTab } from "./events.tsx";
import { ModesTab } from "./modes.tsx";
import { RedteamTab } from "./redteam.tsx";
import { ReportsTab } from "./reports.tsx";
import { TryTab } from "./try.tsx";

/** The rules for content. A tab is shown to whoever may do what it is for. */
export function GuardPage() {
  const [tab, setTab] = useSearchText("tab", "");
  const may = {
    modes: useMay("tenants.read"),
    try: useMay("guard.try"),
    events: useMay("usage.read"),
    reports: [useMay("guard.review"), useMay("guard.report")].includes(true),
    redteam: useMay("operate"),
  };
  const all: readonly (Tab & { readonly id: keyof typeof may })[] = [
    { id: "modes", label: text.tabs.modes, content: <ModesTab /> },
    { id: "try", label: text.tabs.try, content: <TryTab /> },
    { id: "events", label: text.tabs.events, content: <EventsTab /> },
    { id: "reports", label: text.tabs.reports, content: <ReportsTab /> },
    { id: "redteam", label: text.tabs.redteam, content: <RedteamTab /> },
  ];
  const tabs = all.filter(({ id }) => may[id]);
  return (
    <Page title={text.title} lead={text.lead}>
      <Tabs label={text.sections} tabs={tabs} value={tab === "" ? (tabs[0]?.id ?? "") : tab} onChange={setTab} />
    </Page>
  );
}
