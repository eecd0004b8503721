import { z } from "zod";

/** One rule of a route, as weir.yaml and the policies of the admin API write it. */
export const routeRule = z.strictObject({
  when: z.string().min(1).max(1000).optional().meta({
    description:
      "A condition over signals, such as `pii.found` or `complexity > 0.8`. This version does not evaluate conditions: a rule with `trust: private` then applies to every call, any other conditional rule to none.",
  }),
  use: z
    .array(z.string().min(1).max(128))
    .min(1)
    .max(32)
    .meta({ description: "Models in the order in which they are tried. `extractive` always comes last and need not be named." }),
  trust: z.enum(["private", "external"]).meta({ description: "`private`: only private models of `use` are eligible." }).optional(),
});
export type RouteRule = z.output<typeof routeRule>;
