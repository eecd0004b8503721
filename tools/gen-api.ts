/**
 * Writes docs/api.md from the server's own table of endpoints and the schemas of their bodies. Run: bun tools/gen-api.ts [--check].
 * With --check it writes nothing and exits 1 where the page is stale.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_VERSION, describeApi, type OpenApi, type Operation } from "../src/http/index.ts";
import { FAULTS } from "../src/kernel/fault.ts";
import { composedEndpoints } from "./composed-endpoints.ts";

const PAGE = "docs/api.md";

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
};
type Media = { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
type Parameter = {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
};

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text: string): string => `\`${text}\``;
const refName = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);
const anchor = (name: string): string => `[${name}](#${name.toLowerCase()})`;

/** What a value may be, in a few words. */
function formOf(schema: Schema): string {
  if (schema.$ref !== undefined) return anchor(refName(schema.$ref));
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((word) => code(String(word))).join(", ");
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(formOf))].join(" or ");
  if (schema.format === "binary") return "file";
  if (schema.format === "date-time" || schema.format === "date") return schema.format === "date" ? "date" : "moment";
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  return types.length === 0 ? "anything" : types.map((type) => formOfType(type, schema)).join(" or ");
}

function formOfType(type: string, schema: Schema): string {
  if (type === "array")
    return `list${boundsOf(schema.minItems, schema.maxItems)} of ${schema.items === undefined ? "anything" : formOf(schema.items)}`;
  if (type === "string") return `text${schema.maxLength === undefined ? "" : ` of at most ${group(schema.maxLength)} characters`}`;
  if (type === "integer") return `whole number${boundsOf(schema.minimum, schema.maximum)}`;
  if (type === "number") return `number${boundsOf(schema.minimum, schema.maximum)}`;
  return type === "boolean" ? "`true`, `false`" : type;
}

const group = (value: number): string => value.toLocaleString("en-US");

function boundsOf(least: number | undefined, most: number | undefined): string {
  const open = most === undefined || most >= Number.MAX_SAFE_INTEGER;
  const low = least === undefined || least <= Number.MIN_SAFE_INTEGER ? undefined : group(least);
  if (open) return low === undefined || low === "0" ? "" : ` (at least ${low})`;
  return low === undefined ? ` (at most ${group(most)})` : ` (${low} to ${group(most)})`;
}

type Row = { readonly path: string; readonly schema: Schema; readonly required: boolean };

/** A field a line, inner ones behind their outer one. */
function rowsOf(path: string, schema: Schema): Row[] {
  const inner = (at: string, of: Schema): Row[] =>
    Object.entries(of.properties ?? {}).flatMap(([name, property]) => {
      const here = at === "" ? name : `${at}.${name}`;
      return [{ path: here, schema: property, required: of.required?.includes(name) === true }, ...rowsOf(here, property)];
    });
  const rows = inner(path, schema);
  if (schema.items !== undefined) rows.push(...rowsOf(`${path}[]`, schema.items));
  for (const branch of schema.anyOf ?? []) rows.push(...rowsOf(path, branch));
  return rows;
}

function fieldTable(schema: Schema): string {
  const lines = rowsOf("", schema).map(({ path, schema: field, required }) => {
    const told = [
      required ? "Required." : "",
      field.description ?? "",
      field.default === undefined ? "" : `Default ${code(JSON.stringify(field.default))}.`,
    ];
    return `| ${code(path)} | ${cell(formOf(field))} | ${cell(told.filter(Boolean).join(" "))} |`;
  });
  return ["| Field | Form | Meaning |", "|---|---|---|", ...lines].join("\n");
}

function endpointText(method: string, path: string, operation: Operation): string {
  const {
    summary,
    description,
    parameters = [],
    requestBody,
    responses,
  } = operation as Operation & {
    description?: string;
    parameters?: readonly Parameter[];
    requestBody?: Media;
  };
  const query = parameters
    .filter((parameter) => parameter.in === "query")
    .map(({ name = "", schema = {} }) => `${code(name)} (${formOf(schema)})`);
  const sent = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema = {} }]) => formOf(schema) + (type === "application/json" ? "" : ` as ${code(type)}`),
  );
  const good = Object.entries(responses).filter(([status]) => Number(status) < 300);
  const given = good.flatMap(([status, response]) =>
    Object.entries((response as Media).content ?? {}).map(
      ([type, { schema }]) =>
        `${status} ${schema === undefined || (schema.type === "string" && schema.$ref === undefined) ? code(type) : formOf(schema)}${type === "text/event-stream" ? " as events" : ""}`,
    ),
  );
  const bad = Object.keys(responses).filter((status) => Number(status) >= 300);
  const lines = [
    `### ${code(`${method.toUpperCase()} ${path}`)}`,
    `${summary}.${description === undefined ? "" : ` ${description}`}`,
    [
      `- Who: ${operation["x-weir-permission"] === "public" ? "anybody" : `permission ${code(operation["x-weir-permission"])}${operation["x-weir-of"] === "tenant" ? ", a tenant's own key" : ""}`}`,
      ...(query.length === 0 ? [] : [`- Query: ${query.join(", ")}`]),
      ...(sent.length === 0 ? [] : [`- Body: ${sent.join(", ")}`]),
      `- Answer: ${given.join(", ")}`,
      `- Errors: ${bad.join(", ")}`,
    ].join("\n"),
  ];
  return lines.join("\n\n");
}

function faultTable(): string {
  const lines = Object.entries(FAULTS).map(
    ([name, { status, retry, message }]) => `| ${code(name)} | ${status} | ${retry} | ${cell(message)} |`,
  );
  return ["| Code | Status | Repeat | Meaning |", "|---|---|---|---|", ...lines].join("\n");
}

function renderPage(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method,
      path,
      operation,
      tag: operation.tags[0] ?? "",
    })),
  );
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const sections = tags.map((tag) => {
    const own = operations.filter((each) => each.tag === tag);
    return `## ${tag}\n\n${own.map(({ method, path, operation }) => endpointText(method, path, operation)).join("\n\n")}`;
  });
  const schemas = Object.entries<Schema>(api.components.schemas).map(
    ([name, schema]) => `### ${name}\n\n${schema.description === undefined ? "" : `${schema.description}\n\n`}${fieldTable(schema)}`,
  );
  return `<!-- Made by tools/gen-api.ts from the table of endpoints and the schemas in src/contract. Change those, then run it again. -->

# API

${operations.length} operations. A running server describes itself, as OpenAPI 3.1, at \`/openapi.json\`, and the form of \`weir.yaml\` at \`/weir.schema.json\`
([configuration](configuration.md)).

Send \`Authorization: Bearer <key>\` (or \`x-api-key\`). \`OpenAI-Tenant: <slug>\` may name the key's own tenant; another one is refused. \`/v1\` speaks
OpenAI's protocol, so its clients work with the address changed, and \`x-weir-feature\` names what of your product a call is for. Answers of calls carry
the headers \`x-weir-request-id\`, \`x-weir-model\`, \`x-weir-provider\`, \`x-weir-trust\`, \`x-weir-tier\`, \`x-weir-cost-micro-usd\`, \`x-weir-receipt\` and,
where a prompt was trimmed, \`x-weir-trimmed\`; a stream carries the first, and the rest is \`weir\` in its last event. Objects in answers may hold more than is named here.

${sections.join("\n\n")}

## Errors

Each is an [Error](#error). The words that OpenAI's clients match on are kept where it has one for the case (\`invalid_api_key\`, \`model_not_found\`,
\`rate_limit_exceeded\`, \`insufficient_quota\`, \`context_length_exceeded\`); the others are the codes below. \`x-should-retry: false\` says that repeating
cannot help, or costs again.

${faultTable()}

## Forms

${schemas.join("\n\n")}
`;
}

/** The page as the sources say it. */
export const renderApi = (): string => renderPage(describeApi(composedEndpoints(), API_VERSION));

export function isStale(root: string): boolean {
  const path = join(root, PAGE);
  return !existsSync(path) || readFileSync(path, "utf8") !== renderApi();
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const stale = isStale(root);
  if (process.argv.includes("--check")) {
    if (stale) console.error(`${PAGE} is stale: run bun tools/gen-api.ts`);
    process.exitCode = stale ? 1 : 0;
  } else {
    writeFileSync(join(root, PAGE), renderApi());
    console.log(stale ? `written: ${PAGE}` : "nothing was stale");
  }
}
