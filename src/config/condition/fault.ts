import type { ASTNode, ParseError, TypeError as CelTypeError } from "@marcbachmann/cel-js";
import { MODEL_SIGNALS, SIGNALS } from "../../domain/signals.ts";
import { didYouMean } from "../nearest.ts";
import type { Trouble } from "./walk.ts";

const NAMES: readonly string[] = [...Object.keys(SIGNALS), ...Object.keys(MODEL_SIGNALS)];

/** One side has a fraction and the other none: only comparisons with < and > take both. */
const MIXED = /double \S+ int|int \S+ double/;

/** The first word of names such as `pii.found`. */
export const isGroup = (name: string): boolean => !NAMES.includes(name) && NAMES.some((other) => other.startsWith(`${name}.`));

export const wholeGroup = (name: string): string =>
  `${name} alone is no signal. There are ${NAMES.filter((other) => other.startsWith(`${name}.`)).join(", ")}.`;

/** What the language says of a condition, in words that name the signals. */
export function toTrouble(error: ParseError | CelTypeError): Trouble {
  const at = error.range?.start ?? 0;
  const node = nodeOf(error);
  switch (error.code) {
    case "unknown_variable":
      return { at, message: unknownSignal(typeof node?.args === "string" ? node.args : "") };
    case "no_such_key":
      return { at: node?.start ?? at, message: unknownSignal(pathOf(node)) };
    case "no_matching_overload":
      return { at, message: unknownCall(node, error.summary) };
    case "no_such_overload":
      return {
        at,
        message: `${toSentence(error.summary)}${MIXED.test(error.summary) ? " Write whole numbers there with a fraction: 1.0." : ""}`,
      };
    default:
      return { at, message: toSentence(error.summary) };
  }
}

export const unknownSignal = (name: string): string =>
  `there is no signal "${name}".${didYouMean(name, NAMES) || ` Known: ${NAMES.join(", ")}.`}`;

function unknownCall(node: ASTNode | undefined, summary: string): string {
  if (node?.op !== "call") return toSentence(summary);
  const [name] = node.args;
  if (Object.hasOwn(MODEL_SIGNALS, name)) return `${name} takes the name of a model between quotes: ${name}("name").`;
  return unknownSignal(name);
}

function pathOf(node: ASTNode | undefined): string {
  if (node?.op !== ".") return "";
  const [from, field] = node.args;
  return from.op === "id" ? `${from.args}.${field}` : field;
}

function nodeOf({ node }: ParseError | CelTypeError): ASTNode | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library's location of an error is the node where it has an operator
  return node?.op === undefined ? undefined : (node as ASTNode);
}

function toSentence(text: string): string {
  const line = (text.split("\n")[0] ?? "").trim();
  const low = line.charAt(0).toLowerCase() + line.slice(1);
  return /[.!?]$/.test(low) ? low : `${low}.`;
}
