import { z } from "zod";
import { CONTEXT_POLICIES } from "../domain/context-policy.ts";
import { trimmed } from "./answer-call.ts";

const outcome = z.enum(["always", "holds", "fails", "failed"]);
/** Why the call would go where it would go. */
export const routeExplanation = z.object({
  tenant: z.string(),
  model: z.string().describe("As asked for."),
  rules: z
    .array(
      z.object({
        rule: z.int().min(1),
        when: z.string().optional(),
        outcome: outcome.describe(
          "Of its condition. `always`: it has none. `failed`: it cannot be told; the rule then applies only if it keeps calls in.",
        ),
        took: z.boolean().describe("The rule takes the call. Those after it would not be asked."),
        use: z.array(z.string()),
        trust: z.enum(["private", "external"]).optional(),
        pii: z.string().optional(),
        context: z.enum(CONTEXT_POLICIES).optional(),
        strategy: z.string().optional(),
      }),
    )
    .describe("Of the route. A model that was asked for by its name is one rule."),
  signals: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).describe("Of all that the rules ask."),
  candidates: z.array(
    z.object({
      model: z.string(),
      provider: z.string(),
      trust: z.enum(["private", "external"]),
      fell: z.string().optional().describe("Why it is not eligible, as `weir.candidates` has it."),
      why: z.string().optional().describe("The same in words."),
    }),
  ),
  order: z.array(z.string()).describe("Models in the order in which they would be tried; where chance has a say, this time's."),
  chance: z.number().optional().describe("With which the first of them is the first."),
  trimmed: trimmed.optional().describe("No model has room for the whole prompt: so much of it would be left out."),
  refusal: z.object({ code: z.string(), status: z.int(), message: z.string() }).optional().describe("The call would be refused, and so."),
});
export type RouteExplanation = z.output<typeof routeExplanation>;
