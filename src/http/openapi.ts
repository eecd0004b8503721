import { z } from "zod";
import { FAULTS, Fault, type FaultCode } from "../kernel/fault.ts";
import type { Endpoint } from "./endpoint.ts";
import { toErrorBody } from "./fault-response.ts";
import type { RouteNote } from "./route-note.ts";
import { findNote, SCHEMAS } from "./route-notes.ts";

type Json = { readonly [name: string]: unknown };
export type OpenApi = {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly [kind: string]: Readonly<Record<string, unknown>> };
} & Json;
export type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly "x-weir-permission": string;
  readonly responses: Readonly<Record<string, Json>>;
} & Json;

/** Describes every endpoint of the table: address, permission and errors from the endpoint itself, the rest from its note. */
export function describeApi(endpoints: readonly Endpoint[], version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const endpoint of endpoints) {
    const at = (paths[toTemplate(endpoint.path)] ??= {});
    at[endpoint.method.toLowerCase()] = toOperation(endpoint, findNote(endpoint));
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Weir",
      version,
      description:
        "One private, accounted endpoint for language models. `/v1` speaks OpenAI's protocol; `/admin/v1` is Weir's own. The form of weir.yaml is at `/weir.schema.json`.",
    },
    servers: [{ url: "/" }],
    tags: [...new Set(endpoints.map(({ path }) => tagOf(path)))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, toSchema(schema)])),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A key of a tenant, the admin key, or a token of a configured issuer." },
        key: { type: "apiKey", in: "header", name: "x-api-key" },
      },
      headers: { requestId: { schema: { type: "string" }, description: "The call's id: name it when you ask about it." } },
      parameters: { tenant: TENANT_HEADER, feature: FEATURE_HEADER },
    },
  };
}

const TENANT_HEADER = {
  name: "OpenAI-Tenant",
  in: "header",
  required: false,
  schema: { type: "string" },
  description: "Slug of the tenant that the key is taken to belong to. Another one is refused.",
};
const FEATURE_HEADER = {
  name: "x-weir-feature",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: 100 },
  description: "What of your product the call is for; usage can be told apart by it.",
};

/** `/v1/models/:model{.+}` is `/v1/models/{model}`. */
export const toTemplate = (pattern: string): string => pattern.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, "{$1}");
const paramsOf = (pattern: string): readonly string[] => [...pattern.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);

/** `chat`, `vector_stores`, `admin tenants`, `operations`: what stands first in the address behind the version. */
export function tagOf(path: string): string {
  const [first = "", second = "", third = ""] = path.split("/").slice(1);
  if (first === "admin") return `admin ${third}`;
  return first === "v1" ? second : "operations";
}

function toOperation(endpoint: Endpoint, note: RouteNote | undefined): Operation {
  const isPublic = endpoint.allow === "public";
  const parameters = [
    ...paramsOf(endpoint.path).map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...queryOf(note),
    ...(isPublic ? [] : [{ $ref: "#/components/parameters/tenant" }]),
    ...(endpoint.allow === "chat" ? [{ $ref: "#/components/parameters/feature" }] : []),
  ];
  return {
    operationId: operationId(endpoint),
    tags: [tagOf(endpoint.path)],
    summary: note?.summary ?? `${endpoint.method} ${toTemplate(endpoint.path)}`,
    ...(note?.description === undefined ? {} : { description: note.description }),
    "x-weir-permission": endpoint.allow,
    "x-weir-of": isPublic ? "nobody" : endpoint.of,
    security: isPublic ? [] : [{ bearer: [] }, { key: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(note?.body === undefined
      ? {}
      : { requestBody: { required: true, content: { [note.bodyType ?? "application/json"]: { schema: refTo(note.body) } } } }),
    responses: { ...goodAnswers(note), ...badAnswers(faultsOf(endpoint, note), Object.keys(note?.also ?? {})) },
  };
}

/** `POST /v1/vector_stores/:store/files` is `postVectorStoresStoreFiles`. */
function operationId({ method, path }: Endpoint): string {
  const words = path.replace(/^\/v1(?=\/)|\/v1(?=\/)/, "").match(/[A-Za-z0-9]+/g) ?? [];
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function queryOf(note: RouteNote | undefined): Json[] {
  if (note?.query === undefined) return [];
  const { properties = {}, required = [] } = toSchema(note.query) as { properties?: Readonly<Record<string, Json>>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }));
}

function goodAnswers(note: RouteNote | undefined): Record<string, Json> {
  const content: Record<string, Json> = {};
  if (note?.answer !== undefined) content["application/json"] = { schema: refTo(note.answer) };
  if (note?.event !== undefined) content["text/event-stream"] = { schema: refTo(note.event) };
  if (note?.answerType !== undefined) content[note.answerType] = { schema: { type: "string" } };
  if (Object.keys(content).length === 0) content["application/json"] = {};
  const headers = { "x-weir-request-id": { $ref: "#/components/headers/requestId" } };
  const status = note?.status ?? 200;
  if (BODILESS.has(status)) return { [status]: { description: status === 204 ? "Done" : "Go there" } };
  const good: Record<string, Json> = {
    [status]: { description: status === 202 ? "Accepted" : "Done", ...(isCall(note) ? { headers } : {}), content },
  };
  for (const [other, description] of Object.entries(note?.also ?? {})) good[other] = { description, content };
  return good;
}

/** Answers that are their status, and a header. */
const BODILESS: ReadonlySet<number> = new Set([204, 302]);

/** Answers of calls carry the id; the others' errors do. */
const isCall = (note: RouteNote | undefined): boolean =>
  [SCHEMAS.ChatCompletionRequest, SCHEMAS.EmbeddingRequest, SCHEMAS.ModerationRequest, SCHEMAS.RerankRequest].some(
    (body) => body === note?.body,
  );

/** What an endpoint can say no with, as far as it follows from what it is. */
function faultsOf(endpoint: Endpoint, note: RouteNote | undefined): ReadonlySet<FaultCode> {
  const codes = new Set<FaultCode>(["bug", ...(note?.faults ?? [])]);
  const add = (...more: readonly FaultCode[]): void => more.forEach((code) => codes.add(code));
  if (endpoint.allow !== "public")
    add("key_missing", "key_unknown", "key_suspended", "forbidden", "tenant_mismatch", "busy", "store_unavailable");
  if (endpoint.path.includes(":")) add("not_found");
  if (note?.query !== undefined) add("body_invalid");
  if (note?.body !== undefined) add("body_unreadable", "body_invalid", "body_too_large");
  if (note?.bodyType !== undefined) add("media_type_unknown");
  if (endpoint.allow === "chat") add(...ADMISSION_FAULTS, ...(note?.asksModel === false ? [] : CALL_FAULTS));
  return codes;
}

/** Of everything that is admitted and recorded as a call. */
const ADMISSION_FAULTS: readonly FaultCode[] = ["rate_limited", "draining", "journal_unavailable"];
/** Of everything that asks a model. */
const CALL_FAULTS: readonly FaultCode[] = [
  "model_unknown",
  "context_too_long",
  "budget_spent",
  "budget_reserved",
  "no_target",
  "target_busy",
  "target_down",
  "target_failed",
  "target_timeout",
  "target_broken",
  "target_denied",
  "target_missing",
  "target_refused",
  "answer_invalid",
];

function badAnswers(codes: ReadonlySet<FaultCode>, taken: readonly string[]): Record<string, Json> {
  const byStatus = new Map<string, FaultCode[]>();
  for (const code of codes) {
    const status = String(FAULTS[code].status);
    if (!taken.includes(status)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const told = [...byStatus].map(([status, of]): [string, Json] => {
    const description = of.map((code) => `\`${toErrorBody(new Fault(code)).error.code}\`: ${FAULTS[code].message}`).join("\n\n");
    const headers = { "x-weir-request-id": { $ref: "#/components/headers/requestId" } };
    return [status, { description, headers, content: { "application/json": { schema: refTo(SCHEMAS.Error) } } }];
  });
  return Object.fromEntries(told);
}

const NAMES = new Map<z.ZodType, string>(Object.entries(SCHEMAS).map(([name, schema]) => [schema, name]));

function refTo(schema: z.ZodType): Json {
  const name = NAMES.get(schema);
  return name === undefined ? toSchema(schema) : { $ref: `#/components/schemas/${name}` };
}

/** As it is sent: defaults are optional, and objects may hold more than is named unless the schema is strict. */
function toSchema(schema: z.ZodType): Json {
  const { $schema: _version, ...plain } = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema }) => {
      // The format says it, and the pattern of a date is half a page.
      if (jsonSchema.format === "date" || jsonSchema.format === "date-time") delete jsonSchema.pattern;
    },
  });
  return plain;
}
