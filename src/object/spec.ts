import type { TenantId } from "../kernel/ids.ts";

/**
 * Bytes under names, each tenant's apart. A key is `files/file_…` or the like: an area, then segments of letters, digits, `.`, `_`, `=`
 * and `-`, joined by `/`; any other is refused before it reaches a path or an address.
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

/**
 * What a folder or a bucket is: bytes under paths, without tenants and without encryption. Paths come from `tenant-objects.ts` and
 * `data-keys.ts` only, which let nothing but plain segments through. Whatever fails is thrown as a Fault.
 */
export type Blobs = {
  put(path: string, bytes: Uint8Array): Promise<void>;
  get(path: string): Promise<Uint8Array | undefined>;
  delete(path: string): Promise<void>;
  /** Paths that begin with `prefix`, ascending. */
  list(prefix: string, options: { readonly after?: string | undefined; readonly limit: number }): Promise<readonly string[]>;
  /** First segments of all paths. */
  areas(): Promise<readonly string[]>;
};
