import { sha256Hex } from "../kernel/hash.ts";
import type { AccessClaims, ClaimRules } from "./token-claims.ts";
import { readHolder, TokenRefused, type TokenIssuer } from "./token-verifier.ts";

/** What a session of the console keeps of a token whose signature was checked when the session began: what its issuer said of the holder. */
export type HeldToken = {
  readonly kind: "token";
  readonly issuer: string;
  /** Only those that the configuration named then, and who it is. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Digest of the names that the configuration had for claims then. */
  readonly names: string;
};

/** What a session keeps: never a key or a token itself, so that a session that is opened gives none away. */
export type HeldCredential = { readonly kind: "key"; readonly digest: string } | HeldToken;

/** No key's digest has this form, so neither is taken for the other. */
export const digestHeld = (held: HeldToken): string => `held ${sha256Hex(JSON.stringify([held.issuer, held.names, held.claims]))}`;

type ClaimNames = ClaimRules["claims"] & AccessClaims;

/** Claims are found by these names: under others, one that restricts could be missing from what was kept. */
const digestNames = (claims: ClaimNames): string => sha256Hex(JSON.stringify(claims)).slice(0, 16);

/** Of the claims of a checked token, what is kept. Throws `TokenRefused` where they are of no use here. */
export function holdToken(payload: Readonly<Record<string, unknown>>, rules: TokenIssuer): HeldToken {
  readHolder(payload, rules);
  const wanted = new Set(["iss", "sub", ...Object.values(rules.claims).flatMap((path) => [path, path.split(".")[0] ?? path])]);
  const claims = Object.fromEntries(Object.entries(payload).filter(([name]) => wanted.has(name)));
  return { kind: "token", issuer: rules.issuer, claims, names: digestNames(rules.claims) };
}

/** Who that is under the rules of now. */
export function createHeldReader(issuers: readonly TokenIssuer[]): (held: HeldToken) => ReturnType<typeof readHolder> {
  return (held) => {
    const rules = issuers.find(({ issuer }) => issuer === held.issuer);
    if (rules === undefined) throw new TokenRefused("issuer");
    if (held.names !== digestNames(rules.claims))
      throw new TokenRefused("claims", "What the issuer's claims mean has changed: sign in again.");
    return readHolder(held.claims, rules);
  };
}
