import { z } from "zod";

/** What a model of its own has to be told. */
export const instructions = z.string().min(1).max(100_000).optional().meta({
  why: "a system prompt of a tenant has no more",
  description:
    "What calls that go to this model are told before their tenant's own prompt, or `prompt: NAME@HASH` of a file in `prompts.folder`. It counts in context and budget (docs/context.md).",
});

export const family = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .meta({ description: "What kind of model it is, such as `llama-3`; for who reads this file." });
