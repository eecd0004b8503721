import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { uiText as text } from "#text/ui.ts";
import { ApiError } from "../api/client.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

/** Nothing here yet: why, and what to do about it. */
export function EmptyState({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] justify-items-center gap-2 px-6 py-10 text-center">
      <p className="text-sm font-semibold">{title}</p>
      {children !== undefined && <div className="w-full max-w-md text-sm text-ink-soft">{children}</div>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  );
}

/** What went wrong, in the server's words, with the id to ask about. */
export function ErrorState({ error, onRetry, title }: { readonly error: unknown; onRetry?(): void; readonly title?: string }) {
  const id = error instanceof ApiError ? error.requestId : undefined;
  return (
    <div role="alert" className="flex items-start gap-3 rounded-lg border border-bad/40 bg-bad-soft px-4 py-3 text-sm">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <div className="foreign min-w-0 flex-1">
        <p className="font-semibold text-bad">{title ?? text.failed}</p>
        <p className="text-ink">{error instanceof Error ? error.message : String(error)}</p>
        {id !== undefined && <p className="mt-1 font-mono text-xs text-ink-soft">{text.requestId(id)}</p>}
      </div>
      {onRetry !== undefined && (
        <Button size="small" onClick={onRetry}>
          {text.retry}
        </Button>
      )}
    </div>
  );
}

/** Holds the place of what is coming, so that nothing jumps. */
export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <div
      aria-hidden
      className={classNames("animate-[pulse-soft_1.4s_ease-in-out_infinite] rounded bg-sunken", className ?? "h-4 w-full")}
    />
  );
}
export function SkeletonRows({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div role="status" aria-label={text.loading} className="grid gap-2 p-4">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className="h-7 w-full" />
      ))}
    </div>
  );
}

type Asked<T> = { readonly data: T | undefined; readonly error: unknown; readonly isPending: boolean; refetch(): unknown };
/** One of three: the content, its place while it loads, or what went wrong. Data that is there stays while it is asked for anew. */
export function Loaded<T>({
  of,
  children,
  skeleton,
}: {
  readonly of: Asked<T>;
  children(data: T): ReactNode;
  readonly skeleton?: ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.isPending && of.error === null) return skeleton ?? <SkeletonRows />;
  return <ErrorState error={of.error} onRetry={() => void of.refetch()} />;
}
