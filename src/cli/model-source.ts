import { basename } from "node:path";
import { CommandError, EXIT } from "./command.ts";

/** Where a model's file comes from. */
export type ModelSource = { readonly url: URL; readonly file: string };
export type Allowed = { readonly hub: string; readonly hosts: readonly string[] };

const REDIRECTS_MAX = 5;

/** Of `hf:USER/REPOSITORY/FILE.gguf[@REVISION]` or an address. Throws where it is neither, or the config does not allow its host. */
export function parseModelSource(asked: string, allowed: Allowed): ModelSource {
  const url = asked.startsWith("hf:") ? hubUrl(asked.slice("hf:".length), allowed.hub) : parseUrl(asked);
  if (url === undefined)
    throw new CommandError(
      `"${asked}" is no model. Expected hf:USER/REPOSITORY/FILE.gguf or an https address of a .gguf file.`,
      EXIT.usage,
    );
  checkAllowed(url, allowed);
  const file = basename(decodeURIComponent(url.pathname));
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.gguf$/i.test(file))
    throw new CommandError(`${file === "" ? asked : file} is no file name of a model: expected one that ends in .gguf.`, EXIT.usage);
  return { url, file };
}

function hubUrl(path: string, hub: string): URL | undefined {
  const [whole = "", revision = "main"] = path.split("@");
  const steps = whole.split("/");
  const [user, repository, ...file] = steps;
  if (user === undefined || repository === undefined || file.length === 0) return undefined;
  if (![...steps, ...revision.split("/")].every((step) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(step))) return undefined;
  return parseUrl(`${hub}/${user}/${repository}/resolve/${revision}/${file.join("/")}`);
}

function parseUrl(text: string): URL | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === "" && url.password === "" ? url : undefined;
}

function checkAllowed(url: URL, { hub, hosts }: Allowed): void {
  if (url.origin === new URL(hub).origin) return;
  if (hosts.some((host) => fits(url, host))) return;
  const say = `${url.origin} is not among the hosts that models may come from.`;
  throw new CommandError(`${say} Allow it in weir.yaml: downloads: { hosts: [${url.protocol === "https:" ? url.host : url.origin}] }`);
}

function fits(url: URL, host: string): boolean {
  if (host.includes("://")) return url.origin === host;
  if (url.protocol !== "https:" || url.port !== "") return false;
  return host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
}

export type Reply = {
  readonly response: Response;
  /** SHA-256 of the whole file, where the hub names it. */
  readonly sha256: string | undefined;
};

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Follows redirects itself: each place must be allowed. */
export async function fetchModel(fetch: Fetch, from: URL, init: RequestInit, allowed: Allowed): Promise<Reply> {
  let url = from;
  let sha256: string | undefined;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const response = await fetch(url.href, { ...init, redirect: "manual" });
    if (url.origin === new URL(allowed.hub).origin) sha256 ??= readDigest(response);
    const to = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || to === null) return { response, sha256 };
    await response.body?.cancel();
    const next = URL.canParse(to, url) ? parseUrl(new URL(to, url).href) : undefined;
    if (next === undefined) throw new CommandError(`${url.host} redirects to what is no address.`);
    checkAllowed(next, allowed);
    url = next;
  }
  throw new CommandError(`${from.host} redirects more than ${String(REDIRECTS_MAX)} times.`);
}

/** Hugging Face names the digest of a large file in this header, before it redirects. */
function readDigest(response: Response): string | undefined {
  return /^"?([0-9a-f]{64})"?$/.exec(response.headers.get("x-linked-etag") ?? "")?.[1];
}
