import type { TenantId } from "../kernel/ids.ts";

/**
 * Bytes under names, each tenant's apart: a folder here, a bucket where there is one. A key is `files/file_…` or the like: segments of
 * letters, digits, `.`, `_`, `=` and `-`, joined by `/`; any other is refused before it reaches a path or an address.
 */
export type ObjectStore = {
  /** Whole or not at all; an object of that key is replaced. */
  putObject(tenantId: TenantId, key: string, bytes: Uint8Array): Promise<void>;
  /** undefined: there is none. */
  getObject(tenantId: TenantId, key: string): Promise<Uint8Array | undefined>;
  /** Deleting what is not there is no error. */
  deleteObject(tenantId: TenantId, key: string): Promise<void>;
  /** Keys that begin with `prefix`, ascending. */
  listObjects(
    tenantId: TenantId,
    prefix: string,
    options?: { readonly after?: string | undefined; readonly limit?: number | undefined },
  ): Promise<readonly string[]>;
};
