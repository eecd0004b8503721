import { useQuery } from "@tanstack/react-query";
import type { ConsoleSettings } from "../../../src/contract/console.ts";
import { get } from "../api/client.ts";

/** How the operator wants it to look, and how one may sign in. `GET /console/settings`, which asks for no sign-in. */
export type Settings = ConsoleSettings;

export const useSettings = () =>
  useQuery({
    queryKey: ["/console/settings"],
    queryFn: ({ signal }) => get<Settings>("/console/settings", undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
