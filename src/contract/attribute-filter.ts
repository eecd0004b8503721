import { z } from "zod";
import { ATTRIBUTE_CHARS_MAX, ATTRIBUTE_NAME_CHARS_MAX } from "../domain/access.ts";
import type { AttributeFilter } from "../domain/reader.ts";

/** OpenAI's comparison and compound filters on documents' attributes. */

/** Conditions side by side, and values of one list: beyond these a filter is a list of documents. */
const WIDTH_MAX = 100;
/** `and` and `or` in one another. Any condition can be written with two. */
const DEPTH_MAX = 4;
/** All in all: each is a condition on every document of a collection. */
const CONDITIONS_MAX = 200;

const key = z.string().min(1).max(ATTRIBUTE_NAME_CHARS_MAX);
const text = z.string().max(ATTRIBUTE_CHARS_MAX);
const comparisons = [
  z.strictObject({ type: z.enum(["eq", "ne"]), key, value: z.union([text, z.number(), z.boolean()]) }),
  z.strictObject({ type: z.enum(["gt", "gte", "lt", "lte"]), key, value: z.union([text, z.number()]) }),
  z.strictObject({
    type: z.enum(["in", "nin"]),
    key,
    value: z
      .array(z.union([text, z.number(), z.boolean()]))
      .min(1)
      .max(WIDTH_MAX),
  }),
] as const;

/** Written out level by level: one that refers to itself has no place in the API's description, and no end. */
function level(depth: number): z.ZodType<AttributeFilter> {
  if (depth === 0) return z.discriminatedUnion("type", comparisons);
  const compound = z.strictObject({
    type: z.enum(["and", "or"]),
    filters: z
      .array(level(depth - 1))
      .min(1)
      .max(WIDTH_MAX),
  });
  return z.discriminatedUnion("type", [...comparisons, compound]);
}

export const attributeFilter = level(DEPTH_MAX).refine(
  (filter) => count(filter) <= CONDITIONS_MAX,
  `expected at most ${CONDITIONS_MAX} conditions`,
);

const count = (filter: AttributeFilter): number =>
  filter.type === "and" || filter.type === "or" ? filter.filters.reduce((sum, one) => sum + count(one), 0) : 1;
