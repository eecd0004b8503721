import type { PromptFile } from "./prompts.ts";

/** `prompt: NAME` or `prompt: NAME@HASH`. */
const REFERENCE = /^prompt: ?([A-Za-z0-9][A-Za-z0-9._-]{0,62})(?:@([0-9a-f]{4,64}))?$/;

export const isPromptReference = (text: string): boolean => REFERENCE.test(text);

export const promptFileName = ({ name, tag }: Pick<PromptFile, "name" | "tag">): string => `${name}@${tag}`;

export type ResolvedPrompt =
  | { readonly found: "text"; readonly text: string }
  /** It refers to a file that is not there, or not any more as it says. */
  | { readonly found: "nothing"; readonly say: string };

/**
 * What a prompt's text stands for: itself, or a file's text where it refers to one. The text is taken over as it is now, so that what
 * answers never changes because a file did.
 */
export function resolvePrompt(files: readonly PromptFile[], text: string): ResolvedPrompt {
  const [, name, tag] = REFERENCE.exec(text) ?? [];
  if (name === undefined) return { found: "text", text };
  const file = files.find((each) => each.name === name);
  if (file === undefined) return { found: "nothing", say: `there is no prompt file ${name}.md in the folder of weir.yaml's prompts.` };
  if (tag !== undefined && !file.tag.startsWith(tag) && !tag.startsWith(file.tag))
    return { found: "nothing", say: `the file ${name}.md is ${promptFileName(file)} now.` };
  return { found: "text", text: file.text };
}
