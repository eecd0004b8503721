import type { z } from "zod";
import { checkBody } from "./body.ts";

/** Checks the query as one object; a name that is given twice keeps its last value. */
export function readQuery<S extends z.ZodType>(query: URLSearchParams, schema: S): z.output<S> {
  return checkBody(Object.fromEntries(query), schema);
}
