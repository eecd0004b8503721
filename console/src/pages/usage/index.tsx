import { usageText as text } from "#text/usage.ts";
import { Page } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { BudgetsTab } from "./budgets-tab.tsx";
import { CallsTab } from "./calls-tab.tsx";
import { CostTab } from "./cost-tab.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { FilterChips, RangeFields } from "./filter-bar.tsx";
import { useKeyNames } from "./key-names.ts";
import { useUsageView } from "./state.ts";

export function UsagePage() {
  const state = useUsageView();
  const { view, change, own } = state;
  const keys = useKeyNames(own ?? view.filters.tenant);
  return (
    <Page title={text.title} lead={text.lead} actions={<ExportMenu {...state} />}>
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        {view.tab !== "budgets" && <RangeFields {...state} />}
        <FilterChips state={state} keys={keys} />
      </div>
      <Tabs
        label={text.tabsLabel}
        value={view.tab}
        onChange={(tab) => change({ tab })}
        tabs={[
          { id: "cost", label: text.tabs.cost, content: <CostTab state={state} keys={keys} /> },
          { id: "calls", label: text.tabs.calls, content: <CallsTab state={state} keys={keys} /> },
          { id: "budgets", label: text.tabs.budgets, content: <BudgetsTab state={state} keys={keys} /> },
        ]}
      />
    </Page>
  );
}
