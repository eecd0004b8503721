import { X } from "lucide-react";
import type { ReactNode } from "react";
import { uiText } from "#text/ui.ts";
import { IconButton } from "../../ui/button.tsx";
import { Drawer } from "../../ui/dialog.tsx";
import { useIsWide } from "./use-wide.ts";

type InspectorProps = {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  onClose(): void;
  readonly wide?: boolean;
};

/** More about one thing: beside the conversation where there is room, above it on a telephone. */
export function Inspector({ title, actions, children, onClose, wide = false }: InspectorProps) {
  const isWide = useIsWide();
  if (!isWide)
    return (
      <Drawer open onOpenChange={(open) => !open && onClose()} title={title}>
        {actions !== undefined && <div className="mb-3 flex flex-wrap gap-2">{actions}</div>}
        {children}
      </Drawer>
    );
  return (
    <aside aria-label={title} className={`flex min-h-0 shrink-0 flex-col border-l border-line bg-surface ${wide ? "w-[30rem]" : "w-80"}`}>
      <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4">
        <h2 className="foreign min-w-0 flex-1 truncate text-sm font-semibold">{title}</h2>
        {actions}
        <IconButton label={uiText.close} size="small" onClick={onClose}>
          <X className="size-4" aria-hidden />
        </IconButton>
      </header>
      {/* Scrolls by the keyboard too. */}
      <div className="min-h-0 flex-1 overflow-y-auto p-4" tabIndex={0} role="region" aria-label={title}>
        {children}
      </div>
    </aside>
  );
}
