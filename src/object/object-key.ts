import { tenantIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";

/** S3 allows 1,024 bytes for the whole path. */
const KEY_CHARS_MAX = 900;
/** What every file system allows for one name, with room for the suffix of a draft. */
const SEGMENT_CHARS_MAX = 200;
const segment = /^[A-Za-z0-9_=][A-Za-z0-9._=-]*$/;

/** The area in which the tenants' data keys lie; no object's key begins with it. */
export const KEYS_AREA = "data-keys";

function checkSegments(text: string): readonly string[] {
  const segments = text.split("/");
  const sound = text.length <= KEY_CHARS_MAX && segments.every((one) => one.length <= SEGMENT_CHARS_MAX && segment.test(one));
  if (!sound || segments[0] === KEYS_AREA) throw new TypeError("not a key of an object");
  return segments;
}

/**
 * Where an object lies: `<area>/<tenant>/<rest>` for the key `<area>/<rest>`, so that a rule for one kind of object (retention, say) is a rule
 * for one prefix of a bucket. Throws where the key is none: keys are made by the program, never by a caller.
 */
export function toPath(tenantId: TenantId, key: string): string {
  const [area, ...rest] = checkSegments(key);
  if (area === undefined || rest.length === 0) throw new TypeError("a key has an area and a name: area/name");
  return `${areaOf(tenantId, area)}${rest.join("/")}`;
}

/** Everything of one tenant in one area lies under this. */
export const areaOf = (tenantId: TenantId, area: string): string => `${area}/${tenantIds.parse(tenantId)}/`;

/** A prefix is the beginning of a key, also in the middle of a segment; empty for all. */
export function parseObjectPrefix(prefix: string): { readonly area: string; readonly rest: string | undefined } {
  if (prefix !== "") checkSegments(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
  const cut = prefix.indexOf("/");
  return cut < 0 ? { area: prefix, rest: undefined } : { area: prefix.slice(0, cut), rest: prefix.slice(cut + 1) };
}
