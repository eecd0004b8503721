import { Component, lazy, Suspense, type ReactNode } from "react";
import { isPlain } from "./markdown-plain.ts";

const Rendered = lazy(() => import("./markdown-rendered.tsx"));

/** Marks `[n]` in a text that stand for something: which are known, and how one is shown. Keep it the same between renders. */
export type Marks = { readonly known: ReadonlySet<number>; show(mark: number): ReactNode };

const Plain = ({ source }: { readonly source: string }) => <p className="whitespace-pre-wrap">{source}</p>;

/** What the renderer cannot do is shown as it is: an answer must not break the page that shows it. */
class Fallback extends Component<{ readonly source: string; readonly children: ReactNode }, { readonly failed: string | undefined }> {
  override state = { failed: undefined };
  static getDerivedStateFromError(): { failed: string } {
    return { failed: "" };
  }
  override render(): ReactNode {
    return this.state.failed === undefined ? this.props.children : <Plain source={this.props.source} />;
  }
}

/**
 * Text of a model or a document as Markdown. It is hostile until shown otherwise: HTML in it stays text, images are named and never loaded, and
 * only web and mail addresses become links. While the renderer loads, and where it would be too much for it, the text stands as it is.
 */
export function Markdown({ children, marks }: { readonly children: string; readonly marks?: Marks | undefined }) {
  return (
    <div className="foreign min-w-0" dir="auto">
      {isPlain(children) ? (
        <Plain source={children} />
      ) : (
        <Fallback source={children}>
          <Suspense fallback={<Plain source={children} />}>
            <Rendered source={children} marks={marks} />
          </Suspense>
        </Fallback>
      )}
    </div>
  );
}
