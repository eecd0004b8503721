import type { Finding } from "../../domain/finding.ts";
import type { PiiRule } from "./rule.ts";

/** Longer ones are data; browsers and servers agree on about this. */
const URL_MAX = 8192;
const SCHEME_MAX = 24;

/** Addresses of stores: their password is a secret of ours, not somebody's page. */
const STORE_SCHEMES: ReadonlySet<string> = new Set(
  "postgres postgresql mysql mariadb mongodb mongodb+srv redis rediss amqp amqps mssql sqlserver oracle clickhouse cassandra nats kafka ldap ldaps smtp smtps jdbc couchbase neo4j bolt".split(
    " ",
  ),
);

const SECRET_PARAMETERS: ReadonlySet<string> = new Set(
  "token access_token refresh_token id_token auth_token api_key apikey api-key key secret client_secret password passwd pwd sig signature x-amz-signature x-amz-credential x-amz-security-token x-goog-signature auth sessionid session_id session jwt ticket code reset_token invite private_token awsaccesskeyid".split(
    " ",
  ),
);
const PARAMETER_VALUE_MIN = 8;
const PARAMETERS_MAX = 64;

const HOOKS = [
  "hooks.slack.com/services/",
  "discord.com/api/webhooks/",
  "discordapp.com/api/webhooks/",
  "webhook.office.com/webhookb2/",
  "hooks.zapier.com/hooks/catch/",
];

const isSchemeUnit = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 43 || unit === 46 || unit === 45;

/** White space, quotes, angle brackets, backtick, backslash, curly brackets and bar end an address; so does Japanese or Chinese, which has no space after it. */
const URL_STOPS: ReadonlySet<number> = new Set(Array.from("\"'<>`\\|{}", (letter) => letter.charCodeAt(0)));
const endsUrl = (unit: number): boolean => unit <= 32 || URL_STOPS.has(unit) || (unit >= 0x3000 && unit <= 0x9fff);

const trailing = /[.,;:!?)\]。、]/;

function urlEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && end - from < URL_MAX && !endsUrl(text.charCodeAt(end))) end++;
  for (let cut = 0; cut < 4 && end > from && trailing.test(text.charAt(end - 1)); cut++) end--;
  return end;
}

function schemeStart(text: string, colon: number): number {
  let start = colon;
  while (start > 0 && colon - start < SCHEME_MAX && isSchemeUnit(text.charCodeAt(start - 1))) start--;
  return start;
}

/** `user:password@` before the host. A bare `user@` is told by no more than the address would be. */
function hasPassword(authority: string): boolean {
  const at = authority.lastIndexOf("@");
  const colon = authority.indexOf(":");
  return at > 0 && colon >= 0 && colon < at - 1;
}

/** `https://ghp_…@github.com`: a token in the place of the user. Names of users are shorter, or have no digit. */
const userToken = /^(?=[^\d@]{0,40}\d)[\w.~-]{20,300}(?::x-oauth-basic|:)?@/;

function hasSecretParameter(rest: string): boolean {
  const query = rest.search(/[?#]/);
  if (query < 0) return false;
  let seen = 0;
  for (const pair of rest.slice(query + 1).split(/[&#;?]/, PARAMETERS_MAX)) {
    const equals = pair.indexOf("=");
    if (equals > 0 && SECRET_PARAMETERS.has(pair.slice(0, equals).toLowerCase()) && pair.length - equals > PARAMETER_VALUE_MIN) seen++;
  }
  return seen > 0;
}

function judge(scheme: string, rest: string): Omit<Finding, "start" | "end"> | undefined {
  const slash = rest.search(/[/?#]/);
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  if (hasPassword(authority)) {
    if (STORE_SCHEMES.has(scheme)) return { type: "SECRET", score: 0.97, reason: "shape:connection-string" };
    return { type: "URL", score: 0.95, reason: "shape:url-credentials" };
  }
  if (userToken.test(authority)) return { type: "URL", score: 0.95, reason: "shape:url-credentials" };
  if (HOOKS.some((hook) => rest.includes(hook))) return { type: "SECRET", score: 0.95, reason: "shape:webhook" };
  if (hasSecretParameter(rest)) return { type: "URL", score: 0.85, reason: "shape:url-token" };
  return undefined;
}

/** Addresses that open something for whoever has them: a password, a token or a signature in them. */
export function createSecretUrlRule(): PiiRule {
  return {
    name: "secret-url",
    types: ["URL", "SECRET"],
    run: (scan, out) => {
      const { text } = scan;
      let searched = 0;
      for (const colon of scan.schemes) {
        if (colon < searched) continue;
        const end = urlEnd(text, colon + 3);
        searched = end;
        const start = schemeStart(text, colon);
        if (start === colon) continue;
        const scheme = text.slice(start, colon).toLowerCase();
        const judged = judge(scheme, text.slice(colon + 3, end));
        if (judged !== undefined) out.push({ ...judged, start, end });
      }
    },
  };
}
