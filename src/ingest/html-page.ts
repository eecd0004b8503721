import { createPaper } from "./paper.ts";

const BLOCKS = new Set(
  (
    "address article aside blockquote caption dd details div dl dt fieldset figcaption figure footer form header hgroup hr legend main p pre " +
    "section summary table"
  ).split(" "),
);
const HEADING = /^h[1-6]$/;

/** Told of the elements and texts of a page in order; what comes out is how a reader sees it. */
export type Page = { open(name: string): void; text(text: string): void; close(name: string): void; finish(): string };

export function createPage(): Page {
  const paper = createPaper();
  const lists: { readonly ordered: boolean; count: number }[] = [];
  let pre = 0;
  const isBlock = (name: string): boolean => BLOCKS.has(name) && !(name === "p" && lists.length > 0);

  return {
    open(name) {
      if (HEADING.test(name)) paper.heading(Number(name.charAt(1)));
      else if (name === "tr") paper.openRow();
      else if (name === "td" || name === "th") paper.openCell();
      else if (name === "br") paper.breakLine(1);
      else if (isBlock(name)) paper.breakLine(2);
      else if (name === "ol" || name === "ul") {
        paper.breakLine(lists.length > 0 ? 1 : 2);
        lists.push({ ordered: name === "ol", count: 0 });
      } else if (name === "li") {
        const list = lists.at(-1);
        if (list !== undefined) list.count += 1;
        paper.breakLine(1);
        paper.write(list?.ordered === true ? `${list.count}. ` : "- ");
      }
      if (name === "pre") pre += 1;
    },
    text: (text) => (pre > 0 ? paper.write(text) : paper.flow(text)),
    close(name) {
      if (name === "pre") pre = Math.max(0, pre - 1);
      if (name === "tr" || name === "table") paper.closeRow();
      if (name === "ol" || name === "ul") lists.pop();
      if (name === "li") paper.breakLine(1);
      else if (name === "ol" || name === "ul") paper.breakLine(lists.length > 0 ? 1 : 2);
      else if (HEADING.test(name) || isBlock(name)) paper.breakLine(2);
    },
    finish: paper.finish,
  };
}
