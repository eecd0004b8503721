import { findCutting } from "../store/collection-settings.ts";
import type { Database } from "../store/index.ts";
import type { Place } from "./index-file.ts";

/** Larger files are indexed after the answer: a megabyte takes about a second, which a caller waits for. */
const AT_ONCE_BYTES_MAX = 1024 * 1024;
/** The same where a model writes a line for each chunk: some thirty calls, a few at a time. */
const AT_ONCE_WITH_LINES_BYTES_MAX = 64 * 1024;

/** Whether whoever adds a file waits for its index. */
export async function isAtOnce(db: Database, at: Place, bytes: number): Promise<boolean> {
  if (bytes > AT_ONCE_BYTES_MAX) return false;
  return bytes <= AT_ONCE_WITH_LINES_BYTES_MAX || (await findCutting(db, at.tenantId, at)).context !== "model";
}
