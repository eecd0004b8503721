import { Switch as RadixSwitch } from "radix-ui";
import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.ts";

const BOX =
  "w-full rounded-md border border-line-strong/70 bg-surface px-2.5 text-sm text-ink placeholder:text-ink-faint disabled:opacity-60 aria-invalid:border-bad";

type FieldProps = {
  readonly label: string;
  readonly hint?: ReactNode | undefined;
  /** What is wrong with the value, and what would be right. */
  readonly error?: string | undefined;
  readonly hideLabel?: boolean;
  readonly className?: string | undefined;
  /** Gets what ties the control to its label, hint and error. */
  readonly children: (control: { readonly id: string; readonly "aria-describedby"?: string; readonly "aria-invalid"?: true }) => ReactNode;
};

/** A control with its label, hint and error, tied together. */
export function Field({ label, hint, error, hideLabel = false, className, children }: FieldProps) {
  const id = useId();
  const told = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter((part) => part !== false).join(" ");
  return (
    <div className={classNames("grid content-start gap-1", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-xs font-medium text-ink-soft"}>
        {label}
      </label>
      {children({ id, ...(told === "" ? {} : { "aria-describedby": told }), ...(error === undefined ? {} : { "aria-invalid": true }) })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-ink-faint">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

export const Input = ({ className, ...rest }: ComponentProps<"input">) => <input {...rest} className={classNames(BOX, "h-8", className)} />;
export const Textarea = ({ className, ...rest }: ComponentProps<"textarea">) => (
  <textarea {...rest} className={classNames(BOX, "min-h-16 py-1.5 leading-5", className)} />
);
/** The browser's own list: it works with every keyboard, reader and telephone. */
export const Select = ({ className, ...rest }: ComponentProps<"select">) => (
  <select {...rest} className={classNames(BOX, "h-8 pr-7", className)} />
);

type NamedProps = Pick<FieldProps, "label" | "hint" | "error" | "hideLabel">;
export const InputField = ({ label, hint, error, hideLabel, className, ...rest }: NamedProps & ComponentProps<"input">) => (
  <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false} className={className}>
    {(control) => <Input {...control} {...rest} />}
  </Field>
);
export const TextareaField = ({ label, hint, error, hideLabel, className, ...rest }: NamedProps & ComponentProps<"textarea">) => (
  <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false} className={className}>
    {(control) => <Textarea {...control} {...rest} />}
  </Field>
);
export const SelectField = ({ label, hint, error, hideLabel, className, ...rest }: NamedProps & ComponentProps<"select">) => (
  <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false} className={className}>
    {(control) => <Select {...control} {...rest} />}
  </Field>
);

export function Checkbox({ label, className, ...rest }: ComponentProps<"input"> & { readonly label: ReactNode }) {
  return (
    <label className={classNames("inline-flex min-h-6 items-center gap-2 text-sm text-ink", className)}>
      <input type="checkbox" {...rest} className="size-4 accent-(--accent)" />
      {label}
    </label>
  );
}

export function Switch({
  label,
  checked,
  onChange,
  disabled,
}: {
  readonly label: string;
  readonly checked: boolean;
  onChange(on: boolean): void;
  readonly disabled?: boolean;
}) {
  const id = useId();
  return (
    <span className="inline-flex items-center gap-2">
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        className="h-6 w-10 shrink-0 rounded-full border border-line-strong bg-sunken p-0.5 transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-55"
      >
        <RadixSwitch.Thumb className="block size-4.5 rounded-full bg-line-strong transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-accent-ink" />
      </RadixSwitch.Root>
      <label htmlFor={id} className="text-sm text-ink">
        {label}
      </label>
    </span>
  );
}
