import type { z } from "zod";
import { didYouMean } from "./nearest.ts";
import type { Problem } from "./problem.ts";
import { toFileJsonSchema } from "./schema.ts";
import type { PathPart, YamlFile } from "./yaml-file.ts";

type Issue = z.core.$ZodIssue;
/** The words of JSON Schema that are read here. */
type SchemaNode = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly propertyNames?: SchemaNode;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  readonly why?: string;
};

/** Says what zod found in the reader's words: what was expected, why, and which known name is near. */
export function toProblems(issues: readonly Issue[], yaml: YamlFile): Problem[] {
  const root = toFileJsonSchema() as SchemaNode;
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, root, yaml));
    const value = valueAt(yaml.value, path);
    const which = issue.code === "invalid_key" || value === undefined ? "key" : "value";
    return [
      {
        place: yaml.placeOf(path, which),
        message: sentence(issue, value, nodeAt(root, path, yaml.value), nodeAt(root, path.slice(0, -1), yaml.value)),
      },
    ];
  });
}

function unknownKey(key: string, path: readonly PathPart[], root: SchemaNode, yaml: YamlFile): Problem {
  const known = Object.keys(nodeAt(root, path, yaml.value)?.properties ?? {});
  const hint = didYouMean(key, known) || ` Known here: ${known.join(", ")}.`;
  return { place: yaml.placeOf([...path, key], "key"), message: `is not a setting.${hint}` };
}

function sentence(issue: Issue, value: unknown, node: SchemaNode | undefined, parent: SchemaNode | undefined): string {
  if (issue.code === "invalid_key")
    return `is not a usable name: ${parent?.propertyNames?.why ?? "it has characters that a name may not have"}.`;
  const choices = choicesOf(issue, node);
  if (choices !== undefined) {
    const expected = `one of ${choices.join(", ")}`;
    if (value === undefined) return `is missing. Expected ${expected}.`;
    return typeof value === "string" ? `expected ${expected}.${didYouMean(value, choices)}` : `expected ${expected}, got ${kindOf(value)}.`;
  }
  if (issue.code === "invalid_type") {
    const expected = expectedWords(node);
    return value === undefined ? `is missing. Expected ${expected}.` : `expected ${expected}, got ${kindOf(value)}.`;
  }
  if (issue.code === "too_small" || issue.code === "too_big") return range(issue, node);
  if (issue.code === "invalid_format") return `does not have the expected form: ${node?.why ?? "see docs/configuration.md"}.`;
  return `is not what was expected here: ${expectedWords(node)}.`;
}

function choicesOf(issue: Issue, node: SchemaNode | undefined): string[] | undefined {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code !== "invalid_union") return undefined;
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options : node?.enum;
  return options?.map(String);
}

function range(issue: Extract<Issue, { code: "too_small" | "too_big" }>, node: SchemaNode | undefined): string {
  if (issue.origin === "string" || issue.origin === "array") {
    const things = issue.origin === "string" ? "characters" : "entries";
    if (issue.code === "too_big") return `is too long: at most ${String(issue.maximum)} ${things}.`;
    return issue.minimum === 1 ? "is empty." : `is too short: at least ${String(issue.minimum)} ${things}.`;
  }
  const unit = node?.unit === undefined ? "" : ` (${node.unit})`;
  const why = node?.why === undefined ? "" : `: ${node.why}`;
  return `must be from ${String(node?.minimum)} to ${String(node?.maximum)}${unit}${why}.`;
}

const TYPE_WORDS = new Map([
  ["string", "text"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["integer", "a whole number"],
  ["number", "a number"],
]);

function expectedWords(node: SchemaNode | undefined): string {
  const words = TYPE_WORDS.get(node?.type ?? "") ?? "a map of settings";
  if (node?.type !== "integer" && node?.type !== "number") return words;
  return `${words} from ${String(node.minimum)} to ${String(node.maximum)}${node.unit === undefined ? "" : ` (${node.unit})`}`;
}

/** The kind of a value, never the value: it may be a secret in the wrong place. */
function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "true or false";
  if (typeof value === "number") return Number.isInteger(value) ? "a whole number" : "a number with a fraction";
  return Array.isArray(value) ? "a list" : "a map";
}

/** The part of the schema that speaks about `path`; in a union the branch that the data's own constants choose. */
function nodeAt(root: SchemaNode, path: readonly PathPart[], data: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  let value = data;
  for (const part of path) {
    node =
      typeof part === "number"
        ? node.items
        : (node.properties?.[part] ?? (typeof node.additionalProperties === "object" ? node.additionalProperties : undefined));
    value = childOf(value, part);
    if (node?.oneOf !== undefined) node = chooseBranch(node.oneOf, value);
    if (node === undefined) return undefined;
  }
  return node;
}

function chooseBranch(branches: readonly SchemaNode[], value: unknown): SchemaNode | undefined {
  return branches.find((branch) =>
    Object.entries(branch.properties ?? {}).some(
      ([key, property]) => property.const !== undefined && childOf(value, key) === property.const,
    ),
  );
}

function valueAt(data: unknown, path: readonly PathPart[]): unknown {
  let value = data;
  for (const part of path) value = childOf(value, part);
  return value;
}

function childOf(value: unknown, part: PathPart): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
  return Reflect.get(value, part);
}
