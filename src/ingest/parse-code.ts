import type { Extracted } from "./extracted.ts";
import { tidyText } from "./extracted.ts";
import { baseName } from "../domain/file-kind.ts";

/**
 * Source text as one block of code, so that a comment in it is no heading and a bar no table. Its name with its ending is its title: that is how
 * it is spoken of.
 */
export function parseCode(source: string, filename: string, language: string): Extracted {
  const text = tidyText(source);
  return { title: baseName(filename), text: text === "" ? "" : `\`\`\`${language}\n${text}\n\`\`\`` };
}
