import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { tenantsText as text } from "#text/tenants.ts";
import { get } from "../../api/client.ts";
import { may, useMe, type Me } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Tabs, type Tab } from "../../ui/tabs.tsx";
import { Keys } from "./keys.tsx";
import { Overview } from "./overview.tsx";
import { PeopleList } from "./people.tsx";
import { Settings } from "./settings.tsx";
import { tenantPath, type Tenant } from "./types.ts";

export function TenantPage() {
  const { slug = "" } = useParams({ strict: false });
  const { data: me } = useMe();
  const [tab, setTab] = useSearchText("tab", "overview");
  const tenant = useQuery({
    queryKey: ["/admin/v1/tenants", slug],
    queryFn: ({ signal }) => get<Tenant>(tenantPath(slug), undefined, signal),
  });
  const back = may(me, "tenants.list") && (
    <Button asChild kind="ghost">
      <Link to="/tenants">
        <ChevronLeft className="size-4" aria-hidden />
        {text.back}
      </Link>
    </Button>
  );
  return (
    <Page title={tenant.data?.name ?? slug} lead={<span className="font-mono text-xs">{slug}</span>} actions={back}>
      <Loaded of={tenant}>
        {(found) => <Tabs label={text.tabsLabel} value={tab} onChange={setTab} tabs={me === undefined ? [] : tabsOf(found, me)} />}
      </Loaded>
    </Page>
  );
}

function tabsOf(tenant: Tenant, me: Me): readonly Tab[] {
  const { overview, keys, people, settings } = text.tabs;
  return [
    { id: "overview", label: overview, content: <Overview tenant={tenant} me={me} /> },
    ...(may(me, "keys.manage") ? [{ id: "keys", label: keys, content: <Keys slug={tenant.slug} me={me} /> }] : []),
    ...(may(me, "audit.read") ? [{ id: "people", label: people, content: <PeopleList slug={tenant.slug} /> }] : []),
    ...(may(me, "tenants.manage") ? [{ id: "settings", label: settings, content: <Settings key={tenant.id} tenant={tenant} /> }] : []),
  ];
}
