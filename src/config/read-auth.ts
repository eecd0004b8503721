import { isLoopback } from "../kernel/loopback.ts";
import type { AuthConfig, OidcConfig } from "./auth.ts";
import { resolveSecret } from "./reference.ts";
import type { Source } from "./source.ts";

/** Checks what a schema cannot: addresses, and that a token's issuer says which entry is meant. */
export async function readAuth(source: Source): Promise<AuthConfig> {
  const { problems } = source.findings;
  const seen = new Set<string>();
  const oidc: OidcConfig[] = [];
  for (const [at, entry] of source.value.auth.oidc.entries()) {
    for (const setting of ["issuer", "jwksUri"] as const) {
      const text = entry[setting];
      const problem = text === undefined ? undefined : whyNoAddress(text);
      if (problem !== undefined) problems.push({ place: source.placeOf(["auth", "oidc", at, setting]), message: problem });
    }
    if (seen.has(entry.issuer))
      problems.push({
        place: source.placeOf(["auth", "oidc", at, "issuer"]),
        message: "stands here twice: put what belongs to one issuer together.",
      });
    seen.add(entry.issuer);
    oidc.push(await withSecret(entry, at, source));
  }
  return { oidc };
}

/** With the console's secret itself in place of where it is. */
async function withSecret(entry: OidcConfig, at: number, source: Source): Promise<OidcConfig> {
  const { console: client } = entry;
  if (client === undefined) return entry;
  const placeOf = (setting: string) => source.placeOf(["auth", "oidc", at, "console", setting]);
  const problem = client.tokenUri === undefined ? undefined : whyNoAddress(client.tokenUri);
  if (problem !== undefined) source.findings.problems.push({ place: placeOf("tokenUri"), message: problem });
  if (client.clientSecret === undefined) return entry;
  return { ...entry, console: { ...client, clientSecret: await resolveSecret(client.clientSecret, placeOf("clientSecret"), source) } };
}

function whyNoAddress(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:"))
    return "expected an address such as https://login.example.com.";
  if (url.username !== "" || url.password !== "") return "an address may not hold a user or password.";
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    return "keys that come by http:// can be exchanged on their way, and with them who may call: use https://.";
  return undefined;
}
