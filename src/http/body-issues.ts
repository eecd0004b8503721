import { z } from "zod";
import { didYouMean, nearest } from "../config/index.ts";

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with a value, in words. */
export type BodyIssue = { readonly path: readonly (string | number)[]; readonly message: string };

/** Everything that is wrong with a value, as its schema has it; nothing where it is right. */
export function listIssues(value: unknown, schema: z.ZodType): BodyIssue[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((top) => {
    const issue = deepest([top]);
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    if (issue.code === "unrecognized_keys") {
      const known = knownFields(schema, issue.path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `is not known here.${didYouMean(key, known) || ` Known: ${known.join(", ")}.`}`,
      }));
    }
    return [{ path, message: wordsOf(issue) + nearChoice(issue, valueAt(value, path)) }];
  });
}

function nearChoice(issue: Issue, value: unknown): string {
  if (issue.code !== "invalid_value" || typeof value !== "string") return "";
  const near = nearest(value, issue.values.map(String));
  return near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (here, part) => (typeof here === "object" && here !== null && Object.hasOwn(here, part) ? Reflect.get(here, part) : undefined),
    value,
  );
}

/** Of a union's alternatives, the one that came furthest says most. */
export function deepest(issues: readonly Issue[], above: Issue["path"] = []): Issue {
  // A field that is missing is often one that is misspelt.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue === undefined) throw new TypeError("a failed parse has an issue");
  const here = { ...issue, path: [...above, ...issue.path] };
  if (here.code !== "invalid_union") return here;
  const branches = here.errors.map((branch) => deepest(branch, here.path)).filter((branch) => branch.path.length > here.path.length);
  return branches.toSorted((a, b) => b.path.length - a.path.length)[0] ?? here;
}

/** The words of JSON Schema that are read here. */
type SchemaNode = {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
};

const isNode = (value: unknown): value is SchemaNode => typeof value === "object" && value !== null;

/** The fields that an object of the body may have. */
export function knownFields(schema: z.ZodType, path: Issue["path"]): readonly string[] {
  const below = (node: SchemaNode, key: PropertyKey): readonly SchemaNode[] => {
    const inner = typeof key === "number" ? node.items : (node.properties?.[String(key)] ?? node.additionalProperties);
    return typeof inner === "object" ? choices(inner) : [];
  };
  const choices = (node: SchemaNode): readonly SchemaNode[] => [node, ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(choices)];
  const root: unknown = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const nodes = path.reduce((here, key) => here.flatMap((node) => below(node, key)), isNode(root) ? choices(root) : []);
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** What was expected, as a sentence without its subject. */
export function wordsOf(issue: Issue): string {
  const said = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const message = said
    .replace(/^(Invalid input|Invalid option|Too small|Too big): /, "")
    .replace(/^Invalid discriminator value\. Expected/, "expected")
    .replaceAll("|", " | ")
    .replaceAll("  |  ", " | ")
    .replace(/^expected (.+), received undefined$/, "is missing; expected $1")
    .replace(">=", "at least ")
    .replace("<=", "at most ")
    .replace(/ 1 items$/, " 1 item");
  return `${message}${message.endsWith(".") ? "" : "."}`;
}
