import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Field, Input } from "../../ui/field.tsx";

/** Asked for when typing rests. */
const REST_MS = 300;

/** A search that lives in the address. */
export function SearchField({
  label,
  placeholder,
  value,
  onSettled,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  onSettled(value: string): void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onSettled(typed), REST_MS);
    return () => clearTimeout(timer);
  }, [onSettled, typed, value]);
  return (
    <Field label={label} hideLabel className="w-64 max-w-full">
      {(control) => (
        <span className="relative block">
          <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-faint" aria-hidden />
          <Input
            {...control}
            type="search"
            className="pl-8"
            value={typed}
            placeholder={placeholder}
            onChange={(event) => setTyped(event.target.value)}
          />
        </span>
      )}
    </Field>
  );
}
