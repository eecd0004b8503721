import { decodeJwt, errors, jwtVerify, type JWTPayload } from "jose";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { createIssuerKeys, type FetchDocument } from "./issuer-keys.ts";
import { readClaims, type ClaimRules, type TokenHolder } from "./token-claims.ts";

export type TokenIssuer = ClaimRules & {
  readonly issuer: string;
  readonly audience: string | readonly string[];
  readonly jwksUri?: string | undefined;
  readonly algorithms: readonly string[];
  readonly clockSkewSeconds: number;
};

/** Why a token was refused. Permanent words: the audit log carries them. */
export type TokenFlaw = "form" | "issuer" | "algorithm" | "key" | "signature" | "expired" | "not-yet" | "audience" | "claims";
/** Nobody has these by mistake: somebody tries. */
export const FORGED: ReadonlySet<TokenFlaw> = new Set(["algorithm", "signature"]);

/** A token that is no good, and why. What it says is for its sender, who may be anybody: no claim of the token is in it. */
export class TokenRefused extends Fault {
  readonly flaw: TokenFlaw;

  constructor(flaw: TokenFlaw, say: string = SAY[flaw], options?: ErrorOptions) {
    super("token_invalid", { say }, options);
    this.flaw = flaw;
  }
}

const SAY: Readonly<Record<TokenFlaw, string>> = {
  form: "The token cannot be read.",
  issuer: "The token's issuer is not one that this server knows.",
  algorithm: "The token is not signed by an algorithm that this server takes.",
  key: "The token is signed by a key that its issuer does not have.",
  signature: "The token's signature is wrong.",
  expired: "The token has expired.",
  "not-yet": "The token is not valid yet.",
  audience: "The token is made for another audience.",
  claims: "The token's claims are not as this server needs them.",
};

export type Verified = { readonly holder: TokenHolder; /** Epoch milliseconds, the clock's skew included. */ readonly untilMs: number };
/** Rejects `TokenRefused` or `issuer_unavailable`. */
export type VerifyToken = (token: string) => Promise<Verified>;

type Deps = { readonly fetchDocument: FetchDocument; readonly clock: Clock };

export function createTokenVerifier(deps: Deps, issuers: readonly TokenIssuer[]): VerifyToken {
  const check = createTokenCheck(deps, issuers);
  return async (token) => {
    const { payload, rules } = await check(token);
    const holder = readHolder(payload, rules);
    return { holder, untilMs: ((payload.exp ?? 0) + rules.clockSkewSeconds) * 1000 };
  };
}

/** Claims whose signature, issuer, audience and times are right, and what they mean here. */
type Checked<I extends TokenIssuer> = { readonly payload: JWTPayload; readonly rules: I };

/** Signature, issuer, audience and times of a token, and nothing of what its claims mean. */
export function createTokenCheck<I extends TokenIssuer>(
  { fetchDocument, clock }: Deps,
  issuers: readonly I[],
): (token: string) => Promise<Checked<I>> {
  const known = new Map(
    issuers.map((rules) => [
      rules.issuer,
      { rules, keys: createIssuerKeys({ issuer: rules.issuer, jwksUri: rules.jwksUri, fetchDocument, clock }) },
    ]),
  );
  return async (token) => {
    const found = known.get(issuerOf(token));
    if (found === undefined) throw new TokenRefused("issuer");
    const { rules, keys } = found;
    return { payload: await verify(token, rules, keys.find, clock.nowMs()), rules };
  };
}

/** Throws `TokenRefused` where the claims are of no use. */
export function readHolder(payload: Readonly<Record<string, unknown>>, rules: ClaimRules): TokenHolder {
  const holder = readClaims(payload, rules);
  if ("say" in holder) throw new TokenRefused("claims", holder.say);
  return holder;
}

/** Not to be believed: it only says whose keys to check by. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? "";
  } catch (error) {
    throw new TokenRefused("form", undefined, { cause: error });
  }
}

async function verify(token: string, rules: TokenIssuer, find: Parameters<typeof jwtVerify>[1] & object, nowMs: number) {
  try {
    const { payload } = await jwtVerify(token, find, {
      issuer: rules.issuer,
      audience: typeof rules.audience === "string" ? rules.audience : [...rules.audience],
      algorithms: [...rules.algorithms],
      clockTolerance: rules.clockSkewSeconds,
      currentDate: new Date(nowMs),
      requiredClaims: ["exp", "sub"],
    });
    return payload;
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new TokenRefused(flawOf(error), undefined, { cause: error });
  }
}

function flawOf(error: unknown): TokenFlaw {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return "algorithm";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return "key";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return "audience";
    return error.claim === "nbf" ? "not-yet" : "claims";
  }
  return "form";
}
