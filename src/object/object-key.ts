import { tenantIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";

/** S3 allows 1,024 bytes for the whole key. */
const KEY_CHARS_MAX = 900;
/** What every file system allows for one name, with room for the suffix of a draft. */
const SEGMENT_CHARS_MAX = 200;
const segment = /^[A-Za-z0-9_=][A-Za-z0-9._=-]*$/;

/** The segments of an object's key. Throws where it is not one: keys are made by the program, never by a caller. */
export function parseObjectKey(key: string): readonly string[] {
  const segments = key.split("/");
  const sound = key.length <= KEY_CHARS_MAX && segments.every((one) => one.length <= SEGMENT_CHARS_MAX && segment.test(one));
  if (!sound) throw new TypeError("not a key of an object");
  return segments;
}

/** A prefix is the beginning of a key, also in the middle of a segment; empty for all. */
export function parseObjectPrefix(prefix: string): string {
  if (prefix !== "") parseObjectKey(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
  return prefix;
}

/** The folder or first part of the key that holds everything of one tenant. */
export const tenantSegment = (tenantId: TenantId): string => tenantIds.parse(tenantId);
