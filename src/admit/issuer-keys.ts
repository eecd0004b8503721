import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from "jose";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";

/** Fetches a JSON document of an issuer: https, no redirects, a few seconds, a few hundred kilobytes. Rejects where that fails. */
export type FetchDocument = (url: string) => Promise<unknown>;

/** After so long keys are fetched anew, so that one that the issuer has withdrawn stops counting. */
export const KEYS_FRESH_MS = 5 * 60_000;
/** With the issuer away, keys that were fetched once count for so long. */
export const KEYS_KEPT_MS = 60 * 60_000;
/** Tokens with made-up key ids must not make this server flood the issuer. */
export const REFETCH_MS_MIN = 10_000;
/** More keys than any issuer has. */
const KEYS_MAX = 100;

/** The public keys of one issuer. */
export type IssuerKeys = {
  /** For jose: the key that a token's header names. Rejects `issuer_unavailable`, or jose's errors where there is no such key. */
  readonly find: JWTVerifyGetKey;
};

type Deps = {
  readonly issuer: string;
  readonly jwksUri: string | undefined;
  readonly fetchDocument: FetchDocument;
  readonly clock: Clock;
};
type Held = { readonly find: JWTVerifyGetKey; readonly atMs: number };

export function createIssuerKeys({ issuer, jwksUri, fetchDocument, clock }: Deps): IssuerKeys {
  let held: Held | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const fetchKeys = async (): Promise<void> => {
    const startedMs = clock.monotonicMs();
    askedAtMs = startedMs;
    const uri = jwksUri ?? (await discover(issuer, fetchDocument));
    held = { find: createLocalJWKSet({ keys: readKeys(await fetchDocument(uri)) }), atMs: startedMs };
  };
  /** At most one at a time, and not again too soon after the last. What fails leaves the keys as they were. */
  const refresh = (): Promise<void> => {
    if (asking === undefined && clock.monotonicMs() - askedAtMs < REFETCH_MS_MIN) return Promise.resolve();
    asking ??= fetchKeys()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const current = (): Held => {
    if (held === undefined || clock.monotonicMs() - held.atMs > KEYS_KEPT_MS)
      throw new Fault("issuer_unavailable", { retryAfterMs: REFETCH_MS_MIN });
    return held;
  };

  return {
    async find(header, token) {
      if (held === undefined || clock.monotonicMs() - held.atMs > KEYS_FRESH_MS) await refresh();
      const before = current();
      try {
        return await before.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // The issuer may have made a new key since.
        await refresh();
        const now = current();
        if (now === before) throw error;
        return now.find(header, token);
      }
    },
  };
}

/** OpenID Connect Discovery 1.0, section 4. The document must be the issuer's own, and so must the keys' host. */
async function discover(issuer: string, fetchDocument: FetchDocument): Promise<string> {
  const uri = (await readDiscovery(issuer, fetchDocument)).get("jwks_uri");
  if (typeof uri !== "string" || !URL.canParse(uri) || new URL(uri).origin !== new URL(issuer).origin)
    throw new Error("the issuer's keys are on another host: name it by jwksUri");
  return uri;
}

/** The issuer's own description of itself. Rejects where the document names another issuer. */
export async function readDiscovery(issuer: string, fetchDocument: FetchDocument): Promise<ReadonlyMap<string, unknown>> {
  const found = fieldsOf(await fetchDocument(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`));
  if (found.get("issuer") !== issuer) throw new Error("the discovery document is another issuer's");
  return found;
}

/** Only keys that can be public: a symmetric one among them would let everybody who can read the document sign. */
function readKeys(document: unknown): JWK[] {
  const keys = fieldsOf(document).get("keys");
  if (!Array.isArray(keys)) throw new Error("the issuer's keys are no key set");
  return keys.slice(0, KEYS_MAX).filter(isPublicKey);
}

function isPublicKey(value: unknown): value is JWK {
  const fields = fieldsOf(value);
  const kty = fields.get("kty");
  return (kty === "RSA" || kty === "EC" || kty === "OKP") && fields.get("use") !== "enc" && !fields.has("d");
}

export const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
