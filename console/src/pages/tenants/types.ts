import type { z } from "zod";
import type { keyMade, tenant } from "../../../../src/contract/answer-admin.ts";
import type { keyRotated } from "../../../../src/contract/answer-identity.ts";
import type { keyDetail, keyListed, peopleList, tenantListed } from "../../../../src/contract/directory.ts";
import type { erasure, hold } from "../../../../src/contract/erasure.ts";

export type Tenant = z.infer<typeof tenant>;
export type TenantListed = z.infer<typeof tenantListed>;
export type Key = z.infer<typeof keyListed>;
export type KeyDetail = z.infer<typeof keyDetail>;
export type KeyMade = z.infer<typeof keyMade> | z.infer<typeof keyRotated>;
export type People = z.infer<typeof peopleList>;
export type Person = People["data"][number];
export type Hold = z.infer<typeof hold>;
export type Erasure = z.infer<typeof erasure>;

export const tenantPath = (slug: string): string => `/admin/v1/tenants/${encodeURIComponent(slug)}`;
