import { Tabs as Radix } from "radix-ui";
import { useEffect, useRef, type ReactNode } from "react";

export type Tab = { readonly id: string; readonly label: ReactNode; readonly content: ReactNode };

/** Tabs whose choice belongs into the address: pass `useSearchText("tab", …)`. */
export function Tabs({
  tabs,
  value,
  onChange,
  label,
}: {
  readonly tabs: readonly Tab[];
  readonly value: string;
  onChange(id: string): void;
  readonly label: string;
}) {
  const shown = tabs.some(({ id }) => id === value) ? value : (tabs[0]?.id ?? "");
  const list = useRef<HTMLDivElement>(null);
  // On a telephone the chosen one may stand beyond the edge. Sideways only: the page stays where it is.
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>('[data-state="active"]');
    if (chosen === null || chosen === undefined || list.current === null) return;
    const { offsetLeft, offsetWidth } = chosen;
    const { scrollLeft, clientWidth } = list.current;
    if (offsetLeft < scrollLeft || offsetLeft + offsetWidth > scrollLeft + clientWidth)
      list.current.scrollLeft = offsetLeft - (clientWidth - offsetWidth) / 2;
  }, [shown]);
  return (
    <Radix.Root value={shown} onValueChange={onChange} className="grid min-w-0 gap-4">
      {/* Scrolls sideways on a telephone. */}
      <Radix.List ref={list} aria-label={label} className="relative flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="-mb-px shrink-0 rounded-t border-b-2 border-transparent px-3 py-2 text-sm font-medium text-ink-soft -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="grid min-w-0 gap-4 [&>*]:min-w-0">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
