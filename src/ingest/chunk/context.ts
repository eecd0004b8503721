import { units } from "../../retrieve/index.ts";
import { findDefinitions } from "./definitions.ts";
import type { Definition } from "./definitions.ts";
import type { Chunk } from "./span.ts";
import { createEnclosing } from "./structural.ts";

export type ContextSource = { readonly filename: string; readonly title: string; readonly text: string };

/** Names of what a file of code defines: more than a chunk's own words would drown them. */
const NAMES_CHARS_MAX = 400;
const LINE_CHARS_MAX = 1000;

/**
 * One line for each chunk that says where it stands: its file, title, headings, the classes and functions round it, and what else its file defines.
 * Only what the document itself says, so that it costs nothing.
 */
export function structureLines({ filename, title, text }: ContextSource, chunks: readonly Chunk[]): readonly string[] {
  const definitions = findDefinitions(text, units(text));
  const enclosing = createEnclosing(definitions);
  const names = namesOf(definitions);
  const base = filename.replace(/^.*[/\\]/, "");
  return chunks.map(({ start, headings }) => {
    // A definition that begins with the chunk counts too: its name is in the text already, and means more than the rest of it.
    const parts = [filename, title === base ? "" : title, ...headings, ...enclosing(start + 1), names];
    return [...new Set(parts)]
      .filter((part) => part !== "")
      .join(" · ")
      .replace(/\s+/g, " ")
      .slice(0, LINE_CHARS_MAX)
      .toWellFormed();
  });
}

/** The outer ones first, as far as there is room. */
function namesOf(definitions: readonly Definition[]): string {
  const names = new Set(definitions.toSorted((one, other) => one.depth - other.depth).map(({ title }) => nameOf(title)));
  let line = "";
  for (const name of names) {
    if (line.length + name.length >= NAMES_CHARS_MAX) break;
    line += line === "" ? name : ` ${name}`;
  }
  return line;
}

const keyword =
  /\b(?:class|struct|enum|trait|interface|namespace|module|mod|object|protocol|extension|contract|service|message|defmodule|fn|func|fun|def|defp|function\*?|sub|procedure|type|record|union|macro_rules!)\s+(?:\([^()]{0,80}\)\s*)?([\w$:.]+)/;
const implemented = /\bimpl\b[^{]{0,200}?\bfor\s+([\w:]+)/;
const inherent = /\bimpl\b(?:\s*<[^<>]{0,100}>)?\s+([\w:]+)/;
const called = /([\w~$:]+)\s*\(/;

/** `DiffExecutor` of `impl<A> Executor for DiffExecutor<A>`, `add` of `int Ledger::add(int a)`. */
const nameOf = (title: string): string =>
  (keyword.exec(title) ?? implemented.exec(title) ?? inherent.exec(title) ?? called.exec(title))?.[1] ?? title;
