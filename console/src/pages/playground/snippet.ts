/** One request as a program would send it: exactly what this page has sent. */

export const SNIPPETS = ["curl", "python", "typescript"] as const;
export type SnippetKind = (typeof SNIPPETS)[number];
type Body = Readonly<Record<string, unknown>>;

/** Fields that OpenAI's libraries do not know; they pass them on if told to. */
const OWN_FIELDS = new Set(["rag", "provider", "forceApi"]);

/** Inside '…' of a shell only a quote ends it. */
const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function curl(baseUrl: string, body: Body): string {
  return [
    `curl ${baseUrl}/chat/completions -N \\`,
    `  -H "authorization: Bearer $WEIR_API_KEY" \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d ${shellQuoted(JSON.stringify(body, null, 2))}`,
  ].join("\n");
}

const indentOf = (depth: number): string => "    ".repeat(depth);

/** A value as Python writes it. JSON's strings are Python's, but for lone surrogates and line separators, which are escaped. */
function python(value: unknown, depth: number): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "number") return JSON.stringify(value);
  if (typeof value === "string") return JSON.stringify(value);
  const inner = indentOf(depth + 1);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((each) => `${inner}${python(each, depth + 1)},\n`).join("")}${indentOf(depth)}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{\n${entries.map(([name, each]) => `${inner}${JSON.stringify(name)}: ${python(each, depth + 1)},\n`).join("")}${indentOf(depth)}}`;
}

function pythonCall(baseUrl: string, body: Body): string {
  const known = Object.entries(body).filter(([name]) => !OWN_FIELDS.has(name));
  const own = Object.entries(body).filter(([name]) => OWN_FIELDS.has(name));
  const fields = [...known, ...(own.length === 0 ? [] : [["extra_body", Object.fromEntries(own)] as const])];
  return [
    "import os",
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=os.environ["WEIR_API_KEY"])`,
    "stream = client.chat.completions.create(",
    ...fields.map(([name, value]) => `    ${name}=${python(value, 1)},`),
    ")",
    "for chunk in stream:",
    "    for choice in chunk.choices:",
    '        print(choice.delta.content or "", end="", flush=True)',
  ].join("\n");
}

function typescript(baseUrl: string, body: Body): string {
  const isOwn = Object.keys(body).some((name) => OWN_FIELDS.has(name));
  const cast = isOwn ? " as OpenAI.ChatCompletionCreateParamsStreaming" : "";
  return [
    'import OpenAI from "openai";',
    "",
    `const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: process.env["WEIR_API_KEY"] });`,
    `const stream = await client.chat.completions.create(${JSON.stringify(body, null, 2)}${cast});`,
    "for await (const chunk of stream) {",
    '  process.stdout.write(chunk.choices[0]?.delta.content ?? "");',
    "}",
  ].join("\n");
}

export function toSnippet(kind: SnippetKind, origin: string, body: Body): string {
  const baseUrl = `${origin}/v1`;
  switch (kind) {
    case "curl":
      return curl(baseUrl, body);
    case "python":
      return pythonCall(baseUrl, body);
    case "typescript":
      return typescript(baseUrl, body);
  }
}
