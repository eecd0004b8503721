import { CLEARANCE_DEFAULT, rankOf, type AttributeFilter, type Reader } from "../domain/reader.ts";
import type { Param } from "./database.ts";

/** Values of a statement that is put together: each is added where its place in the text is written. */
export type Params = { readonly values: Param[]; /** `$3`, of this value. */ add(value: Param): string };

export function createParams(first: readonly Param[] = []): Params {
  const values = [...first];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** Who looks, for what, and when: dates hold for everybody. */
export type Look = { readonly reader: Reader; readonly filter: AttributeFilter | undefined; readonly now: Date };

/**
 * True for rows of `collection_files` (as `alias`) that this look may find. Everything that it compares to is a parameter. What is unknown
 * forbids: each part is true or not, never NULL.
 */
export function visibleCondition(alias: string, { reader, filter, now }: Look, params: Params): string {
  const at = params.add(now);
  const parts = [
    `(${alias}.effective_from IS NULL OR ${alias}.effective_from <= ${at}::timestamptz)`,
    `(${alias}.effective_until IS NULL OR ${alias}.effective_until > ${at}::timestamptz)`,
    readerCondition(alias, reader, params),
    ...(filter === undefined ? [] : [filterCondition(`${alias}.attributes`, filter, params)]),
  ];
  return `(${parts.join(" AND ")})`;
}

/** What the reader is let see, whatever the time and whatever is looked for. */
export function readerCondition(alias: string, reader: Reader, params: Params): string {
  if (reader.kind === "all") return "true";
  const places = reader.jurisdiction === undefined ? "false" : `${params.add(reader.jurisdiction)}::text = ANY (${alias}.jurisdictions)`;
  return `(${listCondition(alias, reader, params)} AND (${alias}.jurisdictions IS NULL OR ${places}))`;
}

/** The same for a collection's own access list, or any row with these two columns. */
export function listCondition(alias: string, reader: Reader, params: Params): string {
  if (reader.kind === "all") return "true";
  const groups = params.add([...reader.groups]);
  const clearance = params.add(rankOf(reader.clearance ?? CLEARANCE_DEFAULT));
  return `(${alias}.access_groups IS NULL OR ${alias}.access_groups && ${groups}::text[])
    AND (${alias}.classification IS NULL OR ${alias}.classification <= ${clearance}::int)`;
}

/** True where the text of this column has a part, in upper or lower case. */
export const hasPart = (column: string, part: string, params: Params): string =>
  `position(lower(${params.add(part)}::text) IN lower(${column})) > 0`;

/** True for rows (as `alias`, with tenant_id and collection_id) whose document, by its number in `column`, is a visible file's. */
export const visibleDocument = (alias: string, column: string, look: Look, params: Params): string =>
  `EXISTS (SELECT FROM collection_files m WHERE m.tenant_id = ${alias}.tenant_id AND m.collection_id = ${alias}.collection_id
     AND m.document = ${alias}.${column} AND ${visibleCondition("m", look, params)})`;

const ORDER = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

/** Types are told apart: 1 is not "1". `ne` and `nin` are the opposites of `eq` and `in`, so they hold where there is no such attribute. */
function filterCondition(column: string, filter: AttributeFilter, params: Params): string {
  switch (filter.type) {
    case "and":
    case "or": {
      const parts = filter.filters.map((one) => filterCondition(column, one, params));
      if (parts.length === 0) return filter.type === "and" ? "true" : "false";
      return `(${parts.join(filter.type === "and" ? " AND " : " OR ")})`;
    }
    case "eq":
    case "ne": {
      const equal = `${column} -> ${params.add(filter.key)}::text IS NOT DISTINCT FROM ${params.add(JSON.stringify(filter.value))}::jsonb`;
      return filter.type === "eq" ? `(${equal})` : `(NOT ${equal})`;
    }
    case "in":
    case "nin": {
      const list = params.add(filter.value.map((value) => JSON.stringify(value)));
      const found = `coalesce(${column} -> ${params.add(filter.key)}::text = ANY (${list}::text[]::jsonb[]), false)`;
      return filter.type === "in" ? found : `(NOT ${found})`;
    }
    case "gt":
    case "gte":
    case "lt":
    case "lte": {
      const [key, sign] = [`${params.add(filter.key)}::text`, ORDER[filter.type]];
      const type = typeof filter.value;
      // Texts by their characters' numbers, whatever the database's language is.
      const compared =
        type === "string"
          ? `(${column} ->> ${key}) COLLATE "C" ${sign} ${params.add(filter.value)}::text`
          : `${column} -> ${key} ${sign} ${params.add(JSON.stringify(filter.value))}::jsonb`;
      return `coalesce(CASE WHEN jsonb_typeof(${column} -> ${key}) = '${type}' THEN ${compared} END, false)`;
    }
  }
}
