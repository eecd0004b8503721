import { z } from "zod";
import { routeRule } from "./route-rule.ts";

const signalKind = z
  .enum(["bool", "int", "double", "text", "words"])
  .describe("`double` has a fraction, `int` none, `words` is a list of texts.");

/** The words that conditions of rules are written in. */
export const routeSignals = z.object({
  signals: z.array(z.object({ name: z.string(), kind: signalKind, description: z.string() })).describe("Of a call: `complexity > 0.8`."),
  modelSignals: z
    .array(z.object({ name: z.string(), kind: signalKind, description: z.string() }))
    .describe('Of a model, by its name: `queueDepth("llama-70b") > 8`.'),
  functions: z.array(z.object({ name: z.string(), example: z.string(), description: z.string() })),
  operators: z.array(z.string()),
});
export type RouteSignals = z.output<typeof routeSignals>;

const trust = z.enum(["private", "external"]);
const effectiveRule = routeRule.extend({
  rule: z.int().min(1).describe("Its place in the route, as records and explanations name it."),
  from: z
    .enum(["approved", "file"])
    .describe("`approved`: a version of the routes in production. `file`: weir.yaml, or what goes without it."),
  use: z.array(z.string()).describe("Models in the order written; those that are gone are in `gone`."),
  gone: z.array(z.string()).describe("Models that the approved rule names and this server does not have any more."),
  reached: z.boolean().describe("No rule before it takes every call."),
});
/** Which rules count now. */
export const effectiveRoutes = z.object({
  policy: z
    .object({ id: z.string(), version: z.int().min(1), approvedAt: z.iso.datetime({ offset: true }).nullable() })
    .nullable()
    .describe("The version of the routes in production, whose rules come first."),
  routes: z.array(z.object({ name: z.string(), rules: z.array(effectiveRule) })),
  models: z.array(
    z.object({
      name: z.string(),
      provider: z.string(),
      trust,
      region: z.string().nullable(),
      priced: z.boolean().describe("Without a known price, calls under a budget never go there."),
      chats: z.boolean().describe("Not a model for embeddings or rankings."),
    }),
  ),
});
export type EffectiveRoutes = z.output<typeof effectiveRoutes>;
