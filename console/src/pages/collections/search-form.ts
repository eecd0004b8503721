import type { SearchBody } from "./types.ts";

export type Comparison = "eq" | "ne" | "gt" | "gte" | "lt" | "lte";
export const COMPARISONS = ["eq", "ne", "gt", "gte", "lt", "lte"] as const satisfies readonly Comparison[];
export type FilterRow = { readonly id: number; readonly key: string; readonly type: Comparison; readonly value: string };

/** What is asked of a search, as it stands in the form. */
export type SearchForm = {
  readonly query: string;
  readonly mode: "both" | "words" | "vectors" | "even";
  readonly fusion: "collection" | "rank" | "score";
  readonly quality: boolean;
  readonly filters: readonly FilterRow[];
};
export const NEW_SEARCH: SearchForm = { query: "", mode: "both", fusion: "collection", quality: false, filters: [] };

const RESULTS = 20;
const WEIGHTS = {
  both: undefined,
  words: { embedding_weight: 0, text_weight: 1 },
  vectors: { embedding_weight: 1, text_weight: 0 },
  even: { embedding_weight: 1, text_weight: 1 },
} as const;

/** `2026` is a number, `true` a truth value, `"2026"` in quotation marks a text: the API tells types apart. */
function toValue(raw: string): string | number | boolean {
  const text = raw.trim();
  if (text === "true" || text === "false") return text === "true";
  if (/^"[^]*"$/.test(text)) return text.slice(1, -1);
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function toFilter({ key, type, value: raw }: FilterRow): NonNullable<SearchBody["filters"]> {
  const value = toValue(raw);
  if (type === "eq" || type === "ne") return { type, key: key.trim(), value };
  return { type, key: key.trim(), value: typeof value === "boolean" ? String(value) : value };
}

export function toSearchBody({ query, mode, fusion, quality, filters }: SearchForm): SearchBody {
  const conditions = filters.filter(({ key }) => key.trim() !== "").map(toFilter);
  const hybrid = WEIGHTS[mode];
  const weir = { explain: true, ...(quality ? { mode: "quality" as const } : {}), ...(fusion === "collection" ? {} : { fusion }) };
  return {
    query,
    max_num_results: RESULTS,
    ...(conditions.length === 0 ? {} : { filters: { type: "and", filters: conditions } }),
    ...(hybrid === undefined ? {} : { ranking_options: { hybrid_search: hybrid } }),
    weir,
  };
}
