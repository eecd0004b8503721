import { promptIds, type PromptId } from "../kernel/ids.ts";
import { createVersionStore, type VersionRecord } from "./versions.ts";

/** The prompt that calls get, in production; others are kept for their owners. */
export const SYSTEM_PROMPT = "system";

/** `body` is the prompt's text. */
export type PromptRecord = VersionRecord<PromptId>;

export const promptVersions = createVersionStore({
  table: "prompts",
  nameColumn: "name",
  bodyType: "text",
  versionKey: "prompts_version_key",
  ids: promptIds,
  missing: "The prompt does not exist.",
});
