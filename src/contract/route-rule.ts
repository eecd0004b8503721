import { z } from "zod";
import { CONTEXT_POLICIES } from "../domain/context-policy.ts";
import { PII_MODES } from "../domain/guard-policy.ts";
import { STICKY_BY } from "../domain/signals.ts";
import { RULE_STRATEGIES } from "../domain/ranking.ts";

/** Weights count relative to each other, so a million to one is as good as all. */
const WEIGHT_MAX = 1_000_000;
/** Of all calls: beyond half, chance would be the rule and the rule the exception. */
const share = z.number().min(0).max(0.5);

/** Log probabilities of tokens are 0 or below; below this nobody would have said it. */
const LOGPROB_MIN = -20;
const gate = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("logprobs").meta({ description: "the mean log probability of its tokens, asked for where the server tells it." }),
      min: z.number().min(LOGPROB_MIN).max(0).meta({ description: "It passes from here on." }),
    }),
    z.strictObject({
      kind: z.literal("judge").meta({ description: "what another model says of it." }),
      model: z.string().min(1).max(128).meta({ description: "Who is asked. The call must be allowed to go there, too." }),
      min: z.number().min(0).max(1).meta({ description: "It passes from here on." }),
    }),
    z.strictObject({ kind: z.literal("form").meta({ description: "whether it fits the schema that the call asks for." }) }),
  ])
  .meta({
    description:
      "With `strategy: cascade`: by what an answer is judged before it leaves. One that does not pass, or cannot be judged, is not given, and the next model is asked (docs/cascades.md).",
  });

/** One rule of a route, as weir.yaml and the policies of the admin API write it. */
export const routeRule = z.strictObject({
  when: z.string().min(1).max(1000).optional().meta({
    description:
      "A condition in CEL over the signals of a call: `pii.found`, `complexity > 0.8 && !tools` (every signal: docs/routing.md). It is checked at start. Where it cannot be told for a call, a rule with `trust: private`, or with `pii` from `mask` on, applies, and any other does not.",
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
  context: z.enum(CONTEXT_POLICIES).optional().meta({
    description:
      "For calls that no eligible model has room for. `trim`: the oldest of the conversation is left out until the roomiest has, and the answer says so (docs/context.md). `refuse`, the default: `context_length_exceeded`, also where the tenant says `trim`.",
  }),
  strategy: z.enum(RULE_STRATEGIES).optional().meta({
    description:
      "How the eligible models of `use` are put in order. `priority`, the default: as written. `weighted`: by chance, by `weights`. `least-busy`, `latency`, `cheapest`: by what is known of them. `sticky`: calls that `sticky` holds together go to the same one. `cascade`: as written, and an answer that does not pass `gate` is not given; the next one is asked.",
  }),
  gate: gate.optional(),
  shadow: z
    .strictObject({
      model: z
        .string()
        .min(1)
        .max(128)
        .meta({ description: "Who gets the copies. Each must be allowed to go there like the call itself." }),
      share: z.number().min(0).max(1).meta({ description: "Of the calls that the rule takes." }),
    })
    .optional()
    .meta({
      description:
        "A copy of some calls for another model, after the answer has ended: its cost, time and form are recorded, its answer is kept nowhere (docs/cascades.md).",
    }),
  weights: z
    .record(z.string().min(1).max(128), z.number().min(0).max(WEIGHT_MAX))
    .optional()
    .meta({ description: "By model, for `weighted` and `sticky`. A model without one has 1; one with 0 comes last." }),
  sticky: z.enum(STICKY_BY).optional().meta({
    description: "What `strategy: sticky` holds together: `conversation`, the default, or calls whose prompts begin alike (`prefix`).",
  }),
  explore: share.optional().meta({
    description:
      "Share of calls, 0 to 0.5, whose first model is any of the eligible ones, so that another policy can be judged on what was recorded.",
  }),
  warm: share.optional().meta({ description: "Share of calls, 0 to 0.5, whose first model is one that would only be a fallback." }),
});
export type RouteRule = z.output<typeof routeRule>;
