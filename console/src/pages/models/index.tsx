import { modelsText as text } from "#text/models.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Page } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { ProviderDrawer } from "./drawers.tsx";
import { ModelTab } from "./model-tab.tsx";
import { ProviderTab } from "./provider-tab.tsx";
import { TenantModels } from "./tenant-models.tsx";
import { useProviders } from "./use-status.ts";

/** How models and providers are doing, for whoever runs them; for a tenant the models that it may use. */
export function ModelsPage() {
  if (useMay("operations.read")) return <Running />;
  return (
    <Page title={text.title} lead={text.leadTenant}>
      <TenantModels />
    </Page>
  );
}

function Running() {
  const [tab, setTab] = useSearchText("tab", "models");
  const [open, setOpen] = useSearchText("provider");
  const providers = useProviders();
  const opened = open === "" ? undefined : providers.data?.find(({ provider }) => provider === open);
  const tabs = [
    { id: "models", label: text.tabs.models, content: <ModelTab /> },
    { id: "providers", label: text.tabs.providers, content: <ProviderTab /> },
  ];
  return (
    <Page title={text.title} lead={text.lead}>
      <Tabs label={text.sections} tabs={tabs} value={tab} onChange={setTab} />
      {opened !== undefined && <ProviderDrawer provider={opened} onClose={() => setOpen("")} />}
    </Page>
  );
}
