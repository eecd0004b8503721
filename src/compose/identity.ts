import { createHmac } from "node:crypto";
import { createHeldReader, createTokenBook, createTokenVerifier, type TokenBook } from "../admit/index.ts";
import type { Config } from "../config/index.ts";
import { principalIdOf, type Principal, type TenantProfile } from "../domain/principal.ts";
import { createIssuerFetch, createServiceFetch } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { deriveKey } from "../kernel/hash.ts";
import { toHolderId } from "../kernel/ids.ts";
import type { Noted } from "../record/index.ts";
import type { Database } from "../store/index.ts";
import { findTokenTenant } from "../store/token-tenants.ts";

type Deps = {
  readonly config: Pick<Config, "auth" | "outbound" | "secret">;
  readonly db: Database;
  readonly clock: Clock;
  /** Its tier's limits count where the tenant has none. */
  readonly withTier: (tenant: TenantProfile) => TenantProfile;
};

type Holder = { readonly issuer: string; readonly subject: string };

/** Who a person is in records: under a tenant's salt, so that erasing the salt erases the person. */
const holderId = (key: Uint8Array, { issuer, subject }: Holder) =>
  toHolderId(createHmac("sha256", key).update(`${issuer}\n${subject}`).digest());

/** Tokens of the configured issuers; undefined where there is none, and nothing is asked of anybody. */
export function composeTokens({ config, db, clock, withTier }: Deps): TokenBook | undefined {
  const { oidc } = config.auth;
  if (oidc.length === 0) return undefined;
  const fetchDocument = createIssuerFetch(createServiceFetch(config.outbound.ca));
  const platformKey = deriveKey(config.secret, "platform-holders");
  return createTokenBook({
    verify: createTokenVerifier({ fetchDocument, clock }, oidc),
    readHeld: createHeldReader(oidc),
    async findTenant(slug, holder) {
      const found = await findTokenTenant(db, slug);
      return found === undefined ? undefined : { tenant: withTier(found.tenant), id: holderId(found.salt, holder) };
    },
    platformId: (holder) => holderId(platformKey, holder),
    clock,
  });
}

/** An entry for somebody whom this process did not know a moment ago. */
export const toSignIn = (who: Principal, by: "key" | "token"): Noted => ({
  category: "sign-ins",
  action: "sign-in",
  outcome: "granted",
  reason: by,
  actor: principalIdOf(who),
  role: who.role,
  tenantId: who.kind === "tenant" ? who.tenant.id : undefined,
});
