import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import { may, ownTenant, useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";

type TenantPage = { readonly data: readonly { readonly slug: string }[] };

/** In the address, for decisions that belong to no tenant; a slug has no colon. */
export const PLATFORM = ":platform";
/** As many as one page of the listing has. */
const TENANTS_MAX = 1000;

/** Whose chain is shown: a tenant's own people have theirs, the platform's choose. */
export function useChain() {
  const { data: me } = useMe();
  const own = ownTenant(me);
  const [asked, choose] = useSearchText("tenant");
  const listed = useQuery({
    queryKey: ["/admin/v1/tenants", "choice"],
    enabled: me !== undefined && own === undefined && may(me, "tenants.list"),
    queryFn: ({ signal }) => get<TenantPage>("/admin/v1/tenants", { limit: TENANTS_MAX }, signal),
  });
  const slugs = listed.data?.data.map(({ slug }) => slug) ?? [];
  const chosen = own ?? (asked === "" ? (me?.tenant?.slug ?? slugs[0] ?? (listed.isPending ? "" : PLATFORM)) : asked);
  return { chosen, own, choose, slugs: slugs.includes(chosen) || chosen === PLATFORM || chosen === "" ? slugs : [chosen, ...slugs] };
}
