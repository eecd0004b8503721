import { lazy, Suspense } from "react";

const Rendered = lazy(() => import("./markdown-rendered.tsx"));

/**
 * Text of a model or a document as Markdown. It is hostile until shown otherwise: HTML in it stays text, images are named and never loaded, and
 * only web and mail addresses become links. While the renderer loads, the text stands as it is.
 */
export function Markdown({ children }: { readonly children: string }) {
  return (
    <div className="foreign min-w-0" dir="auto">
      <Suspense fallback={<p className="whitespace-pre-wrap">{children}</p>}>
        <Rendered source={children} />
      </Suspense>
    </div>
  );
}
