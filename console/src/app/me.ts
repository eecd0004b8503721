import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";

/** Who is signed in: somebody of the platform, somebody of a tenant, or both at once. `GET /v1/me`. */
export type Me = {
  readonly platform?: { readonly role: string; readonly permissions: readonly string[] };
  readonly tenant?: {
    readonly slug: string;
    readonly name: string;
    readonly role: string;
    readonly keyId: string;
    readonly permissions: readonly string[];
  };
};

export const ME_KEY = ["/v1/me"] as const;
export const useMe = () =>
  useQuery({ queryKey: ME_KEY, queryFn: ({ signal }) => get<Me>("/v1/me", undefined, signal), staleTime: 60_000, retry: false });

/** What a role may not do is not shown; the server refuses it all the same. */
export const may = (me: Me | undefined, permission: string): boolean =>
  me?.platform?.permissions.includes(permission) === true || me?.tenant?.permissions.includes(permission) === true;

export function useMay(permission: string): boolean {
  const { data } = useMe();
  return may(data, permission);
}

/** The tenant that admin addresses name: the caller's own, unless somebody of the platform chose another. */
export const ownTenant = (me: Me | undefined): string | undefined => (me?.platform === undefined ? me?.tenant?.slug : undefined);
