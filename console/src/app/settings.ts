import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";

/** How the operator wants it to look, and how one may sign in. `GET /console/settings`, which asks for no sign-in. */
export type Settings = {
  readonly name: string;
  /** Address of a picture. */
  readonly logo?: string;
  readonly accent?: { readonly light?: string; readonly dark?: string };
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly issuers: readonly { readonly issuer: string; readonly label: string }[];
  readonly version: string;
  readonly demo: boolean;
};

export const useSettings = () =>
  useQuery({
    queryKey: ["/console/settings"],
    queryFn: ({ signal }) => get<Settings>("/console/settings", undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
