import { randomBytes } from "node:crypto";
import { extname } from "node:path";
import { Fault } from "../../kernel/fault.ts";
import { publicEndpoint, type Endpoint } from "../endpoint.ts";
import { noted } from "../route-note.ts";
import { securityHeaders } from "./security-headers.ts";
import { chooseCoding, INDEX, readSite, type Site, type SiteFile } from "./site-files.ts";

export type SiteDeps = {
  /** Where the built site lies. */
  readonly folder: string;
};

const AT = "/console/";
/** Stands in the page where the nonce of each answer goes. */
const NONCE = "__CSP_NONCE__";
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Weir</title><body><h1>The console is not built</h1>
<p>Run <code>npm run console</code> in Weir's folder, then load this page again. The API works without it.</p></body></html>`;

/** The files of the web console. Read when they are first asked for, and then kept; while they are not there, looked for again. */
export function site({ folder }: SiteDeps): Endpoint[] {
  let reading: Promise<Site | undefined> | undefined;
  const find = async (): Promise<Site | undefined> => {
    reading ??= readSite(folder);
    const found = await reading;
    if (found === undefined) reading = undefined;
    return found;
  };
  return [
    noted(
      publicEndpoint("GET", "/", ({ request }) => {
        // Programs that ask for anything get what they always got.
        if (request.headers.get("accept")?.includes("text/html") !== true) throw new Fault("not_found");
        return toConsole();
      }),
      { summary: "Sends a browser to the web console", status: 302, faults: ["not_found"] },
    ),
    noted(
      publicEndpoint("GET", "/console/*", async ({ request }) => {
        const { pathname } = new URL(request.url);
        return pathname.startsWith(AT) ? answer(await find(), pathname, request.headers) : toConsole();
      }),
      {
        summary: "The web console's files",
        description: "Every other address below `/console/` that does not look like a file is the page itself.",
        answerType: "text/html",
        also: { 302: "At `/console`." },
        faults: ["not_found"],
      },
    ),
  ];
}

const toConsole = (): Response => new Response(null, { status: 302, headers: { location: AT, "cache-control": "no-store" } });

function answer(found: Site | undefined, address: string, headers: Headers): Response {
  const path = address.slice(AT.length);
  const isPage = extname(path) === "";
  if (found === undefined) {
    if (!isPage) throw new Fault("not_found");
    const type = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
    return new Response(NOT_BUILT, { headers: { ...securityHeaders(), ...type } });
  }
  const file = found.get(isPage ? INDEX : path);
  if (file === undefined) throw new Fault("not_found");
  return file === found.get(INDEX) ? page(file) : asset(file, headers);
}

function page({ bytes, type }: SiteFile): Response {
  const nonce = randomBytes(16).toString("base64");
  const text = new TextDecoder().decode(bytes).replaceAll(NONCE, nonce);
  return new Response(text, { headers: { ...securityHeaders(nonce), "content-type": type, "cache-control": "no-store" } });
}

function asset(file: SiteFile, asked: Headers): Response {
  const headers: Record<string, string> = {
    ...securityHeaders(),
    etag: file.etag,
    vary: "accept-encoding",
    "cache-control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (asked.get("if-none-match")?.includes(file.etag) === true) return new Response(null, { status: 304, headers });
  const coding = chooseCoding(file, asked.get("accept-encoding"));
  headers["content-type"] = file.type;
  if (coding !== undefined) headers["content-encoding"] = coding;
  return new Response((coding === undefined ? undefined : file.packed[coding]) ?? file.bytes, { headers });
}
