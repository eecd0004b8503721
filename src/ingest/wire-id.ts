import { fileIds } from "../kernel/ids.ts";
import type { FileId } from "../kernel/ids.ts";

/** OpenAI's ids of files begin with `file-`; Weir's own with `file_`. Clients see the former and may send either. */
export const toWireFileId = (id: FileId): string => id.replace("_", "-");

export function parseWireFileId(raw: string): FileId | undefined {
  const id = raw.replace(/^file-/, "file_");
  return fileIds.is(id) ? id : undefined;
}
