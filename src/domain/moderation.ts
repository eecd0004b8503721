import type { CallHead } from "./chat.ts";
import type { FindingType } from "./finding.ts";

/** OpenAI's categories that something here looks for. */
export const MODERATION_CATEGORIES = [
  "hate",
  "hate/threatening",
  "harassment",
  "harassment/threatening",
  "self-harm",
  "self-harm/intent",
  "self-harm/instructions",
  "violence",
] as const;
export type ModerationCategory = (typeof MODERATION_CATEGORIES)[number];

/** What is thought of one text. */
export type Moderation = {
  readonly flagged: ReadonlySet<ModerationCategory>;
  /** From 0 to 1. */
  readonly scores: Readonly<Record<ModerationCategory, number>>;
  /** How much it looks like an attempt to override a model's instructions, and by what. */
  readonly injection: { readonly score: number; readonly saw: readonly string[] };
  readonly personalData: Readonly<Partial<Record<FindingType, number>>>;
};

export type ModerationCall = CallHead & {
  /** As the caller named it; the same rules judge whatever the name. */
  readonly model: string;
  readonly texts: readonly string[];
  /** UTF-8 bytes of all texts. */
  readonly inputBytes: number;
};
