import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sha256Hex } from "../kernel/hash.ts";
import { errorCode } from "./reference.ts";
import type { Source } from "./source.ts";

/** A prompt that lives in Git as a file. */
export type PromptFile = {
  /** The file's name without `.md`. */
  readonly name: string;
  /** The first 12 hex digits of the SHA-256 of its text: the same on every machine, so that whoever has the repository finds the version. */
  readonly tag: string;
  readonly text: string;
  readonly path: string;
};
export type PromptsConfig = { readonly files: readonly PromptFile[] };

const NAME = /^([A-Za-z0-9][A-Za-z0-9._-]{0,62})\.md$/;
const TAG_CHARS = 12;
/** The most that a system prompt may have. */
const TEXT_CHARS_MAX = 100_000;
/** A folder with more is another folder. */
const FILES_MAX = 1000;

/** Every `*.md` of the folder, without a last line's end; none where no folder is named. Problems go to `source.findings`. */
export async function readPrompts(source: Source): Promise<PromptsConfig> {
  const { folder } = source.value.prompts;
  if (folder === undefined) return { files: [] };
  const place = source.placeOf(["prompts", "folder"]);
  const say = (message: string): void => void source.findings.problems.push({ place, message });
  const dir = resolve(source.baseDir, folder);
  try {
    const names = (await readdir(dir)).toSorted().filter((name) => NAME.test(name));
    if (names.length > FILES_MAX) say(`the folder ${dir} has more than ${String(FILES_MAX)} prompts.`);
    const files: PromptFile[] = [];
    for (const file of names.slice(0, FILES_MAX)) {
      const path = join(dir, file);
      const text = (await readFile(path, "utf8")).replace(/\r?\n$/, "");
      if (text.length === 0 || text.length > TEXT_CHARS_MAX)
        say(`the prompt ${path} is empty, or longer than ${String(TEXT_CHARS_MAX)} characters.`);
      else files.push({ name: file.slice(0, -".md".length), tag: sha256Hex(text).slice(0, TAG_CHARS), text, path });
    }
    return { files };
  } catch (error) {
    say(`the folder ${dir} cannot be read (${errorCode(error)}).`);
    return { files: [] };
  }
}
