import { useMemo, type ComponentProps } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import remarkGfm from "remark-gfm";
import { uiText as text } from "#text/ui.ts";
import { CopyButton } from "./code.tsx";
import type { Marks } from "./markdown.tsx";
import { markCitations } from "./markdown-marks.ts";
import "./highlight.css";

/** Addresses that may become a link; everything else (javascript:, data:, file:, relative ones) is shown as text. */
const isLinkable = (address: string): boolean => /^(https?:\/\/|mailto:)/i.test(address);

/** The text of an element's children, for the copy button. */
function textOf(node: unknown): string {
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (typeof node === "object" && node !== null && "props" in node) {
    const { props } = node;
    if (typeof props === "object" && props !== null && "children" in props) return textOf(props.children);
  }
  return "";
}

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href !== undefined && isLinkable(href) ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href} className="text-accent underline underline-offset-2">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  // Loading one would tell its host who reads this, and what a model was led to put into the address.
  img: ({ alt, src }) => (
    <span className="rounded bg-sunken px-1 text-xs text-ink-soft">{text.image(alt === undefined || alt === "" ? (src ?? "") : alt)}</span>
  ),
  pre: ({ children }) => (
    <div className="relative my-2 overflow-hidden rounded-md border border-line bg-sunken">
      <div className="absolute top-1 right-1">
        <CopyButton value={textOf(children)} />
      </div>
      <pre tabIndex={0} className="overflow-x-auto p-3 pr-20 font-mono text-xs leading-5">
        {children}
      </pre>
    </div>
  ),
  code: ({ className, children }) => (
    <code className={className ?? "rounded bg-sunken px-1 py-0.5 font-mono text-[0.85em]"}>{children}</code>
  ),
  table: ({ children }) => (
    <div className="my-2 overflow-x-auto" tabIndex={0}>
      <table className="border-collapse text-sm [&_td]:border [&_td]:border-line [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:border-line [&_th]:px-2 [&_th]:py-1 [&_th]:text-left">
        {children}
      </table>
    </div>
  ),
};

type RehypePlugins = NonNullable<ComponentProps<typeof ReactMarkdown>["rehypePlugins"]>;
const HIGHLIGHT: RehypePlugins[number] = [rehypeHighlight, { detect: false, ignoreMissing: true }];
/** Some languages' colours take time that grows with the square of what stands there: 12 KB made to be slow took seconds. */
const COLOURED_CHARS_MAX = 8000;

const LOOKS =
  "space-y-2 leading-6 [&_h1]:mt-3 [&_h1]:text-base [&_h1]:font-semibold [&_h2]:mt-3 [&_h2]:font-semibold [&_h3]:font-semibold [&_li]:my-0.5 [&_ol]:list-decimal [&_ol]:pl-5 [&_ul]:list-disc [&_ul]:pl-5 [&_blockquote]:border-l-2 [&_blockquote]:border-line [&_blockquote]:pl-3 [&_blockquote]:text-ink-soft";

export default function MarkdownRendered({ source, marks }: { readonly source: string; readonly marks: Marks | undefined }) {
  const known = marks?.known;
  const isColoured = source.length <= COLOURED_CHARS_MAX;
  const plugins = useMemo<RehypePlugins>(
    () => [
      ...(isColoured ? [HIGHLIGHT] : []),
      ...(known === undefined ? [] : [[markCitations, { known }] satisfies RehypePlugins[number]]),
    ],
    [isColoured, known],
  );
  const components = useMemo<Components>(
    () => ({
      ...COMPONENTS,
      // No element of this name comes from Markdown: only our own plugin makes one, of a number that is known.
      sup: ({ children, node }) => {
        const mark = Number(node?.properties["dataMark"]);
        return marks !== undefined && marks.known.has(mark) ? marks.show(mark) : <sup>{children}</sup>;
      },
    }),
    [marks],
  );
  return (
    <div className={LOOKS}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={plugins}
        components={components}
        urlTransform={(address) => (isLinkable(address) ? address : "")}
      >
        {source}
      </ReactMarkdown>
    </div>
  );
}
