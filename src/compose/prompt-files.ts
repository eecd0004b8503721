import { isPromptReference, promptFileName, resolvePrompt, type Config } from "../config/index.ts";
import type { Call } from "../domain/chat.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";

type Files = Pick<Config, "prompts">;

/**
 * What a prompt's text stands for, where it refers to a file. Files are the platform's: a tenant's own people hear of none, be it there or not.
 * Throws `body_invalid`.
 */
export const createResolvePrompt =
  ({ prompts }: Files) =>
  (text: string, param: string, who: Principal | undefined): string => {
    if (who?.kind === "tenant" && isPromptReference(text)) throw new Fault("body_invalid", { param, say: `${param}: ${NOT_YOURS}` });
    const resolved = resolvePrompt(prompts.files, text);
    if (resolved.found === "text") return resolved.text;
    throw new Fault("body_invalid", { param, say: `${param}: ${resolved.say}` });
  };

const NOT_YOURS = "Only who runs the platform may name a prompt's file. Send the text itself.";

/** Calls say which file their tenant's prompt is, wherever it was set: a text is the same text. */
export function createPromptTag({ prompts }: Files): (call: Call) => Call {
  const names = new Map(prompts.files.map((file) => [file.text, promptFileName(file)]));
  if (names.size === 0) return (call) => call;
  return (call) => {
    const { systemPrompt } = call.who.tenant;
    const promptFile = systemPrompt === undefined ? undefined : names.get(systemPrompt);
    return promptFile === undefined ? call : { ...call, promptFile };
  };
}
