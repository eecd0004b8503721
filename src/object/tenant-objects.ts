import { areaOf, KEYS_AREA, parseObjectPrefix, toPath } from "./object-key.ts";
import type { Blobs, ObjectStore } from "./spec.ts";

const LIMIT_DEFAULT = 1000;

/** Each tenant's part of a folder or bucket. No caller builds a path: the tenant's id is put into it here. */
export function createTenantObjects(blobs: Blobs): ObjectStore {
  const matchingAreas = async (area: string, rest: string | undefined): Promise<readonly string[]> => {
    if (rest !== undefined) return [area];
    const all = (await blobs.areas()).filter((one) => one !== KEYS_AREA && one.startsWith(area));
    // In the order of the keys in them: `a-b/x` comes before `a/x`.
    return all
      .map((one) => `${one}/`)
      .toSorted()
      .map((one) => one.slice(0, -1));
  };
  return {
    putObject: async (tenantId, key, bytes) => blobs.put(toPath(tenantId, key), bytes),
    getObject: async (tenantId, key) => blobs.get(toPath(tenantId, key)),
    deleteObject: async (tenantId, key) => blobs.delete(toPath(tenantId, key)),
    async listObjects(tenantId, prefix, { after = "", limit = LIMIT_DEFAULT } = {}) {
      const wanted = parseObjectPrefix(prefix);
      const keys: string[] = [];
      for (const area of await matchingAreas(wanted.area, wanted.rest)) {
        const inside = after.startsWith(`${area}/`);
        if (keys.length >= limit || (!inside && after > `${area}/`)) continue;
        const base = areaOf(tenantId, area);
        const from = inside ? `${base}${after.slice(area.length + 1)}` : undefined;
        const paths = await blobs.list(`${base}${wanted.rest ?? ""}`, { after: from, limit: limit - keys.length });
        keys.push(...paths.map((path) => `${area}/${path.slice(base.length)}`));
      }
      return keys;
    },
  };
}
