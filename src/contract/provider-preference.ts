import { z } from "zod";

/** A list of everything that there is would be no preference. */
const NAMES_MAX = 32;
const names = z.array(z.string().min(1).max(128)).max(NAMES_MAX);
const dollars = z.number().min(0).max(10_000);

/** What a caller wants of the providers, in OpenRouter's form. It narrows what the route allows, and widens nothing. */
export const providerPreference = z.strictObject({
  order: names.optional().describe("Providers or models that are tried first, in this order, where they are eligible."),
  only: names.min(1).optional().describe("No others."),
  ignore: names.optional().describe("Not these."),
  allow_fallbacks: z.boolean().optional().describe("`false`: the first eligible model is tried, and no other."),
  data_collection: z
    .enum(["allow", "deny"])
    .optional()
    .describe("`deny`: private models, and providers whose `dataCollection` says that they keep nothing to learn from."),
  zdr: z.boolean().optional().describe("`true`: private models, and providers that keep nothing at all."),
  sort: z
    .enum(["price", "latency", "throughput"])
    .optional()
    .describe("In place of the rule's own order. `throughput`: the model that is least busy."),
  max_price: z
    .strictObject({ prompt: dollars.optional(), completion: dollars.optional() })
    .optional()
    .describe("Dollars per million tokens. A model whose price is unknown is above any."),
});
export type ProviderPreference = z.output<typeof providerPreference>;
