/** Every regular expression that is written in a folder's sources, from their syntax trees: one that nobody listed is listed as well. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { childrenOf, isNode, type Node } from "../tidy/references.ts";

export type Expression = { readonly file: string; readonly source: string; readonly flags: string };

function collect(node: Node, file: string, found: Expression[]): void {
  const regex: unknown = node["regex"];
  if (node.type === "Literal" && typeof regex === "object" && regex !== null && "pattern" in regex && "flags" in regex) {
    found.push({ file, source: String(regex.pattern), flags: String(regex.flags) });
  }
  for (const child of childrenOf(node)) collect(child, file, found);
}

const isSource = (name: string): boolean => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.endsWith(".fixture.ts");

export function expressionsOf(file: string, text: string): readonly Expression[] {
  const found: Expression[] = [];
  const { program } = parseSync(file, text);
  if (isNode(program)) collect(program, file, found);
  return found;
}

/** Tests and their fixtures are left out. */
export function listExpressions(folder: string): readonly Expression[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(isSource)
    .toSorted()
    .flatMap((file) => expressionsOf(file, readFileSync(join(folder, file), "utf8")));
}
