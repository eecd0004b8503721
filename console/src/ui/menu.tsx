import { DropdownMenu } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type MenuItem = {
  readonly id: string;
  readonly label: ReactNode;
  onSelect(): void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
};

export function Menu({
  trigger,
  items,
  header,
}: {
  readonly trigger: ReactElement;
  readonly items: readonly MenuItem[];
  readonly header?: ReactNode;
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 rounded-md border border-line bg-raised p-1 shadow-pop"
        >
          {header !== undefined && <DropdownMenu.Label className="px-2 py-1.5 text-xs text-ink-soft">{header}</DropdownMenu.Label>}
          {items.map((item) => (
            <DropdownMenu.Item
              key={item.id}
              disabled={item.disabled ?? false}
              onSelect={item.onSelect}
              className={classNames(
                "flex h-8 cursor-pointer items-center gap-2 rounded px-2 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken",
                item.danger === true && "text-bad",
              )}
            >
              {item.label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
