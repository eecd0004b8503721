/** What of the tree of a Markdown text the plugin below reads and makes. */
type TextNode = { readonly type: "text"; readonly value: string };
type TreeNode = {
  readonly type: string;
  readonly tagName?: string;
  readonly value?: string;
  children?: TreeNode[];
  readonly properties?: Readonly<Record<string, unknown>>;
};

/** In code a mark is code, and in a link it is the link's. */
const LEFT_ALONE = new Set(["code", "pre", "a", "sup"]);
const MARK = /\[(\d{1,3})\]/g;

const isText = (node: TreeNode): node is TreeNode & TextNode => node.type === "text" && typeof node.value === "string";

function split(text: string, known: ReadonlySet<number>): TreeNode[] {
  const nodes: TreeNode[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const mark = Number(match[1]);
    if (!known.has(mark)) continue;
    if (match.index > from) nodes.push({ type: "text", value: text.slice(from, match.index) });
    nodes.push({ type: "element", tagName: "sup", properties: { dataMark: mark }, children: [{ type: "text", value: match[0] }] });
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push({ type: "text", value: text.slice(from) });
  return nodes;
}

/** Makes an element of every `[n]` whose number is known. The tree is not deep: `Markdown` shows what is as plain text. */
export function markCitations({ known }: { readonly known: ReadonlySet<number> }) {
  const visit = (node: TreeNode): void => {
    if (node.children === undefined || (node.tagName !== undefined && LEFT_ALONE.has(node.tagName))) return;
    node.children = node.children.flatMap((child) => {
      if (isText(child)) return split(child.value, known);
      visit(child);
      return [child];
    });
  };
  return visit;
}
