/** Reads what the house rules need to know of one source file, from its syntax tree. */
import { parseSync } from "oxc-parser";
import { childrenOf, globalUses, isNode, nodesOf, type GlobalUse, type Node } from "./references.ts";
import { GLOBAL_ALIASES, RESTRICTED_IMPORTS, type RestrictedKey } from "./rules.ts";

export type Import = { readonly specifier: string; readonly line: number; readonly typeOnly: boolean };
export type Use = { readonly key: RestrictedKey; readonly line: number };

export type Module = {
  readonly imports: readonly Import[];
  readonly uses: readonly Use[];
  /** Faults of the file by itself. */
  readonly problems: readonly { readonly line: number; readonly say: string }[];
};

const NAMES_ONLY_GLOBALS = new Set(["globalThis", "global", "self", "window"]);
/** What only Bun's `import.meta` has; `url`, `dirname`, `filename`, `main` and `resolve` are Node's too. */
const BUN_META = new Set(["dir", "path", "file", "require", "?"]);

/** A date that says its time is a value; one that does not reads the clock. */
function readsClock(use: GlobalUse): boolean {
  const [, member] = use.path;
  if (member !== undefined) return member !== "UTC" && member !== "parse";
  const parent = use.parent;
  if (parent?.type === "NewExpression") return Array.isArray(parent["arguments"]) && parent["arguments"].length === 0;
  return !(parent?.type === "BinaryExpression" && parent["operator"] === "instanceof");
}

function restrictedKey(use: GlobalUse): RestrictedKey | undefined {
  const [first, ...rest] = use.path;
  if (first === undefined) return undefined;
  if (NAMES_ONLY_GLOBALS.has(first)) {
    const [member] = rest;
    return member === undefined || member === "?" ? "globals" : restrictedKey({ ...use, path: rest });
  }
  const [member] = rest;
  const whole = member === undefined || member === "?";
  switch (first) {
    case "process":
      if (whole || member === "env") return "env";
      if (member === "hrtime") return "date";
      return ["exit", "abort", "kill", "reallyExit"].includes(member) ? "exit" : undefined;
    case "import.meta":
      if (member === "env") return "env";
      return member !== undefined && BUN_META.has(member) ? "bun" : undefined;
    case "Date":
      return readsClock(use) ? "date" : undefined;
    case "Math":
      return whole || member === "random" ? "random" : undefined;
    case "crypto":
      return whole || member === "randomUUID" ? "uuid" : undefined;
    case "Bun":
    case "HTMLRewriter":
      return "bun";
    case "console":
    case "performance":
    case "fetch":
      return first;
    default:
      return undefined;
  }
}

/** The text of an identifier or of a string literal. */
function valueOf(node: unknown): string | undefined {
  const value = isNode(node) ? (node["name"] ?? node["value"]) : undefined;
  return typeof value === "string" ? value : undefined;
}

const isBun = (specifier: string): boolean => specifier === "bun" || specifier.startsWith("bun:");

/** Every module that the file names, in whatever syntax: static, re-exported, dynamic, or inside a type. */
function collectImports(program: Node, lineOf: (at: number) => number): { imports: Import[]; problems: { line: number; say: string }[] } {
  const imports: Import[] = [];
  const problems: { line: number; say: string }[] = [];
  const add = (node: Node, source: unknown, typeOnly: boolean): void => {
    const specifier = valueOf(source);
    if (specifier !== undefined) imports.push({ specifier, line: lineOf(node.start), typeOnly });
    else problems.push({ line: lineOf(node.start), say: "imports something that is not a plain string" });
  };
  const walk = (node: Node): void => {
    if (node.type === "ImportDeclaration") add(node, node["source"], onlyTypes(node, "importKind"));
    else if (node.type === "ImportExpression") add(node, node["source"], false);
    else if (node.type === "TSImportType") add(node, node["source"], true);
    else if (node.type === "TSExternalModuleReference") add(node, node["expression"], false);
    else if (node.type === "ExportNamedDeclaration" && node["source"] !== null) add(node, node["source"], onlyTypes(node, "exportKind"));
    else if (node.type === "CallExpression" && valueOf(node["callee"]) === "require") {
      problems.push({ line: lineOf(node.start), say: "require() hides an import: use import" });
    } else if (node.type === "ExportAllDeclaration") {
      add(node, node["source"], node["exportKind"] === "type");
      problems.push({ line: lineOf(node.start), say: "export * hides what the file lets out: list the names" });
    }
    for (const child of childrenOf(node)) walk(child);
  };
  walk(program);
  return { imports, problems };
}

function onlyTypes(node: Node, kind: string): boolean {
  if (node[kind] === "type") return true;
  const specifiers = nodesOf(node["specifiers"]);
  return specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === "type");
}

/** Imported names, and those that are a restricted thing under another name. */
function importedNames(program: Node, lineOf: (at: number) => number): { names: Map<string, string | null>; uses: Use[] } {
  const names = new Map<string, string | null>();
  const uses: Use[] = [];
  for (const statement of childrenOf(program)) {
    const specifier = statement.type === "ImportDeclaration" ? valueOf(statement["source"]) : undefined;
    if (specifier === undefined) continue;
    const typeOnly = onlyTypes(statement, "importKind");
    if (isBun(specifier) && !typeOnly) uses.push({ key: "bun", line: lineOf(statement.start) });
    for (const entry of nodesOf(statement["specifiers"])) {
      const local = valueOf(entry["local"]);
      const whole = entry.type !== "ImportSpecifier";
      if (local === undefined) continue;
      names.set(local, whole ? (GLOBAL_ALIASES[specifier] ?? null) : null);
      if (whole || typeOnly) continue;
      const table = RESTRICTED_IMPORTS[specifier];
      const key = table?.[valueOf(entry["imported"]) ?? "*"] ?? table?.["*"];
      if (key !== undefined) uses.push({ key, line: lineOf(entry.start) });
    }
  }
  return { names, uses };
}

export function readModule(file: string, text: string): Module {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const lineOf = (position: number): number => {
    const after = starts.findIndex((start) => start > position);
    return after < 0 ? starts.length : after;
  };
  const parsed = parseSync(file, text, { preserveParens: false });
  if (parsed.errors.length > 0) return { imports: [], uses: [], problems: [{ line: 1, say: "does not parse" }] };
  const program: unknown = parsed.program;
  if (!isNode(program)) throw new TypeError("the parser gave no syntax tree");
  const { imports, problems } = collectImports(program, lineOf);
  const imported = importedNames(program, lineOf);
  const found = globalUses(program, imported.names).flatMap((use) => {
    const key = restrictedKey(use);
    return key === undefined ? [] : [{ key, line: lineOf(use.start) }];
  });
  const dynamicBun = imports
    .filter((entry) => isBun(entry.specifier) && !entry.typeOnly)
    .map((entry) => ({ key: "bun" as const, line: entry.line }));
  const uses = [...imported.uses, ...found, ...dynamicBun].filter(
    (use, at, all) => all.findIndex((other) => other.key === use.key && other.line === use.line) === at,
  );
  return { imports, uses, problems };
}
