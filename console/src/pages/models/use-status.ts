import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { ModelStatus, ProviderStatus } from "./types.ts";

/** Looked at again while the page is seen: a hidden tab asks for nothing. */
const EVERY_MS = 5_000;
export const MODELS_KEY = ["/admin/v1/models"] as const;
export const PROVIDERS_KEY = ["/admin/v1/providers"] as const;

export const useModels = () =>
  useQuery({
    queryKey: MODELS_KEY,
    queryFn: async ({ signal }) => (await get<{ readonly data: readonly ModelStatus[] }>("/admin/v1/models", undefined, signal)).data,
    refetchInterval: EVERY_MS,
  });
export const useProviders = () =>
  useQuery({
    queryKey: PROVIDERS_KEY,
    queryFn: async ({ signal }) => (await get<{ readonly data: readonly ProviderStatus[] }>("/admin/v1/providers", undefined, signal)).data,
    refetchInterval: EVERY_MS,
  });
