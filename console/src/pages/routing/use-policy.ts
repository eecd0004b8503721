import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { Policy } from "./types.ts";

/** One version, with what it would change and what the caller may do with it. `tenant` undefined: of the platform. */
export const usePolicy = (id: string, tenant: string | undefined, enabled = true) =>
  useQuery({
    queryKey: ["/admin/v1/policies", id, tenant],
    enabled,
    queryFn: ({ signal }) => get<Policy>(`/admin/v1/policies/${encodeURIComponent(id)}`, { tenant }, signal),
  });
