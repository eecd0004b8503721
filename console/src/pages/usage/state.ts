import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { ownTenant, useMe } from "../../app/me.ts";
import { spanOf, type Span } from "./range.ts";

export const WORDS = ["tenant", "team", "key", "feature", "model", "provider", "outcome"] as const;
export type Word = (typeof WORDS)[number];
export type Measure = "cost" | "calls" | "tokens";
/** Exact values, all at once; '' is what has none. */
export type Filters = { readonly [Name in Word]?: string };

/** All that makes a view. It lives in the address, so that a view can be sent to somebody. */
export type UsageView = {
  readonly tab: string;
  readonly range: string;
  readonly from: string;
  readonly to: string;
  readonly group: Word;
  readonly measure: Measure;
  /** Somebody chose the measure: it stays, even where it has nothing to show. */
  readonly isMeasured: boolean;
  readonly filters: Filters;
  readonly costMin: string;
};
export type Change = Partial<Omit<UsageView, "filters" | "isMeasured">> & { readonly filters?: Filters };

const isWord = (text: string): text is Word => WORDS.some((word) => word === text);
const isMeasure = (text: string): text is Measure => text === "cost" || text === "calls" || text === "tokens";

function toView(search: Record<string, unknown>, own: string | undefined): UsageView {
  const read = (name: string): string | undefined => {
    const value = search[name];
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  };
  const filters = Object.fromEntries(
    WORDS.flatMap((word) => {
      const value = read(word);
      return value === undefined || (word === "tenant" && own !== undefined) ? [] : [[word, value]];
    }),
  );
  const group = read("group") ?? (own === undefined && filters["tenant"] === undefined ? "tenant" : "model");
  const measure = read("measure") ?? "cost";
  return {
    tab: read("tab") ?? "cost",
    range: read("range") ?? "30d",
    from: read("from") ?? "",
    to: read("to") ?? "",
    group: isWord(group) ? group : "model",
    measure: isMeasure(measure) ? measure : "cost",
    isMeasured: read("measure") !== undefined,
    filters,
    costMin: read("cost") ?? "",
  };
}

/** The view, the span of time that it is of, and how to change it. `own` is the tenant of somebody who has no other. */
export function useUsageView() {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const { data: me } = useMe();
  const own = ownTenant(me);
  const view = useMemo(() => toView(search, own), [search, own]);
  const span = useMemo(() => spanOf(view, Date.now()), [view]);
  const change = useCallback(
    ({ filters, costMin, ...rest }: Change) => {
      const words = filters === undefined ? {} : Object.fromEntries(WORDS.map((word) => [word, filters[word]]));
      const cost = costMin === undefined ? {} : { cost: costMin === "" ? undefined : costMin };
      void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, ...rest, ...cost, ...words }) });
    },
    [navigate],
  );
  return { view, span, change, own, isKnown: me !== undefined };
}
export type UsageState = ReturnType<typeof useUsageView>;

/** `from=…&to=…` and the filters. An empty value is sent as it is: it means what has none. */
export function queryOf(view: UsageView, span: Span, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ from: span.from, to: span.to });
  for (const word of WORDS) {
    const value = view.filters[word];
    if (value !== undefined) query.set(word, value);
  }
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.toString();
}
