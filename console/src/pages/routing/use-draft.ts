import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { post } from "../../api/client.ts";
import type { Notice, Policy, PolicyCheck } from "./types.ts";
import { readText, type Read } from "./yaml.ts";

/** Long enough that nobody waits for it, and no letter is asked about alone. */
const DEBOUNCE_MS = 350;

function useDebounced(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** One thing that is said about a draft, at its line. */
export type Told = {
  readonly severity: "problem" | "warning";
  readonly message: string;
  readonly line: number;
  readonly offset: number;
  readonly near: string | undefined;
};

export type Draft = {
  /** The body, where the text can be read. */
  readonly value: unknown;
  readonly told: readonly Told[];
  readonly changes: PolicyCheck["changes"];
  /** What is shown is about the text as it stands. */
  readonly settled: boolean;
  /** Read, checked, and taken if it is sent. */
  readonly fine: boolean;
  readonly error: unknown;
};

const toTold = (severity: Told["severity"], read: Extract<Read, { ok: true }>, { at, message, offset, near }: Notice): Told => ({
  severity,
  message,
  near,
  ...read.spotOf(at, offset),
});

/** Reads a text as it is written, and has the server check it when the writer pauses. Nothing is kept. */
export function useDraft(text: string, kind: Policy["kind"], tenant: string | undefined): Draft {
  const settled = useDebounced(text);
  const read = useMemo(() => readText(settled), [settled]);
  const asked = useQuery({
    queryKey: ["/admin/v1/policies/check", kind, tenant, settled],
    enabled: read.ok,
    queryFn: ({ signal }) =>
      post<PolicyCheck>("/admin/v1/policies/check", { kind, tenant, body: read.ok ? read.value : undefined }, signal),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  const told = useMemo((): Told[] => {
    if (!read.ok) return read.problems.map((problem) => ({ severity: "problem", near: undefined, ...problem }));
    const found = [
      ...(asked.data?.problems ?? []).map((notice) => toTold("problem", read, notice)),
      ...(asked.data?.warnings ?? []).map((notice) => toTold("warning", read, notice)),
    ];
    return found.toSorted((a, b) => a.offset - b.offset);
  }, [asked.data, read]);
  const isSettled = settled === text && (!read.ok || (!asked.isFetching && !asked.isPlaceholderData));
  return {
    value: read.ok ? read.value : undefined,
    told,
    changes: read.ok ? asked.data?.changes : undefined,
    settled: isSettled,
    fine: isSettled && read.ok && asked.data !== undefined && asked.data.problems.length === 0,
    error: read.ok ? asked.error : undefined,
  };
}
