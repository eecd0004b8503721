import type { ASTNode } from "@marcbachmann/cel-js";
import { MODEL_SIGNALS } from "../../domain/signals.ts";

/** What a condition may call, beside the model signals. No regular expressions: a bad one takes seconds, and callers choose `feature`. */
const METHODS: ReadonlySet<string> = new Set(["startsWith", "endsWith", "contains"]);
/** Over a list; never one inside another, which would multiply. */
const LOOPS: ReadonlySet<string> = new Set(["exists", "all"]);
const FUNCTIONS: ReadonlySet<string> = new Set(["size"]);

const isModelSignal = (name: string): boolean => Object.hasOwn(MODEL_SIGNALS, name);

export type Trouble = { readonly message: string; /** UTF-16 offset in the condition. */ readonly at: number };

/** What a condition is made of. */
export type Walked = {
  /** Signals that it asks for. */
  readonly asks: ReadonlySet<string>;
  /** Models that it names, and where. */
  readonly models: readonly { readonly name: string; readonly at: number }[];
  readonly trouble: Trouble | undefined;
};

export function walkCondition(root: ASTNode): Walked {
  const asks = new Set<string>();
  const models: { name: string; at: number }[] = [];
  let trouble: Trouble | undefined;
  const refuse = (node: ASTNode, message: string): void => void (trouble ??= { message, at: node.start });

  const call = (node: Extract<ASTNode, { op: "call" }>): void => {
    const [name, given] = node.args;
    if (isModelSignal(name)) {
      asks.add(name);
      const [model] = given;
      if (model?.op === "value" && typeof model.args === "string") models.push({ name: model.args, at: model.start });
      else refuse(model ?? node, `${name} takes the name of a model between quotes: ${name}("name").`);
    } else if (!FUNCTIONS.has(name)) refuse(node, unusable(name));
  };
  const visit = (node: ASTNode, bound: string | undefined): void => {
    let inner = bound;
    if (node.op === "id" && node.args !== bound) asks.add(node.args);
    else if (node.op === "." && node.args[0].op === "id") asks.add(`${node.args[0].args}.${node.args[1]}`);
    else if (node.op === "call") call(node);
    else if (node.op === "rcall") {
      const [name, , given] = node.args;
      if (LOOPS.has(name)) {
        if (bound !== undefined) refuse(node, `${name} cannot stand inside another exists or all.`);
        inner = given[0]?.op === "id" ? given[0].args : "";
      } else if (!METHODS.has(name)) refuse(node, unusable(name));
    }
    for (const child of childrenOf(node)) visit(child, inner);
  };
  visit(root, undefined);
  return { asks, models, trouble };
}

const unusable = (name: string): string =>
  `${name} cannot be used here. There are ${[...FUNCTIONS, ...METHODS, ...LOOPS, ...Object.keys(MODEL_SIGNALS)].join(", ")}.`;

/** Nodes below this one. A node's arguments are nodes, names, and lists of both. */
function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const gather = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(gather);
    else if (isNode(value)) found.push(value);
  };
  if (isNode(node.args)) found.push(node.args);
  else gather(node.args);
  return found;
}

const isNode = (value: unknown): value is ASTNode => typeof value === "object" && value !== null && "op" in value && "args" in value;
