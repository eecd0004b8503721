import { z } from "zod";
import { CONTENT_FIELDS, GUARD_DEFAULT, PII_MODES } from "../domain/guard-policy.ts";

const mode = z.enum(PII_MODES);
const PII =
  "What becomes of personal data and secrets in a call. `off`: not looked for. `detect`: counted. `mask`: own hardware sees it, an external model sees pseudonyms, and the answer is given back with the originals. `private-only`: the call goes to private models or nowhere. `block`: the call is refused.";

/** Host names, with `*.` for any name below. */
const HOST = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

const url = (what: string) =>
  z
    .string()
    .min(1)
    .max(2048)
    .meta({
      description: `${what} It sees content as it is, so it must be your own. \`http://\` or \`https://\`, or \`env:NAME\`.`,
      examples: ["http://127.0.0.1:5002"],
    });
const apiKey = z
  .string()
  .min(1)
  .max(8192)
  .optional()
  .meta({ description: "`env:NAME` or `file:PATH`. Without it no credentials are sent." });
const modelName = z.string().min(1).max(256);
const timeoutMs = (otherwise: number) =>
  z.int().min(10).max(60_000).default(otherwise).meta({
    unit: "milliseconds",
    why: "below 10 ms nothing answers, and nobody waits a minute before a call begins",
    description: "Longer is a failure.",
  });
const onFailure = z.enum(["refuse", "private-only"]).default("refuse").meta({
  description: "What becomes of a call when it fails or is slow: refused with 503, or kept on private models. It is never waved through.",
});

const detector = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("presidio").meta({ description: "A Presidio analyzer: `POST {url}/analyze`." }),
    url: url("Its address."),
    apiKey,
    language: z
      .string()
      .regex(/^[a-z]{2}$/)
      .default("en")
      .meta({ description: "Language that it is asked for.", why: "Presidio takes two letters" }),
    scoreMin: z.number().min(0).max(1).default(0.5).meta({ description: "Findings below this are left.", why: "a score is from 0 to 1" }),
    timeoutMs: timeoutMs(1000),
    onFailure,
  }),
  z.strictObject({
    kind: z
      .literal("model")
      .meta({ description: "A chat model in OpenAI's protocol that lists what it finds: `POST {url}/chat/completions`." }),
    url: url("Its address, which usually ends in `/v1`."),
    apiKey,
    model: modelName.meta({ description: "As its server knows it." }),
    timeoutMs: timeoutMs(10_000),
    onFailure,
  }),
]);

const opinion = z.strictObject({
  kind: z.enum(["moderation", "llama-guard", "prompt-guard"]).meta({
    description:
      "`moderation`: OpenAI's `POST {url}/moderations`. `llama-guard`: a chat model that answers `safe` or `unsafe`. `prompt-guard`: a classifier behind `POST {url}/predict`, as Text Embeddings Inference serves it.",
  }),
  url: url("Its address."),
  apiKey,
  model: modelName.optional().meta({ description: "As its server knows it." }),
  timeoutMs: timeoutMs(1000),
  onFailure: z.enum(["refuse", "ignore"]).default("refuse").meta({
    description: "What becomes of a call when it fails or is slow: refused with 503, or the built-in classifier's word stands alone.",
  }),
});

export const guardSchema = z
  .strictObject({
    pii: mode.default(GUARD_DEFAULT.pii).meta({ description: PII }),
    fields: z.partialRecord(z.enum(CONTENT_FIELDS), mode).default(GUARD_DEFAULT.fields).meta({
      description:
        "Another mode for what stands in one place: `system`, `user`, `assistant`, `tool` (results), `documents` (passages), `inputs` (of embeddings).",
    }),
    pseudonyms: z.enum(["call", "kept"]).default(GUARD_DEFAULT.pseudonyms).meta({
      description:
        "How long it is known what a pseudonym stands for. `call`: as long as the call; the next turn makes the same ones again. `kept`: sealed in the database for `pseudonymDays`, so that an answer may name what only an earlier turn of the conversation held.",
    }),
    pseudonymDays: z.int().min(1).max(3650).default(30).meta({
      unit: "days",
      why: "a conversation that rests for ten years is none",
      description: "After the last call that used it, a kept pseudonym is forgotten.",
    }),
    images: z.enum(["allow", "private-only"]).default(GUARD_DEFAULT.images).meta({
      description:
        "Pictures cannot be read here. `private-only` keeps calls with pictures on private models where personal data is masked or kept in.",
    }),
    injection: z.enum(["off", "detect", "block"]).default(GUARD_DEFAULT.injection).meta({
      description:
        "Attempts to override a model's instructions. `block`: a user's message above 0.85 is refused, a document's passage or a tool's result above 0.70 is kept from the model. `detect`: told in the record only.",
    }),
    instructions: z.enum(["plain", "guarded"]).default(GUARD_DEFAULT.instructions).meta({
      description:
        "`guarded`: the system prompt ends in a sentence that says whose words count, and results of tools stand between marks as data. It changes the prompt, so answers may change.",
    }),
    canary: z.boolean().default(GUARD_DEFAULT.canary).meta({
      description: "A secret word last in the system prompt. An answer that gives it away, in any form, is stopped.",
    }),
    outputPii: z.enum(["off", "detect", "mask", "block"]).default(GUARD_DEFAULT.outputPii).meta({
      description:
        "Personal data and secrets in an answer that were not in the call. `mask`: replaced by their type. `block`: the answer is stopped.",
    }),
    outputLinks: z.enum(["off", "detect", "defang", "block"]).default(GUARD_DEFAULT.outputLinks).meta({
      description: "Links and pictures in an answer to hosts that are not in `linkHosts`. `defang`: only their text stays.",
    }),
    linkHosts: z
      .array(z.string().regex(HOST).meta({ why: "a host is lower-case, such as example.com, or *.example.com for all below" }))
      .max(1000)
      .default([])
      .meta({ description: "Hosts that answers may link to." }),
    outputToxicity: z
      .enum(["off", "detect", "block"])
      .default(GUARD_DEFAULT.outputToxicity)
      .meta({ description: "Insults, hatred and threats in an answer." }),
    opinions: z.array(opinion).max(4).default([]).meta({
      description:
        "Guard models that are asked about what users say where the built-in classifier lets it pass. Above 0.85 of any the call is refused.",
    }),
    detectors: z
      .array(detector)
      .max(4)
      .default([])
      .meta({ description: "Further detectors of personal data, asked for every call beside the built-in one." }),
  })
  .prefault({})
  .meta({ description: "Rules for content (docs/guard.md). A tenant may have its own over these (`guard` of a tenant)." });
