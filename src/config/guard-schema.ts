import { z } from "zod";
import { CONTENT_FIELDS, GUARD_DEFAULT, PII_MODES } from "../domain/guard-policy.ts";

const mode = z.enum(PII_MODES);
const PII =
  "What becomes of personal data and secrets in a call. `off`: not looked for. `detect`: counted. `mask`: own hardware sees it, an external model sees pseudonyms, and the answer is given back with the originals. `private-only`: the call goes to private models or nowhere. `block`: the call is refused.";

/** Host names, with `*.` for any name below. */
const HOST = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

const detector = z.strictObject({
  kind: z.literal("presidio").meta({ description: "A Presidio analyzer: `POST {url}/analyze`." }),
  url: z
    .string()
    .min(1)
    .max(2048)
    .meta({
      description: "Its address, `http://` or `https://`, or `env:NAME`. It sees content as it is, so it must be your own.",
      examples: ["http://127.0.0.1:5002"],
    }),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .default("en")
    .meta({ description: "Language that it is asked for.", why: "Presidio takes two letters" }),
  scoreMin: z.number().min(0).max(1).default(0.5).meta({ description: "Findings below this are left.", why: "a score is from 0 to 1" }),
  timeoutMs: z.int().min(10).max(60_000).default(1000).meta({
    unit: "milliseconds",
    why: "below 10 ms nothing answers, and nobody waits a minute before a call begins",
    description: "Longer is a failure.",
  }),
  onFailure: z.enum(["refuse", "private-only"]).default("refuse").meta({
    description: "What becomes of a call when it fails or is slow: refused with 503, or kept on private models. It is never waved through.",
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
    detectors: z
      .array(detector)
      .max(4)
      .default([])
      .meta({ description: "Further detectors of personal data, asked for every call beside the built-in one." }),
  })
  .prefault({})
  .meta({ description: "Rules for content (docs/guard.md). A tenant may have its own over these (`guard` of a tenant)." });
