import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";

type KeyList = { readonly data: readonly { readonly id: string; readonly name: string }[] };
/** One page of the listing: keys beyond it go by their ids. */
const KEYS_MAX = 1000;
const NOBODY: ReadonlyMap<string, string> = new Map();

/** Names of a tenant's keys by their ids, for whoever may see them. */
export function useKeyNames(tenant: string | undefined): ReadonlyMap<string, string> {
  const mayList = useMay("keys.manage");
  const { data } = useQuery({
    queryKey: ["/admin/v1/tenants", tenant, "keys", "names"],
    enabled: mayList && tenant !== undefined && tenant !== "",
    queryFn: ({ signal }) => get<KeyList>(`/admin/v1/tenants/${encodeURIComponent(tenant ?? "")}/keys`, { limit: KEYS_MAX }, signal),
    staleTime: 60_000,
  });
  return useMemo(() => (data === undefined ? NOBODY : new Map(data.data.map(({ id, name }) => [id, name]))), [data]);
}
