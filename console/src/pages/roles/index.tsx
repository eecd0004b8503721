import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { Fragment, useState } from "react";
import type { z } from "zod";
import { rolesText as text } from "#text/roles.ts";
import type { roleList } from "../../../../src/contract/directory.ts";
import { get } from "../../api/client.ts";
import { useMe } from "../../app/me.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Input } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";

type RoleList = z.infer<typeof roleList>;
type Permission = RoleList["permissions"][number];
type Role = RoleList["data"][number];

const ABOUT = ["own", "named", "platform"] as const;
const sayRole = (role: string): string => Object.entries(text.roles).find(([name]) => name === role)?.[1] ?? "";

/** From left to right: first the platform's, then a tenant's, each from the least to the most. */
const sorted = (roles: readonly Role[]): readonly Role[] =>
  roles.toSorted((one, other) => one.of.localeCompare(other.of) || one.permissions.length - other.permissions.length);

export function RolesPage() {
  const { data: me } = useMe();
  const [search, setSearch] = useState("");
  const roles = useQuery({ queryKey: ["/admin/v1/roles"], queryFn: ({ signal }) => get<RoleList>("/admin/v1/roles", undefined, signal) });
  const own = [me?.platform?.role, me?.tenant?.role].filter((role) => role !== undefined);
  return (
    <Page title={text.title} lead={text.lead}>
      <Loaded of={roles}>
        {({ data, permissions }) => (
          <>
            <Card>
              <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-2">
                {sorted(data).map(({ role }) => (
                  <div key={role} className="flex min-w-0 gap-3">
                    <dt className="flex w-28 shrink-0 flex-wrap content-start items-baseline gap-1.5 font-medium">
                      {role}
                      {own.includes(role) && <Badge tone="accent">{text.yours}</Badge>}
                    </dt>
                    <dd className="min-w-0 text-ink-soft">{sayRole(role)}</dd>
                  </div>
                ))}
              </dl>
              <p className="mt-3 border-t border-line pt-3 text-xs text-ink-faint">{text.given}</p>
            </Card>
            <Input
              type="search"
              aria-label={text.search}
              placeholder={text.search}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className="max-w-80"
            />
            <Matrix roles={sorted(data)} permissions={permissions.filter((one) => fits(one, search.trim().toLowerCase()))} own={own} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const fits = ({ name, routes }: Permission, search: string): boolean =>
  name.includes(search) || routes.some((route) => route.toLowerCase().includes(search));

type MatrixProps = { readonly roles: readonly Role[]; readonly permissions: readonly Permission[]; readonly own: readonly string[] };

function Matrix({ roles, permissions, own }: MatrixProps) {
  if (permissions.length === 0)
    return (
      <Card flush>
        <EmptyState title={text.nothing} />
      </Card>
    );
  return (
    <Card flush>
      <div className="overflow-x-auto" role="region" aria-label={text.table} tabIndex={0}>
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b border-line text-xs text-ink-faint">
              <th scope="col" className="h-9 px-4 text-left font-medium">
                {text.permission}
              </th>
              {roles.map(({ role }) => (
                <th
                  key={role}
                  scope="col"
                  className={`h-9 px-2 text-center font-medium whitespace-nowrap ${own.includes(role) ? "text-accent" : ""}`}
                >
                  {role}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ABOUT.map((about) => {
              const group = permissions.filter((one) => one.about === about);
              if (group.length === 0) return null;
              return (
                <Fragment key={about}>
                  <tr className="border-b border-line bg-sunken">
                    <th scope="colgroup" colSpan={roles.length + 1} className="px-4 py-1.5 text-left text-xs font-medium text-ink-soft">
                      {text.about[about]}
                    </th>
                  </tr>
                  {group.map((permission) => (
                    <PermissionRow key={permission.name} permission={permission} roles={roles} />
                  ))}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function PermissionRow({ permission, roles }: { readonly permission: Permission; readonly roles: readonly Role[] }) {
  return (
    <tr className="border-b border-line last:border-0">
      <th scope="row" className="px-4 py-1.5 text-left align-top font-normal">
        <details>
          <summary className="cursor-pointer">
            <code className="font-mono text-xs font-medium">{permission.name}</code>
            <span className="ml-2 text-xs text-ink-faint">{text.routes(permission.routes.length)}</span>
          </summary>
          <ul className="mt-1 grid gap-0.5 pb-1 pl-4">
            {permission.routes.map((route) => (
              <li key={route} className="font-mono text-xs text-ink-soft">
                {route}
              </li>
            ))}
          </ul>
        </details>
      </th>
      {roles.map(({ role, permissions }) => {
        const may = permissions.includes(permission.name);
        return (
          <td key={role} className="px-2 py-1.5 text-center align-top">
            {may ? (
              <Check className="inline size-4 text-good" aria-label={text.may} />
            ) : (
              <span className="text-ink-faint" aria-label={text.mayNot} role="img">
                ·
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}
