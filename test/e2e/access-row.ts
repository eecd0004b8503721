import type { World } from "./access-world.ts";

export type Sent = { readonly path: string; readonly init?: RequestInit };

/** Who gets what, written down once more by hand. nobody · wrong key · member · tenant-admin · another tenant's admin · platform admin. */
export const OWN = (ok: number, other: number): Row["status"] => [401, 401, ok, ok, other, 403];
export const NAMED = (ok: number): Row["status"] => [401, 401, 403, ok, 403, ok];
export const PLATFORM = (ok: number): Row["status"] => [401, 401, 403, 403, 403, ok];
export const EVERYBODY: Row["status"] = [200, 200, 200, 200, 200, 200];

export type Row = {
  readonly status: readonly [number, number, number, number, number, number];
  /** A request that is right for a member of acme, made anew for each caller. */
  readonly make: (world: World) => Sent | Promise<Sent>;
};
