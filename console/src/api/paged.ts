import { useInfiniteQuery } from "@tanstack/react-query";
import { get, type Query } from "./client.ts";

/** The two forms of a page: Weir's own, and OpenAI's. */
type Page<Row> = {
  readonly data: readonly Row[];
  readonly nextCursor?: string | null | undefined;
  readonly has_more?: boolean;
  readonly last_id?: string | null;
};

const FIRST: Query = {};

/** A list that is fetched page by page: `rows` of all pages so far, and `fetchNextPage`. Keeps what is shown while a filter changes. */
export function usePaged<Row>(path: string, query: Query = {}, options: { readonly enabled?: boolean; readonly refetchMs?: number } = {}) {
  const asked = useInfiniteQuery({
    queryKey: [path, "paged", query],
    enabled: options.enabled ?? true,
    ...(options.refetchMs === undefined ? {} : { refetchInterval: options.refetchMs }),
    initialPageParam: FIRST,
    placeholderData: (before) => before,
    queryFn: ({ pageParam, signal }): Promise<Page<Row>> => get<Page<Row>>(path, { ...query, ...pageParam }, signal),
    getNextPageParam: (page: Page<Row>): Query | undefined => {
      if (page.nextCursor !== undefined && page.nextCursor !== null) return { cursor: page.nextCursor };
      return page.has_more === true && typeof page.last_id === "string" ? { after: page.last_id } : undefined;
    },
  });
  return { ...asked, data: asked.data, rows: asked.data?.pages.flatMap((page) => page.data) ?? [] };
}
