import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { guardText as text } from "#text/guard.ts";
import { get } from "../../api/client.ts";
import { may, ownTenant, useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { EmptyState, SkeletonRows } from "../../ui/states.tsx";

type TenantPage = { readonly data: readonly { readonly slug: string; readonly name: string }[] };

/** As many as one page of the listing has. */
const TENANTS_MAX = 1000;

/** The tenant that the page is about, from the address; `""` is all of them. A tenant's own people have their own, and no choice. */
export function useTenant(fallback: "first" | "all") {
  const { data: me } = useMe();
  const own = ownTenant(me);
  const [asked, choose] = useSearchText("tenant");
  const listed = useQuery({
    queryKey: ["/admin/v1/tenants", "choice"],
    enabled: me !== undefined && own === undefined && may(me, "tenants.list"),
    queryFn: ({ signal }) => get<TenantPage>("/admin/v1/tenants", { limit: TENANTS_MAX }, signal),
  });
  const tenants = listed.data?.data ?? [];
  const slug = own ?? (asked === "" && fallback === "first" ? (tenants[0]?.slug ?? "") : asked);
  return {
    slug,
    own,
    tenants,
    choose,
    isPending: me === undefined || (own === undefined && listed.isPending && listed.fetchStatus !== "idle"),
  };
}
export type TenantChosen = ReturnType<typeof useTenant>;

export function TenantChoice({ of, all = false }: { readonly of: TenantChosen; readonly all?: boolean }) {
  if (of.own !== undefined) return null;
  const known = of.tenants.some(({ slug }) => slug === of.slug);
  return (
    <SelectField label={text.tenant} value={of.slug} onChange={(event) => of.choose(event.target.value)} className="max-w-full sm:w-52">
      {all && <option value="">{text.allTenants}</option>}
      {!known && of.slug !== "" && <option value={of.slug}>{of.slug}</option>}
      {of.tenants.map(({ slug }) => (
        <option key={slug} value={slug}>
          {slug}
        </option>
      ))}
    </SelectField>
  );
}

/** What a tab is narrowed by: two beside each other on a telephone. */
export const Filters = ({ children }: { readonly children: ReactNode }) => (
  <div className="grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap">{children}</div>
);

/** What is about one tenant, once it is known which. */
export function WithTenant({ of, children }: { readonly of: TenantChosen; children(slug: string): ReactNode }) {
  if (of.slug !== "") return children(of.slug);
  if (of.isPending)
    return (
      <Card flush>
        <SkeletonRows />
      </Card>
    );
  return (
    <Card flush>
      <EmptyState
        title={text.noTenant}
        action={
          <Button asChild kind="primary">
            <Link to="/tenants">{text.toTenants}</Link>
          </Button>
        }
      >
        {text.noTenantSay}
      </EmptyState>
    </Card>
  );
}
