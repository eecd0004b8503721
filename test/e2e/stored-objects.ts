import { join } from "node:path";
import { deriveKey } from "../../src/kernel/hash.ts";
import { tenantIds } from "../../src/kernel/ids.ts";
import {
  createDataKeys,
  createEncryptedObjects,
  createFolderBlobs,
  createSecretWrapper,
  createTenantObjects,
} from "../../src/object/index.ts";

/** A tenant's objects in clear, from the folder of a server that is stopped. `secret` is its WEIR_SECRET, in hexadecimal. */
export async function readStoredObjects(
  server: { readonly dataDir: string; readonly secret: string },
  id: string,
  prefix = "",
): Promise<readonly { readonly key: string; readonly text: string }[]> {
  const blobs = createFolderBlobs(join(server.dataDir, "objects"));
  const wrappers = [createSecretWrapper(deriveKey(Buffer.from(server.secret, "hex"), "objects"))] as const;
  const objects = createEncryptedObjects(createTenantObjects(blobs), createDataKeys({ blobs, wrappers, nowMs: Date.now }));
  const tenantId = tenantIds.parse(id);
  const keys = await objects.listObjects(tenantId, prefix);
  return Promise.all(keys.map(async (key) => ({ key, text: Buffer.from((await objects.getObject(tenantId, key)) ?? []).toString() })));
}
