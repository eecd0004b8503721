import type { TenantId } from "../kernel/ids.ts";
import type { Blobs, ObjectStore } from "./spec.ts";

/** What S3 gives at a time. */
const PAGE = 1000;

/** Every path of a folder or bucket that begins with `prefix`, ascending. What is stored or deleted meanwhile may be among them. */
export const listAllPaths = (blobs: Pick<Blobs, "list">, prefix: string): AsyncGenerator<string> =>
  listAll((after) => blobs.list(prefix, { after, limit: PAGE }));

/** The same of a tenant's keys, or of those that come after one. */
export const listAllKeys = (
  objects: Pick<ObjectStore, "listObjects">,
  tenantId: TenantId,
  prefix: string,
  from?: string,
): AsyncGenerator<string> => listAll((after = from) => objects.listObjects(tenantId, prefix, { after, limit: PAGE }));

/** A page that is not full is the last. */
async function* listAll(read: (after: string | undefined) => Promise<readonly string[]>): AsyncGenerator<string> {
  for (let after: string | undefined; ;) {
    const page = await read(after);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1);
  }
}
