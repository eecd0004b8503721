import { Hono } from "hono";
import type { Permission } from "../admit/index.ts";
import type { Principal } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { requestIds, type RequestId } from "../kernel/ids.ts";
import { describeError, type Log, type Metrics } from "../telemetry/index.ts";
import { CONSOLE_HEADER, securityHeaders, type Sessions } from "./console/index.ts";
import { noteDenied, noteGranted, type Decided, type NoteDecision } from "./decisions.ts";
import { needTenant, type Asked, type Endpoint } from "./endpoint.ts";
import { toFaultResponse } from "./fault-response.ts";

export type ServerDeps = {
  readonly endpoints: readonly Endpoint[];
  authenticate(sent: {
    readonly authorization: string | undefined;
    readonly apiKeyHeader: string | undefined;
    readonly tenantHeader: string | undefined;
  }): Principal | Promise<Principal>;
  /** Browsers that are signed in to the console; undefined: there is none. */
  readonly sessions?: Pick<Sessions, "authenticate"> | undefined;
  /** Throws `forbidden`, also where the request names a tenant that is not the caller's. */
  authorise(who: Principal, permission: Permission, tenantSlug: string | undefined): void;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "http">;
  /** Takes note of what was granted and denied, for the audit log. */
  readonly note?: NoteDecision | undefined;
};

const REQUEST_ID = "x-weir-request-id";
/** The request handler alone, without a socket. */
export function createHandler(deps: ServerDeps): (request: Request) => Response | Promise<Response> {
  const app = new Hono();
  // A profile of the chat path showed 15 % of the core in pattern matching, so addresses without parameters are looked up.
  const fixed = new Map<string, (request: Request) => Promise<Response>>();
  for (const endpoint of deps.endpoints) {
    const respond = createResponder(deps, endpoint);
    if (!endpoint.path.includes(":")) fixed.set(`${endpoint.method} ${endpoint.path}`, (request) => respond(request, {}));
    app.on(endpoint.method, endpoint.path, (context) => respond(context.req.raw, context.req.param()));
  }
  app.notFound((context) => {
    const requestId = requestIds.make(deps.clock.nowMs());
    const others = deps.endpoints.filter((endpoint) => matches(endpoint.path, context.req.path)).map((endpoint) => endpoint.method);
    deps.metrics.http(context.req.method, "unmatched", others.length > 0 ? 405 : 404);
    if (others.length === 0) return toFaultResponse(new Fault("not_found"), requestId);
    return toFaultResponse(new Fault("method_not_allowed", { say: `This address answers to ${others.join(", ")}.` }), requestId, {
      allow: others.join(", "),
    });
  });
  return (sent) => {
    const request = withHost(sent);
    return fixed.get(`${request.method} ${pathOf(request.url)}`)?.(request) ?? app.fetch(request);
  };
}

/** Probes speak HTTP/1.0 and name no host, which leaves the runtime with a path for an address. */
const withHost = (request: Request): Request =>
  request.url.startsWith("/") ? new Request(`http://localhost${request.url}`, request) : request;

/** The path of an absolute address, without parsing the rest. */
function pathOf(url: string): string {
  const from = url.indexOf("/", url.indexOf("//") + 2);
  const to = url.indexOf("?", from);
  return to < 0 ? url.slice(from) : url.slice(from, to);
}

function createResponder(deps: ServerDeps, endpoint: Endpoint) {
  return async (request: Request, params: Record<string, string>): Promise<Response> => {
    const startedAtMs = deps.clock.nowMs();
    const requestId = requestIds.make(startedAtMs);
    const raw: Raw = {
      request,
      params,
      requestId,
      startedAtMs,
      endpoint,
      who: undefined,
      tenantSlug: undefined,
      cookie: undefined,
      bySession: false,
    };
    let response: Response;
    try {
      response = await handle(deps, endpoint, raw);
      if (deps.note !== undefined) noteGranted(deps.note, raw, response.status);
    } catch (error) {
      const fault = noteFault(deps, Fault.from(error), requestId);
      if (deps.note !== undefined) noteDenied(deps.note, raw, fault);
      response = toFaultResponse(fault, requestId, undefined, endpoint.path);
    }
    deps.metrics.http(endpoint.method, endpoint.path, response.status);
    // Answers of calls and refusals bring it; of everything else it is set here.
    if (!response.headers.has(REQUEST_ID)) response.headers.set(REQUEST_ID, requestId);
    secure(response.headers, endpoint, raw);
    return response;
  };
}

/** What a browser must know of an answer. No type is guessed, and no address of the console is without its rules, a refusal neither. */
function secure(headers: Headers, { path }: Endpoint, { cookie, bySession }: Raw): void {
  const rules = path.startsWith("/console") && !headers.has("content-security-policy") ? securityHeaders() : NOSNIFF;
  for (const [name, value] of Object.entries(rules)) headers.set(name, value);
  // Without a key in the request, what stands between would take an answer for everybody's.
  if (bySession && !headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (cookie !== undefined) headers.append("set-cookie", cookie);
}
const NOSNIFF = { "x-content-type-options": "nosniff" };

/** A request, and what is found out about it on its way. */
type Raw = Pick<Asked<undefined>, "request" | "startedAtMs"> & { -readonly [Field in keyof Decided]: Decided[Field] } & {
  /** Of a session that is used: it is sealed anew from time to time. */
  cookie: string | undefined;
  bySession: boolean;
};

async function handle(deps: ServerDeps, endpoint: Endpoint, raw: Raw): Promise<Response> {
  const { request, params, requestId, startedAtMs } = raw;
  const queryAt = request.url.indexOf("?");
  const query = new URLSearchParams(queryAt < 0 ? "" : request.url.slice(queryAt));
  const asked = { request, params, query, requestId, startedAtMs };
  if (endpoint.allow === "public") return endpoint.handle({ ...asked, who: undefined });
  const known = authenticate(deps, endpoint, raw);
  const who = known instanceof Promise ? await known : known;
  raw.who = who;
  raw.tenantSlug = params["slug"] ?? (queryAt < 0 ? undefined : (query.get("tenant") ?? undefined));
  deps.authorise(who, endpoint.allow, raw.tenantSlug);
  if (endpoint.of === "tenant") return endpoint.handle({ ...asked, who: needTenant(who) });
  return endpoint.handle({ ...asked, who });
}

type Locked = Exclude<Endpoint, { readonly allow: "public" }>;

/** By the key or token that is sent; where none is, and the console asks, by its browser's session. */
function authenticate(deps: ServerDeps, { of, allow }: Locked, raw: Raw): Principal | Promise<Principal> {
  const { request } = raw;
  const { headers } = request;
  const authorization = headers.get("authorization") ?? undefined;
  const apiKeyHeader = headers.get("x-api-key") ?? undefined;
  if (authorization !== undefined || apiKeyHeader !== undefined || deps.sessions === undefined || !headers.has(CONSOLE_HEADER))
    return deps.authenticate({ authorization, apiKeyHeader, tenantHeader: headers.get("openai-tenant") ?? undefined });
  raw.bySession = true;
  return deps.sessions.authenticate(request, of, allow).then(({ who, cookie }) => {
    raw.cookie = cookie;
    return who;
  });
}

/** A fault of the server's own is worth a line; a caller's is told to the caller alone. */
function noteFault(deps: ServerDeps, fault: Fault, requestId: RequestId): Fault {
  if (fault.status >= 500) {
    const fields = { requestId, code: fault.code, upstreamStatus: fault.detail.upstreamStatus };
    if (fault.code === "bug") deps.log.error("request failed", { ...fields, ...describeError(fault.cause ?? fault) });
    else deps.log.warn("request failed", fields);
  }
  return fault;
}

function matches(pattern: string, path: string): boolean {
  const want = pattern.split("/");
  const have = path.split("/");
  return want.length === have.length && want.every((part, at) => part.startsWith(":") || part === have[at]);
}
