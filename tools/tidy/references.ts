/**
 * Finds every use of a global in a parsed module: an identifier in a value position that no scope of the file declares.
 * A parameter called `fetch` is therefore not a use of the global, and a comment, a string or a type never is.
 */
import { visitorKeys } from "oxc-parser";

export type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [key: string]: unknown };

export type GlobalUse = {
  /** `["process", "env", "HOME"]`; a computed member that is no literal is `?`. */
  readonly path: readonly string[];
  readonly start: number;
  /** What surrounds the whole path. */
  readonly parent: Node | undefined;
};

/** Name to the global that it stands for (`import os from "node:process"`), or null for a name of the file's own. */
type Scope = Map<string, string | null>;

export const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;
export const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

export function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (const key of visitorKeys[node.type] ?? []) {
    const value = node[key];
    if (Array.isArray(value)) found.push(...value.filter(isNode));
    else if (isNode(value)) found.push(value);
  }
  return found;
}

const text = (node: unknown): string => (isNode(node) && typeof node["name"] === "string" ? node["name"] : "");
const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
/** Type syntax that wraps a value: only its expression is walked. All other TS nodes are types. */
const WRAPPERS = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
]);
const TRANSPARENT = new Set([...WRAPPERS, "ChainExpression", "ParenthesizedExpression"]);
const WITH_VALUES = new Set([...WRAPPERS, "TSParameterProperty", "TSExportAssignment"]);

/** Names that a binding pattern introduces. */
function patternNames(pattern: Node): string[] {
  if (pattern.type.startsWith("TS") && pattern.type !== "TSParameterProperty") return [];
  if (pattern.type === "Identifier") return [text(pattern)];
  if (pattern.type === "AssignmentPattern") return isNode(pattern["left"]) ? patternNames(pattern["left"]) : [];
  if (pattern.type === "Property") return isNode(pattern["value"]) ? patternNames(pattern["value"]) : [];
  return childrenOf(pattern).flatMap(patternNames);
}

const declaredNames = (declaration: Node): string[] =>
  declaration["declare"] === true
    ? []
    : childrenOf(declaration).flatMap((declarator) => (isNode(declarator["id"]) ? patternNames(declarator["id"]) : []));

/** `var` reaches the whole function, from any depth. */
function hoistedNames(node: Node): string[] {
  if (FUNCTIONS.has(node.type) || node.type.startsWith("Class")) return [];
  const own = node.type === "VariableDeclaration" && node["kind"] === "var" ? declaredNames(node) : [];
  return [...own, ...childrenOf(node).flatMap(hoistedNames)];
}

function statementNames(statement: Node): string[] {
  if (statement.type.startsWith("Export") && isNode(statement["declaration"])) return statementNames(statement["declaration"]);
  if (statement.type === "VariableDeclaration") return declaredNames(statement);
  const named = statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration";
  return named && isNode(statement["id"]) ? [text(statement["id"])] : [];
}

/** The names that entering `node` brings into scope, or undefined where it opens no scope. */
function scopeOf(node: Node, parent: Node | undefined): Scope | undefined {
  const names: string[] = [];
  if (FUNCTIONS.has(node.type)) {
    if (node.type === "FunctionExpression" && isNode(node["id"])) names.push(text(node["id"]));
    if (node.type !== "ArrowFunctionExpression") names.push("arguments");
    names.push(...nodesOf(node["params"]).flatMap(patternNames));
  } else if (node.type === "BlockStatement" || node.type === "StaticBlock" || node.type === "Program") {
    names.push(...childrenOf(node).flatMap(statementNames));
    if (parent === undefined || FUNCTIONS.has(parent.type) || node.type === "StaticBlock")
      names.push(...childrenOf(node).flatMap(hoistedNames));
  } else if (node.type === "SwitchStatement") {
    names.push(...childrenOf(node).flatMap((part) => (part.type === "SwitchCase" ? childrenOf(part).flatMap(statementNames) : [])));
  } else if (node.type.startsWith("For")) {
    names.push(...childrenOf(node).flatMap((part) => (part.type === "VariableDeclaration" ? declaredNames(part) : [])));
  } else if (node.type === "CatchClause") {
    if (isNode(node["param"])) names.push(...patternNames(node["param"]));
  } else if (node.type === "ClassExpression" && isNode(node["id"])) {
    names.push(text(node["id"]));
  } else return undefined;
  return new Map(names.map((name) => [name, null]));
}

/** Children in value positions: no types, no property names, no labels. */
function valueChildren(node: Node): Node[] {
  if (node.type.startsWith("TS") && !WITH_VALUES.has(node.type)) return [];
  if (node["declare"] === true) return [];
  if (WRAPPERS.has(node.type)) return isNode(node["expression"]) ? [node["expression"]] : [];
  const skip: unknown[] = [];
  if (node.type === "MemberExpression" && node["computed"] !== true) skip.push(node["property"]);
  if (["Property", "MethodDefinition", "PropertyDefinition", "AccessorProperty"].includes(node.type) && node["computed"] !== true)
    skip.push(node["key"]);
  if (["LabeledStatement", "BreakStatement", "ContinueStatement"].includes(node.type)) skip.push(node["label"]);
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration" || node.type === "MetaProperty") return [];
  if (node.type === "ExportNamedDeclaration" && (isNode(node["source"]) || node["exportKind"] === "type")) return [];
  if (node.type === "ExportSpecifier") skip.push(node["exported"]);
  return childrenOf(node).filter((child) => !skip.includes(child));
}

function memberName(member: Node): string {
  const property = member["property"];
  if (!isNode(property)) return "?";
  if (member["computed"] !== true) return text(property);
  return property.type === "Literal" && typeof property["value"] === "string" ? property["value"] : "?";
}

/** Extends `first` by the members read from it: `process` inside `process.env.HOME` gives the whole path. */
function usePath(first: string, node: Node, ancestors: readonly Node[]): GlobalUse {
  const path = [first];
  let inner = node;
  let at = ancestors.length - 1;
  for (let outer = ancestors[at]; outer !== undefined; outer = ancestors[--at]) {
    if (outer.type === "MemberExpression" && outer["object"] === inner) path.push(memberName(outer));
    else if (!TRANSPARENT.has(outer.type)) break;
    inner = outer;
  }
  return { path, start: node.start, parent: ancestors[at] };
}

/** `imported`: the module's imported names, each with the global that it stands for, or null. */
export function globalUses(program: Node, imported: ReadonlyMap<string, string | null>): GlobalUse[] {
  const uses: GlobalUse[] = [];
  const scopes: Scope[] = [new Map(imported)];
  const ancestors: Node[] = [];
  const resolve = (name: string): string | null => {
    for (let at = scopes.length - 1; at >= 0; at--) {
      const found = scopes[at]?.get(name);
      if (found !== undefined) return found;
    }
    return name;
  };
  const walk = (node: Node): void => {
    if (node.type === "Identifier") {
      const global = resolve(text(node));
      if (global !== null) uses.push(usePath(global, node, ancestors));
      return;
    }
    if (node.type === "MetaProperty") uses.push(usePath(`${text(node["meta"])}.${text(node["property"])}`, node, ancestors));
    const scope = scopeOf(node, ancestors.at(-1));
    if (scope !== undefined) scopes.push(scope);
    ancestors.push(node);
    for (const child of valueChildren(node)) walk(child);
    ancestors.pop();
    if (scope !== undefined) scopes.pop();
  };
  walk(program);
  return uses;
}
