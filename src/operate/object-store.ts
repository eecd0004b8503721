import { join } from "node:path";
import type { Config, KmsConfig } from "../config/index.ts";
import { deriveKey } from "../kernel/hash.ts";
import type { Fetch } from "../kernel/outbound.ts";
import { createFolderBlobs, createS3Blobs, createSecretWrapper, createVaultWrapper, type Blobs, type KeyWrapper } from "../object/index.ts";

type Ask = Pick<Config, "objects" | "dataDir" | "secret" | "secretPrevious">;
type Deps = { readonly fetch: Fetch; nowMs(): number; /** Between two attempts. */ wait(ms: number): Promise<void> };

export type OpenedStore = {
  readonly blobs: Blobs;
  /** The first wraps data keys; all of them unwrap. */
  readonly wrappers: readonly [KeyWrapper, ...KeyWrapper[]];
  /** Open what version 0.1 wrote. */
  readonly firstKeys: readonly Uint8Array[];
};

const OBJECTS_PURPOSE = "objects";

/** Where stored bytes lie, and who wraps their keys, as the configuration has it. Asks nobody yet. */
export function openObjectStore(deps: Deps, { objects, dataDir, secret, secretPrevious }: Ask): OpenedStore {
  const firstKeys = [secret, ...(secretPrevious === undefined ? [] : [secretPrevious])].map((one) => deriveKey(one, OBJECTS_PURPOSE));
  return {
    blobs: objects.kind === "folder" ? createFolderBlobs(join(dataDir, "objects")) : createS3Blobs(deps, objects),
    wrappers: toWrappers(objects.kms, firstKeys, deps.fetch),
    firstKeys,
  };
}

/** Who `kms` names wraps, where it does; what the server's secret wrapped is opened all the same, so that a store can move to it. */
function toWrappers(kms: KmsConfig | undefined, secretKeys: readonly Uint8Array[], fetch: Fetch): readonly [KeyWrapper, ...KeyWrapper[]] {
  const [first, ...rest] = secretKeys.map((key) => createSecretWrapper(key));
  if (first === undefined) throw new TypeError("there is always a secret");
  if (kms === undefined) return [first, ...rest];
  if (kms.kind === "vault-transit") return [createVaultWrapper({ fetch }, kms), first, ...rest];
  const own = [kms.previous].flatMap((secret) => (secret === undefined ? [] : [createSecretWrapper(deriveKey(secret, OBJECTS_PURPOSE))]));
  return [createSecretWrapper(deriveKey(kms.secret, OBJECTS_PURPOSE)), ...own, first, ...rest];
}
