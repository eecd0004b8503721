import { useParams } from "@tanstack/react-router";
import { ownTenant, useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { routingText as text } from "#text/routing.ts";
import { Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { NewPolicy } from "./new-policy.tsx";
import { PolicyView } from "./policy-view.tsx";
import { usePolicy } from "./use-policy.ts";

/** A version of a policy, or a new one. */
export function PolicyPage() {
  const { id = "" } = useParams({ strict: false });
  return id === "new" ? <NewPolicy /> : <ExistingPolicy key={id} id={id} />;
}

function ExistingPolicy({ id }: { readonly id: string }) {
  const { data: me } = useMe();
  const [named] = useSearchText("tenant");
  const own = ownTenant(me);
  const tenant = named === "" ? own : named;
  const asked = usePolicy(id, tenant, me !== undefined);
  if (asked.data !== undefined) return <PolicyView policy={asked.data} tenant={tenant} />;
  return (
    <Page title={text.tabs.policies}>
      <Loaded of={asked}>{() => null}</Loaded>
    </Page>
  );
}
