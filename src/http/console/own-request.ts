/** The console sends it with every request; a page elsewhere cannot without asking first, and is never allowed to. */
export const CONSOLE_HEADER = "x-weir-console";

/**
 * Whether a request comes from a page of this very server, so that a cookie may count. The header alone keeps other sites out: forms and
 * links cannot send it, and a script elsewhere would have to ask by CORS. What browsers say of the sender must agree where they say it,
 * which they do on https and on this machine; on plain http a GET says nothing of it.
 */
export function isOwnRequest(request: Request, origin: string): boolean {
  const { headers } = request;
  if (headers.get(CONSOLE_HEADER) !== "1") return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const sender = headers.get("origin");
  return sender === null ? request.method === "GET" || request.method === "HEAD" : sender === origin;
}

/** Where browsers reach this server: as it is configured, else as the request has it. */
export function originOf(request: Request, configured: string | undefined): string {
  if (configured !== undefined) return configured;
  const { protocol } = new URL(request.url);
  return `${protocol}//${request.headers.get("host") ?? new URL(request.url).host}`;
}
