import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** A piece of state that lives in the address, so that a view can be shared and the back button works. */
export function useSearchText(name: string, fallback = ""): readonly [string, (value: string) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const value = search[name];
  const set = useCallback(
    (next: string) => {
      const change = (before: Record<string, unknown>) => ({ ...before, [name]: next === fallback ? undefined : next });
      void navigate({ to: ".", search: change, replace: true });
    },
    [fallback, name, navigate],
  );
  return [typeof value === "string" || typeof value === "number" ? String(value) : fallback, set];
}
