import { createHash, createHmac } from "node:crypto";
import { toIso } from "../kernel/clock.ts";

/** AWS Signature Version 4, as S3 takes it: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */

export type Credentials = { readonly region: string; readonly accessKeyId: string; readonly secretAccessKey: string };

export type ToSign = {
  readonly method: "GET" | "PUT" | "DELETE" | "HEAD";
  /** With each segment of its path and each query value percent-encoded. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
};

const NOTHING = new Uint8Array(0);
const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
const hmac = (key: Uint8Array | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** The headers to send, the signature in them. The body is signed too: what arrives changed is refused by the server. */
export function signV4({ method, url, headers, body }: ToSign, credentials: Credentials, atMs: number): Record<string, string> {
  const { region, accessKeyId, secretAccessKey } = credentials;
  const time = toIso(atMs).replaceAll(/[-:]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  const digest = sha256(body ?? NOTHING);
  const signed: Record<string, string> = { ...headers, host: url.host, "x-amz-content-sha256": digest, "x-amz-date": time };
  const names = Object.keys(signed).toSorted();
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url.searchParams),
    ...names.map((name) => `${name}:${(signed[name] ?? "").trim()}`),
    "",
    names.join(";"),
    digest,
  ].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), "s3"), "aws4_request");
  const signature = hmac(key, text).toString("hex");
  // The runtime sets `host` itself.
  const { host: _host, ...sent } = signed;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .toSorted()
    .join("&");

/** What `encodeURIComponent` leaves, less five characters that S3 wants encoded. */
export const encodeRfc3986 = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
