import { Parser } from "htmlparser2";
import type { Extracted } from "./extracted.ts";
import { firstHeading, tidyText } from "./extracted.ts";
import { createPage } from "./html-page.ts";
import { Unreadable } from "./refusal.ts";

/** What a reader does not read, or the page around the document. */
const SKIPPED = new Set(
  "script style noscript template nav svg math canvas iframe object embed audio video map select button textarea dialog".split(" "),
);
const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
/** Deeper nesting than any document has. The parser looks through the open elements at every stray end tag, so depth is time. */
const DEPTH_MAX = 500;

type Open = { readonly name: string; readonly skipped: boolean; readonly inHead: boolean };

/** Text of a page as it is read: headings, lists and tables kept, hidden elements left out. Throws Unreadable where it is nested beyond reason. */
export function parseHtml(source: string): Extracted {
  const page = createPage();
  const open: Open[] = [];
  let title = "";
  const depth = { deepest: 0 };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const above = open.at(-1);
        const skipped = above?.skipped === true || SKIPPED.has(name) || isHidden(attributes);
        const inHead = above?.inHead === true || name === "head";
        if (!VOID.has(name)) open.push({ name, skipped, inHead });
        depth.deepest = Math.max(depth.deepest, open.length);
        if (!skipped && !inHead) page.open(name);
      },
      ontext(text) {
        const above = open.at(-1);
        if (above?.name === "title" && !above.skipped) title += text;
        else if (above?.skipped !== true && above?.inHead !== true) page.text(text);
      },
      onclosetag(name) {
        const closed = open.at(-1);
        if (closed?.name !== name) return;
        open.pop();
        if (!closed.skipped && !closed.inHead) page.close(name);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  for (let at = 0; at < source.length; at += PIECE_CHARS) {
    parser.write(source.slice(at, at + PIECE_CHARS));
    if (depth.deepest > DEPTH_MAX) throw new Unreadable("The page's elements are nested too deeply.");
  }
  parser.end();
  const text = tidyText(page.finish());
  const named = title.replace(/\s+/g, " ").trim();
  return { title: named === "" ? firstHeading(text) : named, text };
}

const PIECE_CHARS = 4096;

function isHidden(attributes: Readonly<Record<string, string>>): boolean {
  if ("hidden" in attributes || attributes["aria-hidden"] === "true") return true;
  const style = (attributes["style"] ?? "").slice(0, 1000).replace(/\s+/g, "").toLowerCase();
  return /(?:^|;)(?:display:none|visibility:hidden|font-size:0[a-z%]*(?:;|!|$)|opacity:0(?:\.0+)?(?:;|!|$))/.test(style);
}
