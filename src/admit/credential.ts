import { Fault } from "../kernel/fault.ts";

/** The headers that say who calls, as they came. */
export type Presented = {
  readonly authorization?: string | undefined;
  /** `x-api-key`, as Anthropic's clients send it. */
  readonly apiKeyHeader?: string | undefined;
  /** `OpenAI-Tenant`: a slug. */
  readonly tenantHeader?: string | undefined;
};

/** Longer ones are not worth a digest: the server's own keys have 37 characters, an admin key is a line of text. */
export const KEY_CHARS_MAX = 1024;
/** Tokens carry claims; a server's limit for all headers together is 16 kB. */
export const TOKEN_CHARS_MAX = 8192;

/** A key as `makeSecret("weir")` writes it. Anything else is unknown without asking the database. */
const SHAPE = /^weir-[0-9a-v]{32}$/;
export const isKeyShaped = (secret: string): boolean => SHAPE.test(secret);

/** The secret that was sent; `Authorization: Bearer` goes first where both headers are there. */
export function readCredential(presented: Presented): string {
  const secret = bearerOf(presented.authorization) ?? presented.apiKeyHeader?.trim();
  if (secret === undefined || secret === "") throw new Fault("key_missing");
  if (secret.length > (secret.startsWith("eyJ") ? TOKEN_CHARS_MAX : KEY_CHARS_MAX)) throw new Fault("key_unknown");
  return secret;
}

const SCHEME = "bearer ";
function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  if (!authorization.startsWith("Bearer ") && authorization.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined;
  const token = authorization.slice(SCHEME.length).trim();
  return token === "" ? undefined : token;
}
