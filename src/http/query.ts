import type { z } from "zod";
import { checkBody, checkText } from "./body.ts";

/** Checks the query as one object; a name that is given twice keeps its last value. */
export function readQuery<S extends z.ZodType>(query: URLSearchParams, schema: S): z.output<S> {
  for (const [name, value] of query) checkText(value, name);
  return checkBody(Object.fromEntries(query), schema, "The query");
}
