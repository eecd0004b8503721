import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

const KINDS = {
  primary: "bg-accent text-accent-ink border-transparent hover:brightness-110",
  secondary: "bg-surface text-ink border-line hover:bg-sunken",
  ghost: "bg-transparent text-ink-soft border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-surface text-bad border-line hover:bg-bad-soft hover:border-bad",
} as const;

type ButtonProps = ComponentProps<"button"> & {
  readonly kind?: keyof typeof KINDS;
  readonly size?: "small" | "medium";
  /** Renders its only child (a link) with the looks of a button. */
  readonly asChild?: boolean;
  /** Says that it works on it; it cannot be pressed meanwhile. */
  readonly busy?: boolean;
};

export function Button({ kind = "secondary", size = "medium", asChild = false, busy = false, className, disabled, ...rest }: ButtonProps) {
  const Element = asChild ? Slot.Root : "button";
  return (
    <Element
      {...(asChild ? {} : { type: rest.type ?? "button", disabled: disabled === true || busy, "aria-busy": busy || undefined })}
      {...rest}
      className={classNames(
        "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors",
        "disabled:cursor-not-allowed disabled:opacity-55",
        size === "small" ? "h-7 px-2 text-xs" : "h-8 px-3 text-sm",
        KINDS[kind],
        className,
      )}
    />
  );
}

/** A button that shows an icon alone: `label` is its name for whoever does not see it. */
export function IconButton({ label, className, ...rest }: Omit<ButtonProps, "aria-label"> & { readonly label: string }) {
  return (
    <Button
      kind="ghost"
      title={label}
      {...rest}
      aria-label={label}
      className={classNames("!px-0", rest.size === "small" ? "w-7" : "w-8", className)}
    />
  );
}
