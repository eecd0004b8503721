import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/** A line that only this user may read. Anything longer is another file. */
const LINE_CHARS_MAX = 4096;

/** The line in a file; undefined when there is no file. Throws what the file system says of anything else. */
export async function readLine(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
  return text.length > LINE_CHARS_MAX ? "" : text.trim();
}

/**
 * Writes the line where no file stands yet, readable by its owner only, and returns what stands there afterwards: of two
 * processes that start at once, both get the line of the first. A crash leaves no half-written file.
 */
export async function createLine(path: string, line: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // Unlike rename, link fails when the name is taken.
    await link(draft, path);
    return line;
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
    return (await readLine(path)) ?? "";
  } finally {
    await unlink(draft);
  }
}

/** Others on the machine may read it. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o077) !== 0;
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;
