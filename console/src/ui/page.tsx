import { useEffect, type ReactNode } from "react";

type PageProps = {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Uses the whole width and height: the playground. */ readonly full?: boolean;
};

/** Every page: its heading, what it is for, what can be done, and the content. */
export function Page({ title, lead, actions, children, full = false }: PageProps) {
  useEffect(() => {
    const before = document.title;
    document.title = `${title} · ${document.documentElement.dataset["product"] ?? "Weir"}`;
    return () => {
      document.title = before;
    };
  }, [title]);
  return (
    <div data-full={full || undefined} className={full ? "flex min-h-0 flex-1 flex-col" : "mx-auto w-full max-w-7xl px-4 py-5 sm:px-6"}>
      <header
        className={
          full ? "flex flex-wrap items-center gap-2 border-b border-line px-4 py-2" : "mb-4 flex flex-wrap items-start gap-x-4 gap-y-2"
        }
      >
        <div className="min-w-0 flex-1 basis-56">
          <h1 className="foreign text-lg font-semibold tracking-tight">{title}</h1>
          {lead !== undefined && <div className="mt-0.5 max-w-3xl text-sm text-ink-soft">{lead}</div>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {full ? children : <div className="grid gap-4 [&>*]:min-w-0">{children}</div>}
    </div>
  );
}
