import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { uiText as text } from "#text/ui.ts";
import { IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";

type Toast = { readonly id: number; readonly say: string; readonly tone: "good" | "bad" };

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const set = (next: readonly Toast[]): void => {
  toasts = next;
  for (const listener of listeners) listener();
};
const dismiss = (id: number): void => set(toasts.filter((shown) => shown.id !== id));

/** A short word about what was just done. Errors stay until they are dismissed. */
export function toast(say: string, tone: Toast["tone"] = "good"): void {
  const id = nextId++;
  set([...toasts.slice(-3), { id, say, tone }]);
  if (tone === "good") setTimeout(() => dismiss(id), 5000);
}
export const toastError = (error: unknown): void => toast(error instanceof Error ? error.message : String(error), "bad");

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-3 bottom-3 z-60 grid w-[min(26rem,calc(100vw-1.5rem))] gap-2"
    >
      {shown.map(({ id, say, tone }) => (
        <div
          key={id}
          className={classNames(
            "foreign pointer-events-auto flex items-start gap-2 rounded-md border bg-raised px-3 py-2 text-sm shadow-pop",
            tone === "bad" ? "border-bad text-bad" : "border-line",
          )}
        >
          <span className="min-w-0 flex-1 py-1">{say}</span>
          <IconButton label={text.dismiss} size="small" onClick={() => dismiss(id)}>
            <X className="size-3.5" aria-hidden />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
