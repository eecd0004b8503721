import { Fault } from "../kernel/fault.ts";
import type { Fetch } from "../kernel/outbound.ts";
import { encodeRfc3986, signV4, type Credentials, type ToSign } from "./sigv4.ts";
import type { Blobs } from "./spec.ts";

export type S3Options = Credentials & {
  readonly bucket: string;
  /** `https://host[:port]`; the bucket is the first part of the path. */
  readonly endpoint: string;
  /** Put before every path; empty, or ends in `/`. */
  readonly prefix: string;
};
export type S3Deps = {
  readonly fetch: Fetch;
  nowMs(): number;
  /** Between two attempts. */
  wait(ms: number): Promise<void>;
};

/** One attempt, body included: 64 MB over a slow line. */
const ATTEMPT_MS = 120_000;
const ATTEMPTS = 3;
const WAIT_MS = 200;
/** What S3 gives on one page of a listing. */
const PAGE_MAX = 1000;
/** Uploads are 64 MB at most; anything longer in the bucket is not Weir's. */
const OBJECT_BYTES_MAX = 256 * 1024 * 1024;

type Answer = { readonly status: number; readonly bytes: Uint8Array };
type Query = Readonly<Record<string, string>>;

/** Asks the bucket, and again where the network or an overloaded server spoiled it. `path` is without the prefix; empty for the bucket itself. */
function createAsk(deps: S3Deps, options: S3Options) {
  const base = `${options.endpoint}/${encodeRfc3986(options.bucket)}`;
  return async (method: ToSign["method"], path: string, query: Query = {}, body?: Uint8Array): Promise<Answer> => {
    const url = new URL(path === "" ? base : `${base}/${(options.prefix + path).split("/").map(encodeRfc3986).join("/")}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    for (let attempt = 1; ; attempt++) {
      const answer = await send(deps, options, { method, url, headers: {}, body });
      const worthAnother = answer === undefined || answer.status === 429 || answer.status >= 500;
      if (answer !== undefined && !worthAnother) return answer;
      if (attempt === ATTEMPTS) throw new Fault("store_unavailable", { say: "The object store does not answer." });
      await deps.wait(WAIT_MS * attempt);
    }
  };
}

const readOne = (answer: Answer): Uint8Array | undefined =>
  answer.status === 404 && codeOf(answer) === "NoSuchKey" ? undefined : expect(answer, 200).bytes;
const LISTING: Query = { "list-type": "2", "encoding-type": "url" };
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
/** Asked for percent-encoding, some servers write a blank as a plus and some a plus as it is: XML's own escapes leave no doubt. */
const decodeXml = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/**
 * A bucket of S3 or of a server that speaks its protocol, addressed by path. One PUT is whole or not at all, and the objects are small enough for
 * one. What the network or an overloaded server spoils is tried again; every operation may be repeated.
 */
export function createS3Blobs(deps: S3Deps, options: S3Options): Blobs {
  const ask = createAsk(deps, options);
  const page = async (query: Query): Promise<string> => textOf(expect(await ask("GET", "", { ...LISTING, ...query }), 200));
  return {
    async put(path, bytes) {
      expect(await ask("PUT", path, {}, bytes), 200);
    },
    get: async (path) => readOne(await ask("GET", path)),
    async delete(path) {
      const answer = await ask("DELETE", path);
      if (answer.status !== 404 || codeOf(answer) !== "NoSuchKey") expect(answer, 204);
    },
    async list(prefix, { after = "", limit }) {
      const paths: string[] = [];
      for (let last = after; paths.length < limit;) {
        const max = Math.min(limit - paths.length, PAGE_MAX);
        const start: Query = last === "" ? {} : { "start-after": options.prefix + last };
        const xml = await page({ prefix: options.prefix + prefix, "max-keys": String(max), ...start });
        const found = elements(xml, "Key").map((key) => decodeURIComponent(key).slice(options.prefix.length));
        paths.push(...found);
        last = found.at(-1) ?? "";
        if (last === "" || !xml.includes("<IsTruncated>true</IsTruncated>")) break;
      }
      return paths;
    },
    async areas() {
      const xml = await page({ prefix: options.prefix, delimiter: "/" });
      const prefixes = elements(xml, "CommonPrefixes").flatMap((inner) => elements(inner, "Prefix"));
      return prefixes.map((prefix) => decodeURIComponent(prefix).slice(options.prefix.length, -1));
    },
  };
}

/** Somebody else's bucket, to be read. */
export type S3Reader = {
  /** Everything under the prefix, without it, in S3's order. */
  list(): AsyncIterable<{ readonly key: string; readonly etag: string; readonly bytes: number }>;
  get(key: string): Promise<Uint8Array | undefined>;
};

export function createS3Reader(deps: S3Deps, options: S3Options): S3Reader {
  const ask = createAsk(deps, options);
  return {
    async *list() {
      for (let token: string | undefined, more = true; more;) {
        const query = { "list-type": "2", prefix: options.prefix, ...(token === undefined ? {} : { "continuation-token": token }) };
        const xml = textOf(expect(await ask("GET", "", query), 200));
        for (const entry of elements(xml, "Contents")) {
          const [key = "", etag = "", bytes = ""] = ["Key", "ETag", "Size"].map((name) => elements(entry, name)[0]);
          yield { key: decodeXml(key).slice(options.prefix.length), etag: decodeXml(etag).replaceAll('"', ""), bytes: Number(bytes) };
        }
        token = elements(xml, "NextContinuationToken")[0];
        more = xml.includes("<IsTruncated>true</IsTruncated>") && token !== undefined;
      }
    },
    get: async (key) => readOne(await ask("GET", key)),
  };
}

/** undefined: the network failed, or took too long. */
async function send(deps: S3Deps, options: S3Options, asked: ToSign): Promise<Answer | undefined> {
  const { method, url, body } = asked;
  const headers = signV4(asked, options, deps.nowMs());
  const signal = AbortSignal.timeout(ATTEMPT_MS);
  const init: RequestInit = body === undefined ? { method, headers, signal } : { method, headers, signal, body: Buffer.from(body) };
  try {
    const response = await deps.fetch(url.href, init);
    if (Number(response.headers.get("content-length") ?? 0) > OBJECT_BYTES_MAX)
      throw new Fault("object_damaged", { say: "The object store holds a longer file than was stored." });
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    return undefined;
  }
}

/** What S3 says may hold account ids and key names, so only its code is told, and only where it is known. */
const SAYINGS: Readonly<Record<string, string>> = {
  NoSuchBucket: "The object store has no such bucket: see objects.bucket.",
  AccessDenied: "The object store refused this server's credentials: they may not do this in the bucket.",
  InvalidAccessKeyId: "The object store does not know objects.accessKeyId.",
  // VersityGW's word for it.
  XAdminUserNotFound: "The object store does not know objects.accessKeyId.",
  SignatureDoesNotMatch: "The object store refused the signature: objects.secretAccessKey or objects.region is another.",
  AuthorizationHeaderMalformed: "The object store refused the signature: objects.region is another.",
  RequestTimeTooSkewed: "The object store refused the signature: this machine's clock is wrong.",
};

function expect(answer: Answer, status: number): Answer {
  if (answer.status === status || (status === 204 && answer.status === 200)) return answer;
  const say = SAYINGS[codeOf(answer) ?? ""] ?? `The object store answered with status ${String(answer.status)}.`;
  throw new Fault("store_unavailable", { say, upstreamStatus: answer.status });
}

const textOf = (answer: Answer): string => Buffer.from(answer.bytes).toString();
const codeOf = (answer: Answer): string | undefined => elements(textOf(answer).slice(0, 4096), "Code")[0];

/** The texts of all elements of a name. Enough for S3's own answers, in which names and keys are percent-encoded. */
const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map((match) => match[1] ?? "");
