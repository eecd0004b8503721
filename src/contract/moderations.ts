import { z } from "zod";
import { MODERATION_CATEGORIES } from "../domain/moderation.ts";
import { MODERATION_CHARACTERS_MAX, MODERATION_INPUTS_MAX } from "../kernel/limits.ts";
import { guarded } from "./answer-call.ts";

/** OpenAI's `POST /v1/moderations`. */

const text = z.string().max(MODERATION_CHARACTERS_MAX);
const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text }),
  z.object({ type: z.literal("image_url"), image_url: z.object({ url: z.string() }) }).describe("Accepted, and not looked at."),
]);

export const moderationRequest = z.strictObject({
  input: z
    .union([text, z.array(text).min(1).max(MODERATION_INPUTS_MAX), z.array(part).min(1).max(MODERATION_INPUTS_MAX)])
    .describe("A text; texts, with a result for each; or parts of one message, with one result for all."),
  model: z.string().min(1).nullish().describe("Any name: the same rules judge."),
});
export type ModerationRequest = z.output<typeof moderationRequest>;

/** The name of what judges. */
export const MODERATION_MODEL = "weir-moderation-1";

/** All of OpenAI's, in its order. */
export const OPENAI_CATEGORIES = [
  "hate",
  "hate/threatening",
  "harassment",
  "harassment/threatening",
  "illicit",
  "illicit/violent",
  "self-harm",
  "self-harm/intent",
  "self-harm/instructions",
  "sexual",
  "sexual/minors",
  "violence",
  "violence/graphic",
] as const;

const each = <T extends z.ZodType>(of: T) => z.object(Object.fromEntries(OPENAI_CATEGORIES.map((category) => [category, of])));
const looked = MODERATION_CATEGORIES.map((category) => `\`${category}\``).join(", ");

export const moderationAnswer = z.object({
  id: z.string(),
  model: z.string(),
  results: z.array(
    z.object({
      flagged: z.boolean().describe("One of the categories is true."),
      categories: each(z.boolean()).describe(`Looked for: ${looked}. The others are always false.`),
      category_scores: each(z.number()),
      category_applied_input_types: each(z.array(z.literal("text"))).describe("Empty where nothing looks for the category."),
      weir: z.object({
        injection: z.number().describe("How much it looks like an attempt to override a model's instructions, from 0 to 1."),
        injectionSaw: z.array(z.string()),
        personalData: guarded.shape.found.unwrap().describe("What was found, by type."),
      }),
    }),
  ),
  weir: z.object({
    requestId: z.string(),
    receipt: z.string().describe("Hash of the call's record."),
    imagesUnseen: z.int().min(0).describe("Images that were sent and not looked at."),
  }),
});
export type ModerationAnswer = z.output<typeof moderationAnswer>;
