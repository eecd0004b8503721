import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";

/** One page of a listing in the order of ids, which is the order of creation. */
export type Page<T> = {
  readonly data: readonly T[];
  /** Pass it as `after` for the next page; undefined on the last. */
  readonly nextCursor: string | undefined;
};
export type PageAsk = { readonly after?: string | undefined; readonly limit?: number | undefined };

/** One row more than asked for tells whether there is another page. */
export const rowsToRead = (ask: PageAsk): number => pageSize(ask) + 1;

export function toPage<T extends { readonly id: string }>(rows: readonly T[], ask: PageAsk): Page<T> {
  const data = rows.slice(0, pageSize(ask));
  return { data, nextCursor: rows.length > data.length ? data.at(-1)?.id : undefined };
}

const pageSize = (ask: PageAsk): number => Math.min(Math.max(1, ask.limit ?? PAGE_DEFAULT), PAGE_MAX);
