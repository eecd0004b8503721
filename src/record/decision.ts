import type { RequestId, TenantId } from "../kernel/ids.ts";
import type { DecisionCategory } from "../store/decisions.ts";

/** A value as the audit log shows it. Texts that people wrote are digests. */
export type Shown = string | number | boolean | null | readonly string[];
/** What a change of configuration changed: field → value before and after. */
export type Changed = Readonly<Record<string, { readonly old: Shown; readonly new: Shown }>>;

/** One decision of the server, granted or denied. Ids, codes, patterns of addresses: never a name, a secret, content, or what a caller sent. */
export type Decision = {
  readonly category: DecisionCategory;
  /** A word for what was decided on: `sign-in`, `tenant.change`, `GET /v1/files/:id`. */
  readonly action: string;
  readonly outcome: "granted" | "denied";
  /** Id of a key or of a token's holder, or `admin-key`; undefined: nobody knows. */
  readonly actor?: string | undefined;
  readonly role?: string | undefined;
  readonly permission?: string | undefined;
  /** Of the fault, where it was denied. */
  readonly code?: string | undefined;
  /** Why, in more detail: what is wrong with a token. */
  readonly reason?: string | undefined;
  /** Id of what was reached. */
  readonly resource?: string | undefined;
  readonly changed?: Changed | undefined;
  /** Of the first, where several are added up. */
  readonly requestId?: RequestId | undefined;
};

/** As it is stored: the JSON of a row. */
export type DecisionBody = Decision & {
  readonly v: 1;
  readonly tenantId: TenantId;
  /** Epoch milliseconds; of several, of the first. */
  readonly atMs: number;
  readonly count: number;
};

/** One that the log resolves itself: the tenant is the one of this slug where there is such a tenant. */
export type Noted = Decision & { readonly tenantId?: TenantId | undefined; readonly tenantSlug?: string | undefined };
