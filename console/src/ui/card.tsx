import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type CardProps = {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** No padding: a table or a chart fills it. */ readonly flush?: boolean;
};

export function Card({ title, actions, children, className, flush = false }: CardProps) {
  return (
    <section className={classNames("min-w-0 rounded-lg border border-line bg-surface", className)}>
      {(title !== undefined || actions !== undefined) && (
        <header className="flex min-h-11 flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
          <h2 className="min-w-0 flex-auto text-sm font-semibold">{title}</h2>
          {actions}
        </header>
      )}
      <div className={flush ? undefined : "p-4"}>{children}</div>
    </section>
  );
}

/** One figure with its name. `note` says what it is compared with. */
export function Stat({
  label,
  value,
  note,
  tone,
}: {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: "good" | "warn" | "bad";
}) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="truncate text-xs font-medium text-ink-faint">{label}</div>
      <div
        className={classNames(
          "mt-1 truncate text-xl font-semibold tabular-nums",
          tone === "bad" && "text-bad",
          tone === "warn" && "text-warn",
          tone === "good" && "text-good",
        )}
      >
        {value}
      </div>
      {/* Keeps its line when empty, so that figures do not jump when a note arrives. */}
      <div className="mt-0.5 min-h-4 truncate text-xs text-ink-faint">{note}</div>
    </div>
  );
}

/** Names and values under each other. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-faint">{name}</dt>
          <dd className="foreign min-w-0 text-ink">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
