import { z } from "zod";
import { family, instructions } from "./instructions-schema.ts";
import { amount, whole } from "./number-schema.ts";

const PRICE_WHY = "a price is dollars per million tokens, and none is above 10,000";

const price = z
  .strictObject({
    inputPerMTok: amount({
      min: 0,
      max: 10_000,
      unit: "dollars per million tokens",
      why: PRICE_WHY,
      description: "Prompt tokens. Required, except beside `perThousandSearches`.",
    }).optional(),
    outputPerMTok: amount({
      min: 0,
      max: 10_000,
      unit: "dollars per million tokens",
      why: PRICE_WHY,
      description: "Tokens of the answer. Required beside `inputPerMTok`, except at `kind: embedding` and `rerank`, which have no output.",
    }).optional(),
    cachedInputPerMTok: amount({
      min: 0,
      max: 10_000,
      unit: "dollars per million tokens",
      why: PRICE_WHY,
      description: "Prompt tokens read from the provider's cache. Without it the input price.",
    }).optional(),
    cacheWritePerMTok: amount({
      min: 0,
      max: 10_000,
      unit: "dollars per million tokens",
      why: PRICE_WHY,
      description: "Prompt tokens written to the provider's cache. Without it the input price.",
    }).optional(),
    perThousandSearches: amount({
      min: 0,
      max: 100_000,
      unit: "dollars per thousand searches",
      why: PRICE_WHY,
      description:
        "(`kind: rerank` only) Of providers that bill by the search, as Cohere does: a query with up to 100 documents, of which one longer than 500 tokens counts as several. The provider's own number counts where it tells one.",
    }).optional(),
  })
  .optional()
  .meta({
    description:
      "Without it the built-in price book is asked by `upstream`. A private model in neither costs 0; an external one in neither is not eligible under a budget, because an unknown price is not free.",
  });

const capability = (description: string) => z.boolean().default(true).meta({ description });
const capabilities = z
  .strictObject({
    tools: capability("Tool calls."),
    jsonSchema: capability("Answers bound to a JSON Schema."),
    images: capability(
      "Image parts in messages. An upstream that reads none says so itself; `false` lets the next model take the call at once.",
    ),
    choices: capability("Several answers to one call (`n`). Never at `anthropic`, whose protocol has no way to ask for them."),
  })
  .prefault({})
  .meta({ description: "What the model can do. A call that needs what a model lacks goes to the next one." });

/** One entry of `models`. */
export const modelSchema = z.strictObject({
  provider: z.string().min(1).max(63).meta({ description: "Name of a provider above." }),
  upstream: z.string().min(1).max(256).meta({ description: "The name that the provider knows the model by, or `env:NAME`." }),
  kind: z.enum(["chat", "embedding", "rerank"]).default("chat").meta({
    description:
      "`embedding`: makes vectors for `POST /v1/embeddings` and nothing else. A route may name several; a call moves on only to one with the same `upstream`, because vectors of different models do not compare. `rerank`: puts documents in order for `POST /v1/rerank`, and for searches on the quality path (`retrieval`); nothing else.",
  }),
  contextTokens: whole({
    min: 256,
    max: 100_000_000,
    unit: "tokens",
    why: "below 256 no question fits, and no model reads more than 100 million",
    description: "Prompt and answer together. Calls that cannot fit go to the next model. Without it nothing is checked.",
  }).optional(),
  price,
  capabilities,
  instructions,
  family,
  promptCache: z.enum(["auto", "off"]).default("auto").meta({
    description:
      "`auto`: what the provider keeps of prompts is used where it pays (docs/prompt-caching.md). At `anthropic` the beginning of a prompt that comes again is marked, where the prices of cached tokens are known; at OpenAI each conversation of a tenant has a key of its own. `off`: nothing is marked.",
  }),
});
