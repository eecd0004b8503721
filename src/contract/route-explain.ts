import { z } from "zod";
import { chatCompletionRequest } from "./chat-completions.ts";
import { routesPolicy } from "./policy.ts";

/** A chat request that nobody is to answer, and who would send it. */
export const routeExplainRequest = chatCompletionRequest.extend({
  tenant: z.string().describe("Whose call it would be."),
  key: z.string().optional().describe("Id of the tenant's key that would send it. Without it one without limits of its own."),
  feature: z.string().max(100).optional().describe("As the header `x-weir-feature` would have it."),
  routes: routesPolicy.shape.routes
    .optional()
    .describe("Rules to try in place of the approved ones, before those of weir.yaml, as a policy of kind `routes` has them."),
});
export type RouteExplainRequest = z.output<typeof routeExplainRequest>;
