import { Tooltip as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

/** More about something, on hover and on focus. Never the only place where a thing is said. */
export function Tooltip({ children, say }: { readonly children: ReactElement; readonly say: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={4}
          collisionPadding={8}
          className="z-60 max-w-xs rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs text-ink shadow-pop"
        >
          {say}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
export const TooltipRoot = Radix.Provider;
