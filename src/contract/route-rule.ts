import { z } from "zod";
import { PII_MODES } from "../domain/guard-policy.ts";

/** One rule of a route, as weir.yaml and the policies of the admin API write it. */
export const routeRule = z.strictObject({
  when: z.string().min(1).max(1000).optional().meta({
    description:
      "A condition over signals: `pii.found` takes calls in which personal data was found, `!pii.found` the others. Other conditions are not evaluated by this version: a rule with `trust: private` then applies to every call, any other conditional rule to none.",
  }),
  use: z
    .array(z.string().min(1).max(128))
    .min(1)
    .max(32)
    .meta({ description: "Models in the order in which they are tried. `extractive` always comes last and need not be named." }),
  trust: z.enum(["private", "external"]).meta({ description: "`private`: only private models of `use` are eligible." }).optional(),
  pii: z
    .enum(PII_MODES)
    .optional()
    .meta({ description: "At least this for personal data in the calls that the rule takes (`guard.pii`)." }),
});
export type RouteRule = z.output<typeof routeRule>;
