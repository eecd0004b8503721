import { readFileSync } from "node:fs";
import type { Passage } from "../../src/domain/chat.ts";
import { testPassage } from "../../src/domain/testing.ts";

/** A statement, a passage that it cites, and whether that one says so; `kind`: how it was made, or what is wrong with it. */
export type Pair = {
  readonly statement: string;
  readonly passage: Passage;
  readonly supported: boolean;
  readonly kind: string;
  readonly language: string | undefined;
};

const documents = new URL("../../demo/documents/", import.meta.url);
const pairs = (name: string): string[] => readFileSync(new URL(name, import.meta.url), "utf8").split("\n");

/** Those that were written by hand, in order; further, each supported statement with a section two further on, which does not say it. */
export function readPairs(): readonly Pair[] {
  const own = readOwn();
  const supported = own.filter((pair) => pair.supported);
  const passages = [...new Set(supported.map((pair) => pair.passage))];
  const swapped = supported.flatMap((pair): Pair[] => {
    const other = passages[(passages.indexOf(pair.passage) + 2) % passages.length];
    return other === undefined || other.title !== pair.passage.title
      ? []
      : [{ ...pair, passage: other, supported: false, kind: "swapped" }];
  });
  return [...own, ...readForeign(), ...swapped];
}

function readOwn(): readonly Pair[] {
  let passage: Passage | undefined;
  return pairs("pairs.txt").flatMap((line) => {
    const section = /^> (\S+) (.+)$/.exec(line);
    if (section !== null) passage = sectionOf(section[1] ?? "", section[2] ?? "");
    return toPair(line, passage);
  });
}

function readForeign(): readonly Pair[] {
  let passage: Passage | undefined;
  return pairs("pairs-foreign.txt").flatMap((line) => {
    const section = /^§ (\w\w) (.+)$/.exec(line);
    if (section !== null) passage = testPassage({ text: section[2] ?? "", title: section[1] ?? "", filename: "f.txt" });
    return toPair(line, passage).map((pair) => ({ ...pair, kind: `${pair.kind}, other languages` }));
  });
}

function toPair(line: string, passage: Passage | undefined): Pair[] {
  const [, mark, kind = "", language, statement] = /^([+-])(\w*)(?:@(\w\w))? (.+)$/.exec(line) ?? [];
  if (mark === undefined || statement === undefined || passage === undefined) return [];
  return [{ statement, passage, language, supported: mark === "+", kind: mark === "+" ? "supported" : kind }];
}

/** A heading with what stands under it, to the next one of any level; in the contract, to the next numbered one. */
function sectionOf(filename: string, heading: string): Passage {
  const text = readFileSync(new URL(filename, documents), "utf8");
  const headings = filename.endsWith(".md") ? /^#{2,3} (.+)$/gm : /^(\d+\. [A-Z ]+)$/gm;
  const all = [...text.matchAll(headings)];
  const at = all.findIndex((match) => match[1] === heading);
  if (at < 0) throw new Error(`${filename} has no heading ${heading}`);
  const start = all[at]?.index ?? 0;
  const end = all[at + 1]?.index ?? text.length;
  const title = /^# (.+)$/m.exec(text)?.[1] ?? text.split("\n")[0] ?? "";
  return testPassage({ text: text.slice(start, end).trim(), start, end, title, filename });
}
